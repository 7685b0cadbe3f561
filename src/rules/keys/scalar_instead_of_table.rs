//! `scalar-instead-of-table`: a string, number or boolean where the server reads a table.

use super::dead_key::{is_read_by_code, referred_by_user};
use crate::diagnostic::Finding;
use crate::model::{EffectiveValue, EmptyValue, Location, Model, without_indexes};
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::wording::listed;
use crate::server::mapper::schema::{ReadTable, Schema};
use crate::source::key::Key;
use crate::source::toml::{TomlDocument, TomlEntry, TomlTable, TomlValue};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let (Some(schema), Some((file, document))) = (model.schema(), model.toml()) else { return };
    // A JSON file that cannot be read may map any key.
    if model.mapping().is_some_and(|mapping| !mapping.resources.broken.is_empty()) {
        return;
    }
    let referred = referred_by_user(document);
    for entry in &document.entries {
        let Some(kind) = kind_of(&entry.value) else { continue };
        let Some(table) = schema.table_at(&entry.key) else { continue };
        // `false` may be there to switch off a part that the table would configure.
        let is_switch = table.is_tested && matches!(entry.value, TomlValue::Boolean(_));
        if is_switch || referred.contains(&*entry.key) || is_read_by_code(model, &entry.key) {
            continue;
        }
        let written = Written { entry, kind, table: &table, meant: meant_table(entry, &table, document, schema) };
        let at = Location { file, span: entry.key_span };
        let mut finding = context.finding_at(at, written.message()).help(written.help()).key(&entry.key);
        if let Some(header) = written.meant {
            let at = Location { file, span: header.span };
            let message = format!("nothing reads this table: its keys belong to `{}`", written.header());
            let keys = document.entries.iter().filter(|other| Key::new(&header.key).is_above(Key::new(&other.key)));
            finding = finding.related(context.id, at, message).subjects(keys.map(|other| other.key_span));
        }
        if let Some((empty, output)) = first_empty(model, &entry.key) {
            let message = format!("the template reads `{}` here, and prints nothing to {output}", empty.member);
            finding = finding.related(context.id, empty.template, message);
        }
        findings.push(with_confidence(finding, schema));
    }
}

fn kind_of(value: &TomlValue) -> Option<&'static str> {
    match value {
        TomlValue::String(_) => Some("a string"),
        TomlValue::Integer(_) | TomlValue::Float(_) => Some("a number"),
        TomlValue::Boolean(_) => Some("a boolean"),
        TomlValue::Datetime(_) => Some("a date"),
        TomlValue::Array(_) | TomlValue::Placeholder => None,
    }
}

/// A value where a table is read.
struct Written<'a> {
    entry: &'a TomlEntry,
    kind: &'static str,
    table: &'a ReadTable,
    /// A table that nothing reads, and that the value names.
    meant: Option<&'a TomlTable>,
}

impl Written<'_> {
    fn message(&self) -> String {
        let Self { entry, kind, table, .. } = self;
        let what = if table.in_elements { "an array of tables" } else { "a table" };
        format!("`{}` is {kind}, but the server reads {what} here", entry.key)
    }

    /// The header of the table to write.
    fn header(&self) -> String {
        let key = Key::new(&self.entry.key).header();
        if self.table.in_elements { format!("[[{key}]]") } else { format!("[{key}]") }
    }

    fn help(&self) -> String {
        let members = match &self.table.members[..] {
            [] => "its keys".to_owned(),
            members => listed(members),
        };
        let help = format!("write `{}` with {members} instead", self.header());
        self.meant.map_or(help.clone(), |meant| format!("{help}: rename `[{}]`, and remove this line", meant.key))
    }
}

/// The table whose name the value is, if nothing reads it and it has one of the members that are read here.
fn meant_table<'a>(entry: &TomlEntry, table: &ReadTable, document: &'a TomlDocument, schema: &Schema) -> Option<&'a TomlTable> {
    let TomlValue::String(name) = &entry.value else { return None };
    let header = document.table(name).filter(|_| !schema.reads_below(name))?;
    let has = |member: &String| document.get(&format!("{name}.{member}")).is_some();
    table.members.iter().any(has).then_some(header)
}

/// The first expression that reads a member of the value and prints nothing, with the file that it prints nothing to.
fn first_empty(model: &Model, key: &str) -> Option<(EmptyValue, String)> {
    let values = model.effective_configuration()?;
    let schema = model.schema()?;
    let used = schema.uses_below(key).into_iter();
    let mut outputs: Vec<usize> = used.map(|used| used.template).collect();
    outputs.sort_unstable();
    outputs.dedup();
    let is_it = |value: &EffectiveValue| value.written.as_deref().map(without_indexes).as_deref() == Some(key);
    outputs.into_iter().find_map(|number| {
        let output = schema.outputs.get(number)?;
        let file = model.rendered_file(output)?;
        let empty = file.empty_values(model).into_iter().find(|empty| is_it(&values.at(&empty.path)))?;
        Some((empty, output.clone()))
    })
}
