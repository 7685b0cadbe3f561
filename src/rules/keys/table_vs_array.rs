//! `table-vs-array`: `[table]` where the server reads `[[table]]`, or the other way round.

use std::collections::BTreeSet;

use super::dead_key::Meant;
use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::key::Key;
use crate::source::toml::TomlTable;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, schema, dead)) = context.dead_keys() else { return };
    let Some((_, document)) = context.model().toml() else { return };
    let mut reported = BTreeSet::new();
    for dead_key in &dead {
        let (table, wants_array) = match &dead_key.meant {
            Meant::InElements(table) => (table, true),
            Meant::InTable(table) => (table, false),
            _ => continue,
        };
        if !reported.insert(table) {
            continue;
        }
        let written = if wants_array { table.clone() } else { Key::new(table).elements() };
        let headers: Vec<&TomlTable> = document.tables.iter().filter(|header| *header.key == *written).collect();
        let span = headers.first().map_or(dead_key.entry.key_span, |header| header.span);
        let shown = Key::new(table).header();
        let (message, help) = if wants_array {
            (format!("the server reads `{shown}` as an array of tables and ignores `[{shown}]`"), format!("write `[[{shown}]]`"))
        } else {
            (format!("the server reads `{shown}` as a single table and ignores `[[{shown}]]`"), format!("write `[{shown}]` once"))
        };
        let fix = match headers[..] {
            [only] => change_brackets(context, only, table, wants_array),
            _ => None,
        };
        let keys = dead.iter().filter(|other| other.meant == dead_key.meant).map(|other| other.entry.key_span);
        let finding = context.finding(file, span, message).help(help).key(table).subjects(keys).fix(fix);
        findings.push(with_confidence(finding, schema));
    }
}

/// Doubles the brackets of the only header, or removes one pair. `None` if a header below it would become part of the element.
fn change_brackets(context: HomeContext, header: &TomlTable, table: &str, wants_array: bool) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let written = header.span.of(toml.text);
    let below = |key: &str| Key::new(&header.key).is_above(Key::new(key));
    if toml.document.tables.iter().any(|other| below(&other.key)) {
        return None;
    }
    let text = if wants_array { format!("[{written}]") } else { written.strip_prefix('[')?.strip_suffix(']')?.to_owned() };
    let keys = toml.document.entries.iter().filter(|entry| below(&entry.key)).map(|entry| entry.key.to_string());
    let mut scope: Vec<String> = keys.collect();
    let renamed: Vec<String> = scope
        .iter()
        .filter_map(|key| {
            let below = Key::new(key).relative_to(Key::new(&header.key))?;
            Some(if wants_array { Key::new(&Key::new(table).elements()).join(below) } else { Key::new(table).join(below) })
        })
        .collect();
    scope.extend(renamed);
    let title = if wants_array { format!("write `[[{table}]]`") } else { format!("write `[{table}]`") };
    Some(fixes::fix_of(context.model(), file, title, Safety::Safe, vec![(header.span, text)], scope))
}
