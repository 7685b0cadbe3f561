//! `ref-in-array-table`: `$ref{}` inside an array of tables, where no stage of the mapper resolves it (config-mapper
//! ReferenceResolver.java).

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{fits_into, plain_string};
use crate::server::mapper::{Origin, placeholders};
use crate::source::Span;
use crate::source::key::Key;
use crate::source::toml::{TomlEntry, TomlValue};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, document)) = context.model().toml() else { return };
    let text = &context.model().file(file).source.text;
    for entry in &document.entries {
        for (value, span, is_resolved) in strings(&entry.value, entry.value_span, !Key::new(&entry.key).is_in_list()) {
            let Some(name) = placeholders(value, "ref").into_iter().next().filter(|_| !is_resolved) else { continue };
            let placeholder = format!("$ref{{{name}}}");
            let place = span.of(text).find(&placeholder).map_or(span, |at| {
                let start = span.start + at;
                Span::new(start, start + placeholder.len())
            });
            let message = format!("`{placeholder}` is not resolved inside an array of tables: the server uses it literally");
            let finding = context.finding(file, place, message).key(&entry.key);
            findings.push(finding.help(help(name)).fix(inline(context, entry, span)));
        }
    }
}

/// Every string of a value with its span, and whether references in it are resolved.
fn strings(value: &TomlValue, span: Span, is_resolved: bool) -> Vec<(&str, Span, bool)> {
    match value {
        TomlValue::String(text) => vec![(text, span, is_resolved)],
        // References in a list are resolved, those in a nested list are not.
        TomlValue::Array(items) => items
            .iter()
            .flat_map(|(item, span)| strings(item, *span, is_resolved && !matches!(item, TomlValue::Array(_))))
            .collect(),
        _ => Vec::new(),
    }
}

fn help(name: &str) -> String {
    match name {
        "super_admin.username" => "write the value itself, or `${admin.username}`, which the server resolves later".to_owned(),
        "super_admin.password" => "write `${admin.password}`, which the server resolves later, or a `$secret{}`".to_owned(),
        _ => format!("write the value of `{name}` itself"),
    }
}

/// Replaces the references in a string with their values, if these are plain values of this file and not secrets.
fn inline(context: HomeContext, entry: &TomlEntry, span: Span) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let (quote, inner) = plain_string(span.of(toml.text))?;
    let mut result = inner.to_owned();
    for name in placeholders(inner, "ref") {
        let target = target(context, name)?;
        let value = match &target.value {
            TomlValue::String(text)
                if !["$ref{", "$secret{", "$env{", "$sys{", "{{", "<%"].iter().any(|mark| text.contains(mark)) =>
            {
                text.clone()
            }
            TomlValue::Integer(number) => number.to_string(),
            _ => return None,
        };
        if Key::new(name).is_secret() || Key::new(&target.key).is_secret() || !fits_into(quote, &value) {
            return None;
        }
        result = result.replace(&format!("$ref{{{name}}}"), &value);
    }
    let edit = (span, format!("{quote}{result}{quote}"));
    let title = format!("replace the references in `{}` with their values", entry.key);
    Some(fixes::fix_of(context.model(), file, title, Safety::Safe, vec![edit], vec![entry.key.to_string()]))
}

/// The entry of deployment.toml that a reference names.
fn target<'a>(context: HomeContext<'a>, name: &str) -> Option<&'a TomlEntry> {
    let (_, document) = context.model().toml()?;
    match context.model().configuration().and_then(|(_, configuration)| configuration.get(name)) {
        Some(effective) => match &effective.origin {
            Origin::User { key } => document.get(key),
            Origin::Inferred { .. } | Origin::Default => None,
        },
        None => document.get(name),
    }
}
