//! `missing-table-member`: an element or attribute of a rendered file is empty, because a table of the user lacks what the template prints
//! there.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Finding;
use crate::model::{
    Content, EffectiveConfiguration, EffectiveValue, EmptyValue, Location, Model, TracedFile, text_of, without_indexes,
};
use crate::rules::context::HomeContext;
use crate::rules::wording::{joined, listed};
use crate::server::jinjava::PathStep;
use crate::server::mapper::key_usage::UseKind;
use crate::server::mapper::schema::Schema;
use crate::source::key::Key;
use crate::source::xml::Element;

/// The members that no server can do without: they say which thing a table describes, or where or what it is. Others can be empty on purpose,
/// such as a description, or a name to display, for which the server has its own defaults.
const NEEDED: [&str; 8] = ["id", "name", "class", "url", "driver", "file_name", "location", "path"];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let (Some(schema), Some((toml, document))) = (model.schema(), model.toml()) else { return };
    let Some(values) = model.effective_configuration().filter(|_| model.is_requested(&model.file(toml).source.path)) else {
        return;
    };
    let written: Vec<&str> = document.tables.iter().map(|table| &*table.key).collect();
    let mut missing: BTreeMap<Location, Vec<Missing>> = BTreeMap::new();
    for path in outputs_with(schema, &written) {
        let Some(file) = model.rendered_file(path) else { continue };
        let found = missing_in(values, schema, file);
        if found.is_empty() {
            continue;
        }
        let optional = empty_by_default(values, path);
        for (at, member) in found.into_iter().filter(|(_, member)| !optional.contains(&member.empty.template)) {
            missing.entry(at).or_default().push(member);
        }
    }
    findings.extend(missing.into_iter().map(|(at, members)| finding(context, at, &members)));
}

/// The rendered files whose templates print a needed member of one of these tables.
fn outputs_with<'s>(schema: &'s Schema, tables: &[&str]) -> BTreeSet<&'s str> {
    let members = tables.iter().flat_map(|table| NEEDED.map(|name| format!("{table}.{name}")));
    let uses = members.flat_map(|member| schema.own_uses(&member));
    let printed = uses.filter(|used| used.kind == UseKind::Printed);
    printed.filter_map(|used| schema.outputs.get(used.template)).map(String::as_str).collect()
}

/// A member that a table lacks, and what is empty because of it.
struct Missing {
    empty: EmptyValue,
    /// The table, as in `[[datasource]]`.
    table: String,
    /// The element, in backticks.
    place: String,
    /// Whether it has no other text.
    is_empty: bool,
    output: String,
}

/// The needed members that tables of the user lack, each with the place of the table.
fn missing_in(values: EffectiveConfiguration, schema: &Schema, file: &TracedFile) -> Vec<(Location, Missing)> {
    let of_empty = |empty: EmptyValue| {
        let (last, table) = empty.path.split_last()?;
        let is_member = matches!(last, PathStep::Key(name) if **name == *empty.member);
        if !is_member || !NEEDED.contains(&empty.member.as_str()) || values.at(&empty.path).value.is_some() {
            return None;
        }
        let pattern = without_indexes(&text_of(&empty.path));
        let table = values.at(table);
        if !table.is_set_by_user() || !is_in_loop(values.model, &empty) || !schema.is_only_printed(&pattern) {
            return None;
        }
        if is_inferred(values.model, schema, &table) {
            return None;
        }
        let (at, table) = place_and_name(values.model, &table)?;
        let (place, is_empty) = place_of(file, empty.at);
        Some((at, Missing { empty, table, place, is_empty, output: file.path.clone() }))
    };
    file.empty_values(values.model).into_iter().filter_map(of_empty).collect()
}

/// Whether the expression reads the member of what a loop is at. Outside of loops, an element that is empty without the user's table can be
/// empty with it, too.
fn is_in_loop(model: &Model, empty: &EmptyValue) -> bool {
    let text = empty.template.span.of(&model.file(empty.template.file).source.text);
    !text.contains(&text_of(&empty.path))
}

/// Where a table is written, and how: the header, or the first key that defines it.
fn place_and_name(model: &Model, table: &EffectiveValue) -> Option<(Location, String)> {
    let (file, document) = model.toml()?;
    let anchor = table.anchor?;
    let header =
        document.tables.iter().find(|header| *header.key == *table.key || anchor == Location { file, span: header.span });
    Some(match header {
        Some(header) => (Location { file, span: header.span }, header.span.of(&model.file(file).source.text).to_owned()),
        None => (anchor, table.key.clone()),
    })
}

/// Whether another key of the table should have brought the member by inference: then that key has a wrong value, as `unknown-value` says.
fn is_inferred(model: &Model, schema: &Schema, table: &EffectiveValue) -> bool {
    let Some((_, document)) = model.toml() else { return false };
    let table = without_indexes(&table.key);
    let is_in_table = |key: &str| Key::new(&table).is_above(Key::new(key));
    document.entries.iter().any(|entry| is_in_table(&entry.key) && schema.inferring_values(&entry.key).is_some())
}

/// The places of the template that print nothing without any key of the user: whatever is empty there may be empty.
fn empty_by_default(values: EffectiveConfiguration, path: &str) -> BTreeSet<Location> {
    let Some(mapping) = values.model.mapping() else { return BTreeSet::new() };
    let keys: Vec<String> = values.configuration.settings.keys().cloned().collect();
    let defaults = values.configuration.without(&keys, &mapping.resources, &mapping.release);
    let file = TracedFile::render(values.model.effective_with(&defaults), path);
    file.ok().into_iter().flat_map(|file| file.empty_values(values.model)).map(|empty| empty.template).collect()
}

/// The element, attribute or property around a place in a rendered file, and whether it is empty.
fn place_of(file: &TracedFile, at: usize) -> (String, bool) {
    let text = &file.source.text;
    let line = || (format!("line {}", text[..at].matches('\n').count() + 1), false);
    match file.content() {
        Content::Xml(document) => {
            let is_around = |element: &&Element| element.span.start <= at && at <= element.span.end;
            let Some(element) = document.elements.iter().rfind(is_around) else { return line() };
            let name = element.local_name(text);
            let attribute = element.attributes.iter().find(|attribute| attribute.value.start <= at && at <= attribute.value.end);
            match attribute {
                Some(attribute) => (format!("`{}` of `<{name}>`", attribute.name.of(text)), attribute.value.is_empty()),
                None => (format!("`<{name}>`"), element.children.is_empty() && element.content(text).trim().is_empty()),
            }
        }
        Content::Properties(properties) => {
            let entry = properties.entries.iter().find(|entry| entry.key_span.start <= at && at <= entry.value_span.end);
            entry.map_or_else(line, |entry| (format!("`{}`", entry.key), entry.value.trim().is_empty()))
        }
        _ => line(),
    }
}

/// The finding for the table at `at`.
fn finding(context: HomeContext, at: Location, missing: &[Missing]) -> Finding {
    let mut members: Vec<&Missing> = Vec::new();
    for one in missing {
        if !members.iter().any(|known| known.empty.member == one.empty.member) {
            members.push(one);
        }
    }
    let first = members[0];
    let names: Vec<&str> = members.iter().map(|missing| missing.empty.member.as_str()).collect();
    let places = |is_empty: bool| -> Vec<String> {
        let chosen = members.iter().filter(|missing| missing.is_empty == is_empty && missing.output == first.output);
        chosen.map(|missing| missing.place.clone()).collect()
    };
    let mut effects = Vec::new();
    for (places, effect) in [(places(true), "empty"), (places(false), "incomplete")] {
        let verb = if places.len() == 1 { "is" } else { "are" };
        if !places.is_empty() {
            effects.push(format!("{} {verb} {effect}", joined(&places)));
        }
    }
    let lacking: Vec<String> = names.iter().map(|name| format!("no `{name}`")).collect();
    let message = format!("`{}` has {}: in {}, {}", first.table, joined(&lacking), first.output, joined(&effects));
    let assignments: Vec<String> = names.iter().map(|name| format!("{name} = \"...\"")).collect();
    let mut finding = context.finding_at(at, message).key(text_of(&first.empty.path[..first.empty.path.len() - 1]));
    finding = finding.help(format!("add {} to this table", listed(&assignments)));
    for missing in members {
        finding =
            finding.related(context.id, missing.empty.template, format!("the template prints `{}` here", missing.empty.member));
    }
    finding
}
