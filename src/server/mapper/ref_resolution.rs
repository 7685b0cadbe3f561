//! Resolves `$ref{}` in rounds, as the mapper does (config-mapper ReferenceResolver.java), within limits that the mapper does not have.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::effective::Effective;
use super::fault::{FaultKind, MappingFault};
use super::placeholders::placeholders;
use super::value::Value;
use crate::server::java::hash::HashOrdered;

/// The longest value with its references resolved, in bytes. References that refer to references double a value with each line, so a file of
/// a kilobyte can ask for more than there is memory.
const MAX_VALUE: usize = 1024 * 1024;

/// The total length of the values with their references resolved, in bytes.
const MAX_TOTAL: usize = 32 * MAX_VALUE;

/// How many bytes are searched for references. A value is searched once for each name that it refers to.
const MAX_SEARCHED: usize = 1024 * MAX_VALUE;

/// The keys that a value refers to with `$ref{}`, by its key.
pub(super) type References = IndexMap<String, BTreeSet<String>>;

/// Resolves the references in the values of `map`, in rounds: each round those whose target contains no more references. One that cannot be
/// resolved stays in the text and is a fault. Returns the references that the values had.
pub(super) fn resolve_references(map: &mut HashOrdered<Effective>, faults: &mut Vec<MappingFault>) -> References {
    // The references of each key, and the keys that refer to each target.
    let mut references = References::new();
    let mut users: IndexMap<String, BTreeSet<String>> = IndexMap::new();
    for (key, effective) in map.in_order() {
        for name in texts_of(&effective.value).into_iter().flat_map(|text| placeholders(text, "ref")) {
            references.entry(key.to_owned()).or_default().insert(name.to_owned());
            users.entry(name.to_owned()).or_default().insert(key.to_owned());
        }
    }
    // How many of its targets each key waits for.
    let mut waiting: HashMap<&str, usize> = references.iter().map(|(key, names)| (key.as_str(), names.len())).collect();
    let mut resolution = Resolution { map, faults, total: 0, searched: 0, given_up: BTreeSet::new() };
    let mut is_resolved = vec![false; users.len()];
    let has_no_references = |(_, name): &(usize, &String)| !references.contains_key(*name);
    let mut ready: Vec<usize> = users.keys().enumerate().filter(has_no_references).map(|(at, _)| at).collect();
    while !ready.is_empty() {
        let mut next = BTreeSet::new();
        for at in ready {
            let Some((name, users_of_name)) = users.get_index(at) else { continue };
            is_resolved[at] = true;
            resolution.replace(name, users_of_name);
            for user in users_of_name {
                let Some(count) = waiting.get_mut(user.as_str()) else { continue };
                *count -= 1;
                if *count == 0 {
                    next.extend(users.get_index_of(user));
                }
            }
        }
        ready = next.into_iter().collect();
    }
    for ((name, users), _) in users.iter().zip(is_resolved).filter(|(_, is_resolved)| !is_resolved) {
        faults.extend(users.iter().map(|user| MappingFault::placeholder(FaultKind::CircularReference, name, user)));
    }
    references
}

/// The texts in which references are resolved: not those in elements of arrays of tables.
fn texts_of(value: &Value) -> Vec<&str> {
    match value {
        Value::Text(text) => vec![text],
        Value::List(items) => {
            items.iter().filter_map(|item| if let Value::Text(text) = item { Some(text.as_str()) } else { None }).collect()
        }
        _ => Vec::new(),
    }
}

struct Resolution<'a> {
    map: &'a mut HashOrdered<Effective>,
    faults: &'a mut Vec<MappingFault>,
    /// The length of all resolved values so far.
    total: usize,
    /// How many bytes were searched.
    searched: usize,
    /// The keys whose values went over a limit, and those that refer to them. Their references stay as they are.
    given_up: BTreeSet<String>,
}

impl Resolution<'_> {
    /// Replaces the references to `name` in the values of `users`.
    fn replace(&mut self, name: &str, users: &BTreeSet<String>) {
        if self.given_up.contains(name) {
            self.given_up.extend(users.iter().cloned());
            return;
        }
        let target = self.map.get(name).map(|effective| effective.value.clone()).filter(|value| *value != Value::Null);
        let Some(target) = target else {
            self.faults.extend(users.iter().map(|user| MappingFault::placeholder(FaultKind::UnknownReference, name, user)));
            return;
        };
        let (written, text) = (format!("$ref{{{name}}}"), target.to_java());
        let replaces_whole = matches!(target, Value::List(_) | Value::Boolean(_));
        for user in users {
            let Some(effective) = self.map.get_mut(user) else { continue };
            if self.given_up.contains(user) {
                continue;
            }
            let texts = texts_of(&effective.value);
            let old: usize = texts.iter().map(|text| text.len()).sum();
            let places: usize = texts.iter().map(|text| text.matches(&written).count()).sum();
            let new =
                if replaces_whole { text.len() } else { old + (text.len() * places).saturating_sub(written.len() * places) };
            self.searched += old;
            if new > MAX_VALUE || self.total + new > MAX_TOTAL || self.searched > MAX_SEARCHED {
                self.faults.push(MappingFault::placeholder(FaultKind::TooLongReference, name, user));
                self.given_up.insert(user.clone());
                continue;
            }
            self.total += new.saturating_sub(old);
            match &mut effective.value {
                value if replaces_whole => *value = target.clone(),
                Value::Text(value) => *value = value.replace(&written, &text),
                Value::List(items) => {
                    for item in items {
                        if let Value::Text(value) = item {
                            *value = value.replace(&written, &text);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::mapper::effective::Origin;

    fn resolved(values: impl IntoIterator<Item = (String, String)>) -> (HashOrdered<Effective>, Vec<MappingFault>) {
        let effective = |(key, text): (String, String)| {
            let origin = Origin::User { key: key.clone() };
            (key, Effective { value: Value::Text(text), origin })
        };
        let mut map = HashOrdered::from_all(values.into_iter().map(effective).collect());
        let mut faults = Vec::new();
        resolve_references(&mut map, &mut faults);
        (map, faults)
    }

    fn text<'a>(map: &'a HashOrdered<Effective>, key: &str) -> &'a str {
        map.get(key).map(|effective| texts_of(&effective.value)[0]).expect("a text")
    }

    #[test]
    fn references_that_double_end_at_a_limit() {
        let doubling = (0..60).map(|number| (format!("k{number}"), format!("$ref{{k{0}}}$ref{{k{0}}}", number + 1)));
        let (map, faults) = resolved(doubling.chain([("k60".to_owned(), "ha".to_owned())]));
        let too_long: Vec<_> = faults.iter().map(|fault| (fault.kind, fault.key.as_deref().unwrap_or_default())).collect();
        // 2 bytes at k60 are a mebibyte at k41.
        assert_eq!(too_long, [(FaultKind::TooLongReference, "k40")]);
        assert_eq!(text(&map, "k41").len(), MAX_VALUE);
        assert_eq!(text(&map, "k40"), "$ref{k41}$ref{k41}");
        let total: usize = map.in_order().into_iter().map(|(_, effective)| texts_of(&effective.value)[0].len()).sum();
        assert!(total < 3 * MAX_VALUE, "{total}");
    }

    #[test]
    fn many_values_end_at_a_limit_together() {
        let long = [("a".to_owned(), "x".repeat(MAX_VALUE))];
        let (_, faults) = resolved(long.into_iter().chain((0..100).map(|number| (format!("k{number}"), "$ref{a}".to_owned()))));
        assert_eq!(faults.len(), 100 - MAX_TOTAL / MAX_VALUE);
        assert!(faults.iter().all(|fault| fault.kind == FaultKind::TooLongReference));
    }

    #[test]
    fn a_chain_is_searched_once_for_each_link() {
        let chain = (0..5000).map(|number| (format!("k{number}"), format!("$ref{{k{}}}", number + 1)));
        let (map, faults) = resolved(chain.chain([("k5000".to_owned(), "end".to_owned())]));
        assert_eq!((text(&map, "k0"), faults.len()), ("end", 0));
    }
}
