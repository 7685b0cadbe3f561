//! `key-in-wrong-table`: a key under the wrong table header.

use super::dead_key::Meant;
use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::Location;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::key::Key;
use crate::source::toml::{TomlEntry, TomlValue};

const JMX_SWITCH: &str = "rmi_server_start";
const JMX_KEY: &str = "monitoring.jmx.rmi_server_start";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, document)) = context.model().toml() else { return };
    for entry in &document.entries {
        let last = Key::new(&entry.key).name();
        let at_root = entry.table.is_none() && *last == *entry.key;
        let at = Location { file, span: entry.key_span };
        if last == JMX_SWITCH && *entry.key != *JMX_KEY {
            let level = if at_root { "top-level " } else { "" };
            let message = format!("{level}`{}` has no effect: the server reads `{JMX_KEY}`", entry.key);
            let finding = context.finding_at(at, message).help("move it under `[monitoring.jmx]`").key(&entry.key);
            findings.push(finding.fix(put_under(context, entry, JMX_KEY)));
        } else if at_root && matches!(last, "enable" | "enabled") && matches!(entry.value, TomlValue::Boolean(_)) {
            let message = format!("top-level `{last}` has no effect");
            let meant: Vec<String> =
                switches(context).into_iter().map(|(key, _)| key).filter(|key| Key::new(key).name() == last).collect();
            // If several listeners have such a switch, only the user knows which one is meant.
            let fix = meant.first().filter(|_| meant.len() == 1).and_then(|key| put_under(context, entry, key));
            findings.push(context.finding_at(at, message).help(header_for(context)).key(&entry.key).fix(fix));
        }
    }
    misplaced(context, findings);
}

/// Reports keys that nothing reads where they are, but would in a nearby table.
fn misplaced(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, schema, dead)) = context.dead_keys() else { return };
    if !schema.source().is_complete() {
        return;
    }
    for dead in dead {
        let Meant::InOtherTable(read) = &dead.meant else { continue };
        let key = &dead.entry.key;
        let (table, name) = Key::new(read).table_and_name();
        let is_reported_above = name == JMX_SWITCH || dead.entry.table.is_none() && matches!(name, "enable" | "enabled");
        if is_reported_above {
            continue;
        }
        let at = Location { file, span: dead.entry.key_span };
        let message = format!("`{key}` has no effect: the server reads `{read}`");
        let help = if table.is_root() {
            format!("move `{name}` above the first table header")
        } else {
            format!("move `{name}` under `[{}]`", table.as_str())
        };
        let fix = put_under(context, dead.entry, read);
        findings.push(with_confidence(context.finding_at(at, message).help(help).key(key).fix(fix), schema));
    }
}

/// The keys that switch the HTTP listeners of this product, with the names of the listeners.
fn switches(context: HomeContext) -> Vec<(String, &'static str)> {
    [("passthru-http", "the gateway's HTTP listener"), ("servlet-http", "the HTTP servlet connector")]
        .into_iter()
        .filter_map(|(id, what)| {
            let (_, part) = context.ports().listener(id)?.row?;
            Some((part.switch.as_ref()?.key.clone(), what))
        })
        .collect()
}

/// Where the line may belong in this product.
fn header_for(context: HomeContext) -> String {
    let switches = switches(context);
    let places = switches.iter().filter_map(|(key, what)| {
        let (table, name) = Key::new(key).table_and_name();
        (!table.is_root()).then(|| format!("`{name}` under `[{}]` for {what}", table.as_str()))
    });
    let places: Vec<String> = places.collect();
    if places.is_empty() {
        "move it under the header of the listener that it should switch".to_owned()
    } else {
        format!("put {}", places.join(", or "))
    }
}

/// Moves the line under the header of `key`.
fn put_under(context: HomeContext, entry: &TomlEntry, key: &str) -> Option<Fix> {
    let table = Some(Key::new(key).table()).filter(|table| !table.is_root())?;
    fixes::write_as(context.model(), entry, key, format!("move it under `[{}]`", table.as_str()), Safety::Unsafe)
}
