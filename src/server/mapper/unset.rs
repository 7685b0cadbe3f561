//! Settings without some of the user's: what the server would work with if deployment.toml did not set a key.

use indexmap::IndexMap;

use super::flatten::Setting;
use super::value::Value;
use crate::source::key::Key;

/// `settings` without `keys`, which are written as in deployment.toml, with the index of an element in an array: `datasource[0].url`. A table
/// means every key in it.
pub(super) fn without(settings: &IndexMap<String, Setting>, keys: &[String]) -> IndexMap<String, Setting> {
    let mut left = settings.clone();
    for key in keys {
        match key.split_once('[') {
            None => left.retain(|name, _| !is_same_or_in(name, key)),
            Some((list, below)) => {
                if let Some(setting) = left.get_mut(list) {
                    unset(&mut setting.value, &format!("[{below}"));
                }
            }
        }
    }
    for (list, _) in keys.iter().filter_map(|key| key.split_once('[')) {
        if let Some(setting) = left.get_mut(list) {
            drop_unset(&mut setting.value);
        }
    }
    left
}

fn is_same_or_in(key: &str, table: &str) -> bool {
    Key::new(table).covers(Key::new(key))
}

/// Removes what `below` leads to. An item of a list becomes null for now, so that the others keep their places.
fn unset(value: &mut Value, below: &str) {
    match value {
        Value::List(items) => {
            let Some((index, rest)) = below.strip_prefix('[').and_then(|below| below.split_once(']')) else { return };
            let Some(item) = index.parse().ok().and_then(|index: usize| items.get_mut(index)) else { return };
            if rest.is_empty() {
                *item = Value::Null;
            } else {
                unset(item, rest);
            }
        }
        Value::Table(map) => {
            let Some(name) = below.strip_prefix('.') else { return };
            match name.split_once('[') {
                None => map.retain(|key, _| !is_same_or_in(key, name)),
                Some((list, rest)) => {
                    if let Some(value) = map.get_mut(list) {
                        unset(value, &format!("[{rest}"));
                    }
                }
            }
        }
        _ => {}
    }
}

fn drop_unset(value: &mut Value) {
    match value {
        Value::List(items) => {
            items.retain(|item| *item != Value::Null);
            items.iter_mut().for_each(drop_unset);
        }
        Value::Table(map) => map.values_mut().for_each(drop_unset),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::mapper::flatten::flatten;

    fn left(toml: &str, keys: &[&str]) -> String {
        let settings = flatten(toml).expect("valid TOML");
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let mut left: Vec<String> =
            without(&settings, &keys).iter().map(|(key, setting)| format!("{key} = {}", setting.value.to_toml())).collect();
        left.sort();
        left.join("; ")
    }

    #[test]
    fn keys_tables_and_members_of_elements_are_unset() {
        assert_eq!(left("[a]\nb = 1\nbc = 2\n[a.d]\ne = 3", &["a.b"]), "a.bc = 2; a.d.e = 3");
        assert_eq!(left("[a]\nb = 1\n[a.d]\ne = 3", &["a"]), "");
        let elements = "[[l]]\nx = 1\ny.z = 2\n[[l]]\nx = 3\n[[l.m]]\nq = 4\nr = 5\n";
        assert_eq!(left(elements, &["l[0].x", "l[1].m[0].q"]), "l = [{ y.z = 2 }, { x = 3, m = [{ r = 5 }] }]");
        assert_eq!(left(elements, &["l[0].y", "l[1]"]), "l = [{ x = 1 }]");
        assert_eq!(left("a = [1, 2, 3]", &["a[0]", "a[2]"]), "a = [2]");
        assert_eq!(left(elements, &["l", "no.such", "l[7].x"]), "");
    }
}
