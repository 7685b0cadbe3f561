//! The JDBC URLs of deployment.toml.

use crate::catalog::{JdbcRow, catalog};
use crate::model::{FileId, Model};
use crate::rules::key_pattern::captures;
use crate::source::key::Key;
use crate::source::toml::{TomlDocument, TomlEntry, TomlValue};

/// A JDBC URL with the data source that it is of.
pub(super) struct WrittenUrl<'a> {
    pub file: FileId,
    document: &'a TomlDocument,
    /// The line of the URL.
    pub entry: &'a TomlEntry,
    /// The URL as it is written.
    pub text: &'a str,
    /// The kind of database; `None` if it is not known.
    pub kind: Option<&'static JdbcRow>,
}

/// The keys of JDBC URLs.
const KEYS: [&str; 3] = ["database.*.url", "database.*.*.url", "datasource[].url"];

/// Every JDBC URL in deployment.toml, in file order. One that begins with what the environment fills in is left out.
pub(super) fn written_urls(model: &Model) -> Vec<WrittenUrl<'_>> {
    let Some((file, document)) = model.toml() else { return Vec::new() };
    let urls = document.entries.iter().filter(|entry| KEYS.iter().any(|pattern| captures(pattern, &entry.key).is_some()));
    let urls = urls.filter_map(|entry| match &entry.value {
        TomlValue::String(text) if !text.trim_start().starts_with('$') && !text.is_empty() => Some((entry, text.as_str())),
        _ => None,
    });
    let kind = |text: &str| catalog().jdbc.iter().find(|row| row.is_of(text.trim_start()));
    urls.map(|(entry, text)| WrittenUrl { file, document, entry, text, kind: kind(text) }).collect()
}

impl<'a> WrittenUrl<'a> {
    /// The entry beside the URL with this name, and its text.
    pub(super) fn beside(&self, name: &str) -> Option<(&'a TomlEntry, &'a str)> {
        let table = Key::new(&self.entry.key).table();
        let entry = self.document.entry_in(&table.child(name), &self.entry.elements)?;
        match &entry.value {
            TomlValue::String(text) if !text.contains("${") && !text.contains("$env{") => Some((entry, text)),
            _ => None,
        }
    }

    /// The name of the database: the last part of its table, or its id in a list.
    pub(super) fn name(&self) -> &'a str {
        let key: &'a str = &self.entry.key;
        let in_table = || Key::new(key).table().segments().last().map_or(key, |segment| segment.name);
        self.beside("id").map_or_else(in_table, |(_, id)| id)
    }
}
