//! `http-servlet-enabled`: the servlet container's plain HTTP connector is open.

use super::anchor;
use crate::diagnostic::Finding;
use crate::rules::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for listener in context.ports().listeners.iter().filter(|listener| listener.id == "servlet-http" && listener.enabled) {
        let Some(at) = anchor::of_listener(context, listener, "Connector") else { continue };
        let on = listener.port().map_or_else(String::new, |port| format!(" on port {port}"));
        let finding = Finding::new(context.number, at, format!("consoles and admin services are served over plain HTTP{on}"));
        let help = anchor::remedy(context, listener, "the `<Connector>` without `scheme=\"https\"`");
        findings.push(Finding { key: anchor::key_of(context, listener), ..finding.help(help) });
    }
}
