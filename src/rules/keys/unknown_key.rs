//! `unknown-key`: a key that nothing reads.

use std::cell::OnceCell;

use super::dead_key::{DeadKey, Meant};
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::home::extensions;
use crate::model::{FileId, Location};
use crate::rule_info::Severity;
use crate::rules::confidence::{name_of, with_confidence};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::mapper::schema::{Fit, Schema, SchemaSource};
use crate::source::Span;
use crate::source::key::Key;
use crate::source::toml::TomlTable;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, schema, mut dead)) = context.dead_keys() else { return };
    let Some((_, document)) = context.model().toml() else { return };
    dead.retain(|dead| match &dead.meant {
        // A key that is not known may be one that resembles no known one, or be read in the table where it is.
        Meant::Unclear(alike) => schema.source().is_complete() || !alike.is_empty(),
        Meant::InOtherTable(_) => schema.source().is_complete(),
        _ => true,
    });
    let mut written = vec![0; document.tables.len()];
    for table in document.entries.iter().filter_map(|entry| entry.table) {
        written[table] += 1;
    }
    let mut unread: Vec<Vec<Span>> = vec![Vec::new(); document.tables.len()];
    // Renamed keys are reported one by one, with their new names.
    let table_of = |dead: &DeadKey| dead.entry.table.filter(|_| !schema.is_mapped(&dead.entry.key));
    for dead in &dead {
        if let Some(table) = table_of(dead) {
            unread[table].push(dead.entry.key_span);
        }
    }
    let is_unread = |number: usize| {
        let (unread, table) = (&unread[number], &document.tables[number]);
        unread.len() > 1 && unread.len() == written[number] && !schema.reads_below(table_name(table))
    };
    let whole: Vec<bool> = (0..document.tables.len()).map(|number| schema.source().is_complete() && is_unread(number)).collect();
    dead.retain(|dead| table_of(dead).is_none_or(|table| !whole[table]));
    let tables = document.tables.iter().zip(&unread).zip(&whole).filter(|(_, whole)| **whole);
    let reader = OnceCell::new();
    let reader = || reader.get_or_init(|| other_reader(context)).as_deref();
    let of_tables = tables.map(|((table, unread), _)| of_table(context, file, schema, table, unread, reader()));
    let mut found = of_tables.chain(dead.iter().map(|dead| of_key(context, file, schema, dead, reader)));
    findings.extend(found.by_ref().take(MAX_REPORTED).map(|finding| with_confidence(finding, schema)));
    if let Some(mut next) = found.next() {
        let more = 1 + found.count();
        next.message = format!("{more} more tables and keys of this file have no effect");
        next.help = Some("they are listed one by one when those before them are gone".to_owned());
        next.fixes.clear();
        findings.push(with_confidence(next, schema));
    }
}

/// How many tables and keys of a file are reported one by one.
const MAX_REPORTED: usize = 1_000;

/// A jar in the home that an operator has put there and that may read keys that no template reads.
fn other_reader(context: HomeContext) -> Option<String> {
    let model = context.model();
    if model.is_home() { extensions(&model.layout.root).into_iter().next() } else { None }
}

fn of_table(
    context: HomeContext,
    file: FileId,
    schema: &Schema,
    table: &TomlTable,
    keys: &[Span],
    reader: Option<&str>,
) -> Finding {
    let name = table_name(table);
    let message = match (released(schema), reader) {
        (Some(version), _) => {
            format!("`{name}` is not a table of {version} as first released: none of its {} keys is known", keys.len())
        }
        (None, Some(_)) => format!("no template reads the table `{name}` and its {} keys", keys.len()),
        (None, None) => format!("no template reads the table `{name}`: its {} keys have no effect", keys.len()),
    };
    let finding = context.finding(file, table.span, message).key(name).subjects(keys.iter().copied());
    unclear(finding, "table", schema, reader)
}

/// Completes the finding about a key or table that resembles no known one.
fn unclear(finding: Finding, what: &str, schema: &Schema, reader: Option<&str>) -> Finding {
    match (released(schema), reader) {
        (Some(_), _) => {
            let help = format!("check the name: an update of the server may have added the {what}");
            finding.severity(Severity::Info).help(help)
        }
        (None, Some(jar)) => {
            let help = format!("remove the {what}, unless code of your own, such as `{jar}`, reads it");
            finding.severity(Severity::Info).help(help)
        }
        (None, None) => finding.help(format!("check the name in the documentation of this version, or remove the {what}")),
    }
}

/// The product and version whose keys are known as of its first release, without those that an update may have added.
fn released(schema: &Schema) -> Option<String> {
    match schema.source() {
        SchemaSource::Catalogue { product, versions, fit: Fit::Released } => {
            versions.first().map(|version| format!("{} {version}", name_of(product)))
        }
        _ => None,
    }
}

/// The table, or the list that it is an element of.
fn table_name(table: &TomlTable) -> &str {
    let key = Key::new(&table.key);
    key.list().unwrap_or(key).as_str()
}

fn of_key<'r>(
    context: HomeContext,
    file: FileId,
    schema: &Schema,
    dead: &DeadKey,
    reader: impl Fn() -> Option<&'r str>,
) -> Finding {
    let key = &dead.entry.key;
    let at = Location { file, span: dead.entry.key_span };
    let renamed = schema.is_mapped(key).then(|| schema.targets_of(key).join("`, `"));
    let message = match (renamed, released(schema)) {
        (Some(targets), _) => format!("`{key}` has no effect: it is renamed to `{targets}`, which no template reads"),
        (None, Some(version)) => format!("`{key}` is not a key of {version} as first released"),
        (None, None) => format!("`{key}` has no effect: no template reads it"),
    };
    let finding = context.finding_at(at, message).key(key);
    match &dead.meant {
        Meant::Respelled(known) => {
            let fix = fixes::write_as(context.model(), dead.entry, known, format!("rename `{key}` to `{known}`"), Safety::Safe);
            finding.help(format!("rename it to `{known}`")).fix(fix)
        }
        Meant::OtherEnable(known) | Meant::InOtherTable(known) => finding.help(format!("did you mean `{known}`?")),
        Meant::InElements(table) => finding.help(format!("did you mean a key of `[[{table}]]`?")),
        Meant::InTable(table) => finding.help(format!("did you mean a key of `[{table}]`?")),
        Meant::Unclear(alike) if !alike.is_empty() => {
            let names: Vec<String> = alike.iter().map(|known| format!("`{known}`")).collect();
            finding.help(format!("did you mean {}?", names.join(" or ")))
        }
        Meant::Unclear(_) => {
            let mut finding = finding;
            let reader = reader();
            if released(schema).is_none() && reader.is_some() && !schema.is_mapped(key) {
                finding.message = format!("no template reads `{key}`");
            }
            unclear(finding, "key", schema, reader)
        }
    }
}
