//! `mi-offset-replaces-default`: an offset replaces the internal one of Micro Integrator, 10, and a file still names the old ports.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::OffsetRule;
use crate::diagnostic::Finding;
use crate::model::{Content, FileId, HomeId, LoadedFile, Location};
use crate::rule_info::Severity;
use crate::rules::applies_to;
use crate::rules::context::RuleContext;
use crate::source::Span;
use crate::source::toml::{TomlEntry, TomlValue};
use crate::workspace::Home;

/// A home whose offset replaces the default one.
struct Moved<'a> {
    home: &'a Home,
    file: FileId,
    entry: &'a TomlEntry,
    default: i64,
    offset: i64,
    /// The ports that its listeners would have with the default offset.
    old: Vec<(i64, &'a str)>,
}

pub(in crate::rules) fn check(context: RuleContext, findings: &mut Vec<Finding>) {
    let moved: Vec<Moved> =
        context.homes.iter().filter(|home| applies_to(context.rule, &home.model)).filter_map(Moved::of).collect();
    let mentions = first_mentions(context, moved.iter().flat_map(|moved| &moved.old).map(|(port, _)| *port).collect());
    for Moved { home, file, entry, default, offset, old } in moved {
        let named = old.iter().filter_map(|old| Some((mentions.get(&old.0)?, old)));
        let named = named.min_by_key(|(place, _)| *place);
        // If no file names an old port, a load balancer or a firewall may.
        let Some((port, listener)) = named.map(|(_, old)| old).or_else(|| old.first()) else { continue };
        let new = port - default + offset;
        let message = format!("the offset {offset} replaces the default offset {default}: {listener} moves from {port} to {new}");
        let finding = Finding::new(home.id, Location { file, span: entry.key_span }, message)
            .help(format!("write {} to move it to {}, or correct the references to {port}", default + offset, port + offset))
            .key("server.offset");
        findings.push(match named {
            Some(((home_of, at), _)) => finding.related(*home_of, *at, format!("{port} is still used here")),
            None => finding.severity(Severity::Info),
        });
    }
}

impl<'a> Moved<'a> {
    fn of(home: &'a Home) -> Option<Self> {
        let model = &home.model;
        let default = model.product()?.default_offset;
        let (file, entry) = model.setting("server.offset", &[])?;
        let offset = entry.value.as_text().and_then(|text| text.parse::<i64>().ok()).filter(|offset| *offset != default)?;
        let listeners = home.ports().listeners.iter().filter(|listener| listener.enabled && listener.source.anchor().is_none());
        let old = listeners.filter_map(|listener| {
            let (row, part) = listener.row?;
            let is_moved = part.offset.unwrap_or(row.offset) == OffsetRule::Always;
            is_moved.then(|| Some((listener.base? + default, listener.id.as_str())))?
        });
        Some(Self { home, file, entry, default, offset, old: old.collect() })
    }
}

/// The first value of the homes' files that names each of `ports`: as a number, or in a URL.
fn first_mentions(context: RuleContext, mut ports: BTreeSet<i64>) -> BTreeMap<i64, (HomeId, Location)> {
    let mut found = BTreeMap::new();
    for (id, home) in context.homes() {
        for (file, loaded) in home.model.files() {
            // Few files have such a number anywhere.
            let text = &loaded.source.text;
            let here: Vec<i64> = ports.iter().copied().filter(|port| text.contains(&port.to_string())).collect();
            for port in here {
                if let Some(span) = first_mention(loaded, port) {
                    ports.remove(&port);
                    found.insert(port, (id, Location { file, span }));
                }
            }
        }
    }
    found
}

/// The first value of a file that names a port.
fn first_mention(file: &LoadedFile, port: i64) -> Option<Span> {
    let in_text = |span: &Span| names(span.of(&file.source.text), port);
    match file.content() {
        Content::Toml(document) => {
            let is_named = |entry: &&TomlEntry| match &entry.value {
                TomlValue::Integer(number) => *number == port,
                TomlValue::String(_) | TomlValue::Array(_) => in_text(&entry.value_span),
                _ => false,
            };
            document.entries.iter().find(is_named).map(|entry| entry.value_span)
        }
        Content::Xml(document) => document.elements.iter().find_map(|element| {
            let values = element.attributes.iter().map(|attribute| attribute.value);
            element.text.iter().copied().chain(values).find(in_text)
        }),
        _ => None,
    }
}

/// Whether `text` contains the port after a colon, not as a part of a longer number.
fn names(text: &str, port: i64) -> bool {
    let wanted = format!(":{port}");
    text.match_indices(&wanted).any(|(at, _)| !text[at + wanted.len()..].starts_with(|next: char| next.is_ascii_digit()))
}
