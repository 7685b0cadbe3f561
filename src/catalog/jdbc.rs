//! The kinds of JDBC URLs: the rows of `rules/catalog/jdbc.toml`.

use serde::Deserialize;

/// A kind of database, as its URLs show it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JdbcRow {
    /// Its name, for people.
    pub name: String,
    /// How its URLs begin.
    pub prefixes: Vec<String>,
    /// The values of `type` for it.
    pub types: Vec<String>,
    /// The classes of its drivers.
    pub drivers: Vec<String>,
    /// Whether parameters come after a `?`, with `&` between them.
    #[serde(default)]
    pub has_query: bool,
    /// A URL, with words in capitals for what differs.
    pub form: String,
    /// The evidence.
    pub source: String,
}

impl JdbcRow {
    /// Whether `url` is one of it, in any case.
    pub(crate) fn is_of(&self, url: &str) -> bool {
        let starts = |prefix: &String| url.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        self.prefixes.iter().any(starts)
    }
}
