//! Keys that nothing reads, classified by what their writer most likely meant. Each rule about them reports one class.

use std::collections::BTreeSet;

use crate::catalog::catalog;
use crate::model::Model;
use crate::ports::PortTable;
use crate::server::mapper::schema::{KeyType, Schema};
use crate::source::key::Key;
use crate::source::toml::{TomlDocument, TomlEntry, TomlValue};
use crate::workspace::Home;

/// A key that nothing reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeadKey<'a> {
    /// The entry in deployment.toml.
    pub entry: &'a TomlEntry,
    /// What its writer most likely meant.
    pub meant: &'a Meant,
}

/// The keys of a deployment.toml that nothing reads, in file order.
#[derive(Debug)]
pub(crate) struct DeadKeys {
    /// Each as the index of its entry.
    keys: Vec<(usize, Meant)>,
}

impl DeadKeys {
    /// The keys with their entries in the file.
    pub(crate) fn of<'a>(&'a self, document: &'a TomlDocument) -> Vec<DeadKey<'a>> {
        self.keys.iter().map(|(entry, meant)| DeadKey { entry: &document.entries[*entry], meant }).collect()
    }
}

/// What the writer of a dead key most likely meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant {
    /// The same key with `enable` instead of `enabled`, or the other way round.
    OtherEnable(String),
    /// The same key in an array of tables: `[table]` should be `[[table]]`. Holds the table.
    InElements(String),
    /// The same key in a table: `[[table]]` should be `[table]`. Holds the table.
    InTable(String),
    /// A key of the same name in a nearby table.
    InOtherTable(String),
    /// A key that differs only in case or separators.
    Respelled(String),
    /// Nothing certain. Holds similar keys, best first.
    Unclear(Vec<String>),
}

/// For how many keys of a file a known key is searched that may be meant. A real file has a few that nothing reads.
const MAX_SEARCHED: usize = 1_000;

/// The keys of deployment.toml that nothing reads; `None` if that is unknown. Rules ask [`HomeContext::dead_keys`], which remembers them.
///
/// [`HomeContext::dead_keys`]: crate::rules::context::HomeContext::dead_keys
pub(crate) fn dead_keys(home: &Home) -> Option<DeadKeys> {
    let model = &home.model;
    let schema = model.schema()?;
    // A JSON file that cannot be read may map or use any key.
    if model.mapping().is_some_and(|mapping| !mapping.resources.broken.is_empty()) {
        return None;
    }
    let (_, document) = model.toml()?;
    let referred = referred_by_user(document);
    let dead: Vec<(usize, &TomlEntry)> = document
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| {
            !schema.is_read(&entry.key) && !referred.contains(&*entry.key) && !is_read_by_code(model, &entry.key)
        })
        .filter(|(_, entry)| !is_shipped(model, entry))
        .collect();
    if dead.is_empty() {
        return Some(DeadKeys { keys: Vec::new() });
    }
    let meant = |(at, (number, entry)): (usize, (usize, &TomlEntry))| {
        let meant = if at < MAX_SEARCHED { meant(entry, document, schema, || home.ports()) } else { Meant::Unclear(Vec::new()) };
        (number, meant)
    };
    Some(DeadKeys { keys: dead.into_iter().enumerate().map(meant).collect() })
}

/// The keys that values in deployment.toml refer to with `$ref{}`.
pub(super) fn referred_by_user(document: &TomlDocument) -> BTreeSet<String> {
    let texts = document.entries.iter().flat_map(|entry| entry.value.texts());
    texts.flat_map(|text| crate::server::mapper::placeholders(text, "ref")).map(ToOwned::to_owned).collect()
}

/// Whether the product's code reads a key directly, rather than through a template.
pub(super) fn is_read_by_code(model: &Model, key: &str) -> bool {
    // The code of an unknown product may read any key.
    product_of(model).is_none_or(|product| catalog().code_reads(product, key))
}

/// Whether the product ships the entry as it is: its users did not write it.
fn is_shipped(model: &Model, entry: &TomlEntry) -> bool {
    let TomlValue::String(value) = &entry.value else { return false };
    product_of(model).is_some_and(|product| catalog().ships_key(product, &entry.key, value))
}

/// The id of the product, or of the one that the keys were compared with.
fn product_of(model: &Model) -> Option<&str> {
    model.product().map(|product| product.id.as_str()).or_else(|| model.schema()?.source().product())
}

fn meant<'a>(entry: &TomlEntry, document: &TomlDocument, schema: &Schema, ports: impl FnOnce() -> &'a PortTable) -> Meant {
    let key = &entry.key;
    if let Some(other) = other_enable(key).filter(|other| schema.is_read(other)) {
        return Meant::OtherEnable(other);
    }
    if let Some(table) = other_kind_of_table(key, schema) {
        return table;
    }
    let respelled = schema.spelled_like(key);
    if let (1, Some(only)) = (respelled.len(), respelled.first()) {
        return Meant::Respelled(only.clone());
    }
    let (own_table, name) = Key::new(key).table_and_name();
    if let ("port", TomlValue::Integer(number)) = (name, &entry.value) {
        // Many tables have a port. The number shows whose it is.
        return of_port(*number, ports()).map_or(Meant::Unclear(Vec::new()), Meant::InOtherTable);
    }
    // The key may belong to an enclosing table, unless nothing reads its own, or to a table inside its own.
    let is_known = schema.reads_below(own_table.as_str());
    let is_related = |table: Key| !table.is_pattern() && (is_known && table.is_above(own_table) || own_table.is_above(table));
    let related: BTreeSet<String> = schema.tables_with(name, is_related).collect();
    let mut elsewhere = schema.tables_with(name, |_| true);
    let only = elsewhere.next().filter(|only| elsewhere.all(|other| other == *only));
    // A header pasted into the middle of a table captures the keys below it.
    let above = entry.table.and_then(|table| table.checked_sub(1)).map(|table| &*document.tables[table].key);
    let moved = match (related.len(), related.first(), &only) {
        (1, Some(only), _) => Some(only.as_str()),
        // Only one table has this name, and its header is the previous one. If nothing reads the key's own table, the table is at fault.
        (0, _, Some(only)) if own_table.is_root() || above == Some(only.as_str()) && is_known => Some(only.as_str()),
        _ => None,
    };
    let own_name = Key::new(name);
    if let Some(table) = moved.map(Key::new).filter(|table| !table.is_pattern() && !table.is_in_list()) {
        return Meant::InOtherTable(table.join(own_name));
    }
    let mut alike: Vec<String> = related.iter().map(|table| Key::new(table).join(own_name)).collect();
    alike.extend(schema.near(key).iter().map(|known| with_name(known, name)));
    let mut seen = BTreeSet::new();
    alike.retain(|known| seen.insert(known.clone()));
    alike.truncate(3);
    Meant::Unclear(alike)
}

/// The key of the one listener that has this port by default.
fn of_port(number: i64, ports: &PortTable) -> Option<String> {
    let mut keys = ports.listeners.iter().filter_map(|listener| {
        let (row, part) = listener.row?;
        part.port_key.clone().filter(|_| part.port.or(row.port).map(i64::from) == Some(number))
    });
    keys.next().filter(|_| keys.next().is_none())
}

/// The key `known`, with `name` in place of a final `*`.
fn with_name(known: &str, name: &str) -> String {
    Key::new(known).opened_table().map_or_else(|| known.to_owned(), |table| table.join(Key::new(name)))
}

/// The key with a final `enable` changed to `enabled`, or the other way round.
fn other_enable(key: &str) -> Option<String> {
    match key.strip_suffix("enabled") {
        Some(before) => Some(format!("{before}enable")),
        None => key.strip_suffix("enable").map(|before| format!("{before}enabled")),
    }
}

/// What was meant if the key would be read with one of its tables as an array of tables, or the other way round.
fn other_kind_of_table(key: &str, schema: &Schema) -> Option<Meant> {
    for (table, below) in Key::new(key).tables() {
        let name = |table: Key| table.as_str().to_owned();
        match table.list() {
            Some(list) if schema.is_read(&list.join(below)) => return Some(Meant::InTable(name(list))),
            None if schema.is_read(&Key::new(&table.elements()).join(below))
                && schema.type_of(table.as_str()) == Some(KeyType::Elements) =>
            {
                return Some(Meant::InElements(name(table)));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_quotes_is_one_segment() {
        assert_eq!(with_name("a.*", "'b.c'"), "a.'b.c'");
    }
}
