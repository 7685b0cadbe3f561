//! Tables that templates print whole, with the names that the servers' code knows: the rows of `rules/catalog/open-maps.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A kind of table in which any name passes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenMap {
    /// The keys of the tables; `*` is any one segment.
    pub keys: Vec<String>,
    /// The products; empty for all.
    #[serde(default)]
    pub products: Vec<String>,
    /// What a name in it is, with an article.
    pub what: String,
    /// The names that the code knows.
    pub names: Vec<String>,
    /// The beginnings of more names.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Names that belong elsewhere, with where.
    #[serde(default)]
    pub others: BTreeMap<String, String>,
    /// The evidence.
    pub source: String,
}

impl OpenMap {
    /// Whether the code knows a name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name) || self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }

    /// The name that differs from `name` in case and separators only.
    pub(crate) fn respelled(&self, name: &str) -> Option<&str> {
        let letters = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
        self.names.iter().find(|known| letters(known) == letters(name)).map(String::as_str)
    }
}
