//! `jmx-ports-swapped`: the ports of the JMX registry and server, swapped as in the documentation.

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::ports::{Listener, Source};
use crate::rules::context::HomeContext;
use crate::rules::fixes;

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
    let edits = vec![(one.span, other.span.of(text).to_owned()), (other.span, one.span.of(text).to_owned())];
    let keys = [registry, server].into_iter().filter_map(|listener| listener.row?.1.port_key.clone());
    let scope = if model.toml_file().is_some() { keys.collect() } else { vec!["Server/Ports/JMX".to_owned(), "JMX".to_owned()] };
    Some(fixes::fix_of(model, one.file, "swap the two ports".to_owned(), Safety::Unsafe, edits, scope))
}
