//! `double-offset`: a port that was moved by hand and is moved again by the offset.

use crate::diagnostic::Finding;
use crate::ports::Listener;
use crate::rules::HomeContext;

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
            "{base} is the default {default} moved by hand, and the offset {offset} is added to it: {} listens on {port}",
            listener.id
        );
        let help = format!("write {default}, or remove the port: the offset alone makes {base} of it");
        let key = listener.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or(&listener.id);
        findings.push(Finding::new(context.number, at, message).help(help).key(key));
    }
}

/// The port without any configuration.
fn default_port(context: HomeContext, listener: &Listener) -> Option<i64> {
    let (row, part) = listener.row?;
    let in_home = part.port_key.as_deref().and_then(|key| context.model().home_default(key)).and_then(|(value, _)| match value {
        serde_json::Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    });
    in_home.or_else(|| part.port.or(row.port).map(i64::from))
}
