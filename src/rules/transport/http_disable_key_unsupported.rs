//! `http-disable-key-unsupported`: a key that should close a port and that this version does not read.

use super::anchor;
use crate::diagnostic::Finding;
use crate::fix::edit::{Fix, Safety};
use crate::model::Location;
use crate::ports::Listener;
use crate::rules::{HomeContext, fixes};
use crate::source::toml::TomlEntry;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    for listener in context.ports().listeners.iter().filter(|listener| listener.enabled) {
        let Some((row, part)) = listener.row else { continue };
        let file = row.places.first().map_or("", |place| place.file.as_str());
        for key in &part.inert_keys {
            let Some((id, entry)) = model.setting(key, &[]) else { continue };
            let is_false = entry.value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("false"));
            if !is_false || model.template_reads(file, key) == Some(true) {
                continue;
            }
            let at = Location { file: id, span: entry.key_span };
            let message = format!("`{key}` is not read {}: {}", by_whom(context), stays_open(listener));
            let fix = part.switch.as_ref().and_then(|switch| write_as(context, entry, &switch.key));
            let finding =
                Finding::new(context.number, at, message).help(anchor::remedy(context, listener, "its element")).key(key);
            findings.push(finding.fix(fix));
        }
    }
}

/// Writes the entry as the key that this version reads. It finally closes the port, so a person has to want it.
fn write_as(context: HomeContext, entry: &TomlEntry, key: &str) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    if toml.document.get(key).is_some() {
        return None;
    }
    let (table, own) = entry.key.rsplit_once('.')?;
    let same_table = key.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')).filter(|name| !name.contains('.'));
    let written = entry.key_span.of(toml.text);
    let edits = if let (Some(name), Some(before)) = (same_table, written.strip_suffix(own)) {
        vec![toml.rename(entry, &format!("{before}{name}"))]
    } else {
        fixes::move_entry(toml, entry, key)?
    };
    let touches = vec![entry.key.clone(), key.to_owned()];
    Some(fixes::fix_of(context.model(), file, format!("write it as `{key}`"), Safety::Unsafe, edits, touches))
}

fn by_whom(context: HomeContext) -> String {
    let identity = &context.model().identity;
    match (&identity.product, &identity.version) {
        (Some(product), Some(version)) => format!("by {} {version}", product.name.trim_start_matches("WSO2 ")),
        (Some(product), None) => format!("by {}", product.name.trim_start_matches("WSO2 ")),
        _ => "by this product".to_owned(),
    }
}

fn stays_open(listener: &Listener) -> String {
    match listener.port() {
        Some(port) => format!("port {port} ({}) stays open", listener.id),
        None => format!("{} stays open", listener.id),
    }
}
