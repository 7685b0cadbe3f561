//! `jmx-ports-swapped`: registry and server port as the documentation names them, which is the wrong way round.

use crate::diagnostic::Finding;
use crate::rules::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let ports = context.ports();
    let (Some(registry), Some(server)) = (ports.listener("jmx-rmi-registry"), ports.listener("jmx-rmi-server")) else { return };
    let default = |listener: &crate::ports::Listener| listener.row.and_then(|(row, _)| row.port).map(i64::from);
    let swapped = registry.base == default(server) && server.base == default(registry) && registry.base.is_some();
    let (Some(at), true) = (registry.source.anchor(), swapped) else { return };
    let key = registry.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or("Server/Ports/JMX/RMIRegistryPort");
    let (Some(registry_port), Some(server_port)) = (default(registry), default(server)) else { return };
    let message = "the RMI registry has the server's default port, and the server the registry's";
    let help =
        format!("the products' own defaults are {registry_port} for the registry and {server_port} for the server: swap the two");
    let finding = Finding::new(context.number, at, message).help(help).key(key);
    let related = server.source.anchor();
    findings.push(match related {
        Some(other) => finding.related(context.number, other, "the server's port"),
        None => finding,
    });
}
