//! The keys of a schema by their names and spellings, for finding the one that was meant.

use std::collections::{BTreeSet, HashMap};

use crate::source::key::Key;

/// The keys of a schema.
#[derive(Debug)]
pub(crate) struct KeyIndex {
    keys: BTreeSet<String>,
    tables: HashMap<String, BTreeSet<String>>,
    spellings: HashMap<String, Vec<String>>,
}

impl KeyIndex {
    pub(super) fn of(keys: BTreeSet<String>) -> Self {
        let mut tables: HashMap<String, BTreeSet<String>> = HashMap::new();
        let mut spellings: HashMap<String, Vec<String>> = HashMap::new();
        for key in &keys {
            let (table, name) = Key::new(key).table_and_name();
            tables.entry(name.to_owned()).or_default().insert(table.as_str().to_owned());
            spellings.entry(plain(key)).or_default().push(key.clone());
        }
        Self { keys, tables, spellings }
    }

    /// Every key, as [`Schema::keys`](super::Schema::keys) has them.
    pub(crate) fn keys(&self) -> &BTreeSet<String> {
        &self.keys
    }

    /// The tables that have a key of this name.
    pub(crate) fn tables_with(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.tables.get(name)
    }

    /// The keys that differ from `key` at most in what people often get wrong: case, and separators inside names.
    pub(crate) fn spelled_like(&self, key: &str) -> &[String] {
        self.spellings.get(&plain(key)).map_or(&[], Vec::as_slice)
    }
}

/// A key without what people often get wrong.
fn plain(key: &str) -> String {
    key.chars().filter(|part| !matches!(part, '_' | '-' | '\'')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_do_not_count() {
        assert_eq!(plain("apim.event_sync.hostName"), plain("apim.event-sync.hostname"));
        assert_ne!(plain("a.url"), plain("a.urls"));
        assert_ne!(plain("a.b_c"), plain("a.b.c"));
    }

    #[test]
    fn keys_are_found_by_name_and_by_spelling() {
        let index = KeyIndex::of(["a.hostName", "a.host_name", "b.'host-name'", "a.b.port", "port"].map(str::to_owned).into());
        assert_eq!(index.spelled_like("a.hostname"), ["a.hostName", "a.host_name"]);
        assert!(index.spelled_like("a.host").is_empty());
        let tables = |name| index.tables_with(name).map(|tables| tables.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((tables("port"), tables("host")), (Some(vec!["", "a.b"]), None));
    }
}
