//! `mi-offset-replaces-default`: an offset replaces the internal one of Micro Integrator, 10, and a file still names the old ports.

use crate::catalog::OffsetRule;
use crate::diagnostic::Finding;
use crate::model::{Content, Location, Model};
use crate::rules::context::HomeContext;
use crate::source::Span;
use crate::source::toml::TomlValue;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some(default) = model.product().map(|product| product.default_offset) else { return };
    let Some((file, entry)) = model.setting("server.offset", &[]) else { return };
    let Some(offset) = entry.value.as_text().and_then(|text| text.parse::<i64>().ok()).filter(|offset| *offset != default) else {
        return;
    };
    let old: Vec<(i64, &str)> = context
        .ports()
        .listeners
        .iter()
        .filter(|listener| listener.enabled && listener.source.anchor().is_none())
        .filter_map(|listener| {
            let (row, part) = listener.row?;
            (part.offset.unwrap_or(row.offset) == OffsetRule::Always)
                .then(|| Some((listener.base? + default, listener.id.as_str())))?
        })
        .collect();
    let named = context.homes().find_map(|(id, home)| {
        let (at, port) = first_mention(&home.model, &old)?;
        Some((id, at, port))
    });
    let Some((home, at, (port, listener))) = named else { return };
    let moved = port - default + offset;
    let message = format!("the offset {offset} replaces the default offset {default}: {listener} moves from {port} to {moved}");
    let finding = context
        .finding(file, entry.key_span, message)
        .help(format!("write {} to move it to {}, or correct the references to {port}", default + offset, port + offset))
        .key("server.offset");
    findings.push(finding.related(home, at, format!("{port} is still used here")));
}

/// The first value of a home's files that names one of `ports`: as a number, or in a URL.
fn first_mention<'a>(model: &Model, ports: &[(i64, &'a str)]) -> Option<(Location, (i64, &'a str))> {
    model.files().find_map(|(file, loaded)| {
        let text = &loaded.source.text;
        let in_text =
            |span: Span| ports.iter().find(|(port, _)| names(span.of(text), *port)).map(|port| (Location { file, span }, *port));
        match loaded.content() {
            Content::Toml(document) => document.entries.iter().find_map(|entry| match &entry.value {
                TomlValue::Integer(number) => {
                    ports.iter().find(|(port, _)| port == number).map(|port| (Location { file, span: entry.value_span }, *port))
                }
                TomlValue::String(_) | TomlValue::Array(_) => in_text(entry.value_span),
                _ => None,
            }),
            Content::Xml(document) => document.elements.iter().find_map(|element| {
                let values = element.attributes.iter().map(|attribute| attribute.value);
                element.text.iter().copied().chain(values).find_map(in_text)
            }),
            _ => None,
        }
    })
}

/// Whether `text` contains the port after a colon, not as a part of a longer number.
fn names(text: &str, port: i64) -> bool {
    let wanted = format!(":{port}");
    text.match_indices(&wanted).any(|(at, _)| !text[at + wanted.len()..].starts_with(|next: char| next.is_ascii_digit()))
}
