//! Keys that nothing reads, each told apart by what its writer most likely meant: every rule about them reports its own kind.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog;
use crate::model::{FileId, Model};
use crate::rules::context::HomeContext;
use crate::server::mapper::schema::{KeyType, Schema};
use crate::source::toml::{TomlDocument, TomlEntry};
use crate::suggest::nearest;

/// A key that nothing reads.
#[derive(Debug, Clone)]
pub(super) struct DeadKey<'a> {
    /// Where it is written.
    pub entry: &'a TomlEntry,
    /// What was meant.
    pub meant: Meant,
}

/// What the writer of a dead key most likely meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// The same key with `enable` for `enabled`, or the other way round.
    OtherEnable(String),
    /// The same key in an array of tables: `[table]` should be `[[table]]`. The table.
    InElements(String),
    /// The same key in a table: `[[table]]` should be `[table]`. The table.
    InTable(String),
    /// A key of the same name in a table that is written near it.
    InOtherTable(String),
    /// A key that is spelled otherwise, by case or by separators only.
    Respelled(String),
    /// Nothing that can be said for sure; keys that look like it, best first.
    Unclear(Vec<String>),
}

/// The keys of deployment.toml that nothing reads, in written order, with the schema that says so.
pub(super) fn dead_keys(context: HomeContext<'_>) -> Option<(FileId, &Schema, Vec<DeadKey<'_>>)> {
    let model = context.model();
    let schema = model.schema()?;
    // What a JSON file says that cannot be read, nobody knows.
    if model.mapping().is_some_and(|mapping| !mapping.resources.broken.is_empty()) {
        return None;
    }
    let (file, document) = model.toml()?;
    let referred = referred_by_user(document);
    let mut tables: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let dead: Vec<&TomlEntry> = document
        .entries
        .iter()
        .filter(|entry| !schema.is_read(&entry.key) && !referred.contains(&entry.key) && !is_read_by_code(model, &entry.key))
        .collect();
    if dead.is_empty() {
        return Some((file, schema, Vec::new()));
    }
    let keys = schema.keys();
    for key in &keys {
        let (table, name) = split(key);
        tables.entry(name).or_default().insert(table.to_owned());
    }
    let mut spellings: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for key in &keys {
        spellings.entry(plain(key)).or_default().push(key);
    }
    let known = Known { schema, keys: &keys, tables: &tables, spellings: &spellings };
    let dead = dead.into_iter().map(|entry| DeadKey { entry, meant: meant(entry, document, &known) }).collect();
    Some((file, schema, dead))
}

/// Keys that the user's own values refer to with `$ref{}`.
fn referred_by_user(document: &TomlDocument) -> BTreeSet<String> {
    let texts = document.entries.iter().flat_map(|entry| entry.value.texts());
    texts.flat_map(|text| crate::server::mapper::placeholders(text, "ref")).map(ToOwned::to_owned).collect()
}

/// Whether the product's own code asks for a key, past the templates.
fn is_read_by_code(model: &Model, key: &str) -> bool {
    let guessed = || model.schema()?.source().product();
    // Of a product that is not known nobody knows what its code asks for.
    let Some(product) = model.product().map(|product| product.id.as_str()).or_else(guessed) else { return true };
    catalog().code_reads(product, key)
}

/// The keys that are read, as dead ones are held against them.
struct Known<'a> {
    schema: &'a Schema,
    keys: &'a BTreeSet<String>,
    /// The tables in which a name is read.
    tables: &'a BTreeMap<&'a str, BTreeSet<String>>,
    /// By what is left of a key without what people mix up.
    spellings: &'a BTreeMap<String, Vec<&'a String>>,
}

fn meant(entry: &TomlEntry, document: &TomlDocument, known: &Known) -> Meant {
    let Known { schema, keys, tables, spellings } = *known;
    let key = &entry.key;
    if let Some(other) = other_enable(key).filter(|other| schema.is_read(other)) {
        return Meant::OtherEnable(other);
    }
    if let Some(table) = other_kind_of_table(key, schema) {
        return table;
    }
    if let Some([only]) = spellings.get(&plain(key)).map(Vec::as_slice) {
        return Meant::Respelled((*only).clone());
    }
    let (own_table, name) = split(key);
    let elsewhere = tables.get(name);
    // A line that slipped into the table above or below the one it belongs to.
    let related: Vec<&String> = elsewhere
        .into_iter()
        .flatten()
        .filter(|table| {
            table.as_str() != own_table && !table.contains('*') && (is_above(table, own_table) || is_above(own_table, table))
        })
        .collect();
    // A header that was pasted into the middle of a table takes the keys below it along.
    let above = entry.table.and_then(|table| table.checked_sub(1)).map(|table| document.tables[table].key.as_str());
    let moved = match (&related[..], elsewhere.map(|tables| tables.iter().collect::<Vec<_>>()).as_deref()) {
        ([only], _) => Some(only.as_str()),
        // A name that only one table has, and that one is written directly above; a table of which nothing is read is no neighbour of it.
        ([], Some([only])) if own_table.is_empty() || above == Some(only.as_str()) && schema.reads_below(own_table) => {
            Some(only.as_str())
        }
        _ => None,
    };
    if let Some(table) = moved.filter(|table| !table.contains(['*', '['])) {
        return Meant::InOtherTable(if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") });
    }
    let mut alike: Vec<String> =
        related.into_iter().map(|table| if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }).collect();
    alike.extend(keys.iter().filter(|known| differ_in_one_segment(known, key)).map(|known| with_name(known, name)));
    let mut seen = BTreeSet::new();
    alike.retain(|known| seen.insert(known.clone()));
    alike.truncate(3);
    Meant::Unclear(alike)
}

/// Whether two keys have the same segments but for one that is nearly the same; `*` is any segment.
fn differ_in_one_segment(known: &str, key: &str) -> bool {
    let (known, key): (Vec<&str>, Vec<&str>) = (known.split('.').collect(), key.split('.').collect());
    let differing: Vec<_> = known.iter().zip(&key).filter(|(known, own)| known != own && **known != "*").collect();
    known.len() == key.len() && matches!(differing[..], [(known, own)] if !nearest(own, [*known], '\n').is_empty())
}

/// A key with `name` for any key of its table.
fn with_name(known: &str, name: &str) -> String {
    known.strip_suffix(".*").map_or_else(|| known.to_owned(), |table| format!("{table}.{name}"))
}

/// The key with a `d` more or less behind its `enable`.
fn other_enable(key: &str) -> Option<String> {
    match key.strip_suffix("enabled") {
        Some(before) => Some(format!("{before}enable")),
        None => key.strip_suffix("enable").map(|before| format!("{before}enabled")),
    }
}

/// Whether the key would be read if one of its tables were an array of tables, or the other way round.
fn other_kind_of_table(key: &str, schema: &Schema) -> Option<Meant> {
    let dots = key.match_indices('.').map(|(dot, _)| dot);
    for dot in dots {
        let (table, rest) = (&key[..dot], &key[dot + 1..]);
        match table.strip_suffix("[]") {
            Some(bare) if schema.is_read(&format!("{bare}.{rest}")) => return Some(Meant::InTable(bare.to_owned())),
            None if schema.is_read(&format!("{table}[].{rest}")) && schema.type_of(table) == Some(KeyType::Elements) => {
                return Some(Meant::InElements(table.to_owned()));
            }
            _ => {}
        }
    }
    None
}

/// The table of a key, and its name in it.
pub(super) fn split(key: &str) -> (&str, &str) {
    let end = key.strip_suffix('\'').map_or(key.len(), |quoted| quoted.rfind('\'').unwrap_or(0));
    key[..end].rfind('.').map_or(("", key), |dot| (&key[..dot], &key[dot + 1..]))
}

fn is_above(outer: &str, inner: &str) -> bool {
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// A key without what people mix up: case, and separators inside of names.
fn plain(key: &str) -> String {
    let parts = key.split('.').map(|part| {
        part.chars().filter(|part| !matches!(part, '_' | '-' | '\'')).flat_map(char::to_lowercase).collect::<String>()
    });
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_split_behind_quotes() {
        assert_eq!(split("a.b.c"), ("a.b", "c"));
        assert_eq!(split("a.'b.c'"), ("a", "'b.c'"));
        assert_eq!(split("a"), ("", "a"));
    }

    #[test]
    fn what_people_mix_up_is_plain() {
        assert_eq!(plain("apim.event_sync.hostName"), plain("apim.event-sync.hostname"));
        assert_ne!(plain("a.url"), plain("a.urls"));
        assert_ne!(plain("a.b_c"), plain("a.b.c"));
    }
}
