//! `jmx-ports-swapped`: the ports of the JMX registry and server, swapped as in the documentation.

use crate::diagnostic::Finding;
use crate::edit::Fix;
use crate::model::Location;
use crate::ports::{Listener, Source};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::Span;

const RULE: &str = "jmx-ports-swapped";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let ports = context.ports();
    let (Some(registry), Some(server)) = (ports.listener("jmx-rmi-registry"), ports.listener("jmx-rmi-server")) else { return };
    let default = |listener: &Listener| listener.row.and_then(|(row, _)| row.port).map(i64::from);
    let swapped = registry.base == default(server) && server.base == default(registry) && registry.base.is_some();
    let (Some(at), true) = (registry.source.anchor(), swapped) else { return };
    let key = registry.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or("Server/Ports/JMX/RMIRegistryPort");
    let (Some(registry_port), Some(server_port)) = (default(registry), default(server)) else { return };
    let message = "the ports of the RMI registry and the RMI server are swapped";
    let help = format!("swap the two ports: the defaults are {registry_port} for the registry and {server_port} for the server");
    let finding = context.finding_at(at, message).help(help).key(key).fix(swap(context, registry, server));
    let related = server.source.anchor();
    findings.push(match related {
        Some(other) => finding.related(context.id, other, "the server's port"),
        None => finding,
    });
}

/// Swaps the written values of the two ports.
fn swap(context: HomeContext, registry: &Listener, server: &Listener) -> Option<Fix> {
    let (Source::File { at: one, .. }, Source::File { at: other, .. }) = (registry.source, server.source) else { return None };
    let model = context.model();
    let text = &model.file(one.file).source.text;
    if one.file != other.file {
        return None;
    }
    let change = |at: Location, value: Span| {
        let value = value.of(text);
        if model.toml_file() != Some(at.file) {
            return fixes::change_value_at(model, at, value, RULE);
        }
        let (_, toml) = fixes::toml_of(model)?;
        let entry = toml.document.entries.iter().find(|entry| entry.value_span == at.span)?;
        fixes::change_key(context, &entry.key, value, RULE)
    };
    let (mut fix, second) = (change(one, other.span)?, change(other, one.span)?);
    fix.edits.extend(second.edits);
    fix.scope.extend(second.scope);
    Some(Fix { title: "swap the two ports".to_owned(), ..fix })
}
