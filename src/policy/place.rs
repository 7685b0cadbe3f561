//! Where the parts of a rule are in its file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where the innermost part of `path` that the file has begins, in bytes. `path` leads from the top through keys and indexes of lists; index 0 of
/// what is no list is that itself.
pub(super) fn place_of(text: &str, path: &[String]) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 0 };
    let Some((first, rest)) = path.split_first() else { return 0 };
    let Some((key, value)) = table.get_ref().get_key_value(&**first) else { return 0 };
    within(value, rest).unwrap_or(key.span().start)
}

/// Where the part is in `value`; `None` if it is the value itself.
fn within(value: &Spanned<DeValue>, path: &[String]) -> Option<usize> {
    let (first, rest) = path.split_first()?;
    match value.get_ref() {
        DeValue::Table(table) if first == "0" && !table.contains_key("0") => within(value, rest),
        DeValue::Table(table) => {
            let (key, value) = table.get_key_value(&**first)?;
            Some(within(value, rest).unwrap_or(key.span().start))
        }
        DeValue::Array(items) => {
            let item = items.get(first.parse::<usize>().ok()?)?;
            Some(within(item, rest).unwrap_or(item.span().start))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_part_that_is_there_counts() {
        let text = "a = 1\n[when]\nkey = [\"x\", \"y\"]\nall = [{ key = 'z' }]\n";
        let at = |path: &str| place_of(text, &path.split('.').map(str::to_owned).collect::<Vec<_>>());
        let of = |part: &str| text.find(part).expect("there");
        assert_eq!(at("a"), 0);
        assert_eq!(at("when.key"), of("key"));
        assert_eq!(at("when.0.key.1"), of("\"y\""));
        assert_eq!(at("when.0.all.0.key"), of("key = 'z'"));
        assert_eq!(at("when.0.missing"), of("when"));
        assert_eq!(at("missing"), 0);
    }
}
