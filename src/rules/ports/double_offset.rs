//! `double-offset`: a port that was moved by hand and is moved again by the offset.

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::ports::{Listener, Source};
use crate::rules::context::HomeContext;
use crate::rules::fixes;

const RULE: &str = "double-offset";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for listener in context.ports().listeners.iter().filter(|listener| listener.enabled && listener.offset > 0) {
        let (Some(at), Some(base), Some(default)) = (listener.source.anchor(), listener.base, default_port(context, listener))
        else {
            continue;
        };
        if base != default + listener.offset {
            continue;
        }
        let (offset, port) = (listener.offset, base + listener.offset);
        let message = format!(
            "the offset {offset} is added twice: {base} is already the default {default} plus {offset}, so {} listens on {port}",
            listener.id
        );
        let help = format!("write {default}, or remove the port: the offset alone moves it to {base}");
        let key = listener.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or(&listener.id);
        let fix = without_port(context, listener, default);
        findings.push(context.finding_at(at, message).help(help).key(key).fix(fix));
    }
}

/// The port of the listener if nothing sets one.
fn default_port(context: HomeContext, listener: &Listener) -> Option<i64> {
    let (row, part) = listener.row?;
    let in_home = part.port_key.as_deref().and_then(|key| context.model().home_default(key)).and_then(|(value, _)| match value {
        serde_json::Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    });
    in_home.or_else(|| part.port.or(row.port).map(i64::from))
}

/// Comments the port out in deployment.toml, or sets it to the default in XML.
fn without_port(context: HomeContext, listener: &Listener, default: i64) -> Option<Fix> {
    let model = context.model();
    let Source::File { at, .. } = listener.source else { return None };
    if model.toml_file() != Some(at.file) {
        return fixes::change_value_at(model, at, &default.to_string(), RULE);
    }
    let (file, toml) = fixes::toml_of(model)?;
    let entry = toml.document.entries.iter().find(|entry| entry.value_span == at.span)?;
    let edits = vec![toml.remove_marked(entry, RULE)?];
    Some(fixes::fix_of(model, file, format!("comment out `{}`", entry.key), Safety::Unsafe, edits, vec![entry.key.to_string()]))
}
