//! `http-passthru-enabled`: the gateway's plain HTTP listener is open.

use super::anchor;
use crate::diagnostic::Finding;
use crate::rules::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for listener in context.ports().listeners.iter().filter(|listener| listener.id == "passthru-http" && listener.enabled) {
        let Some(at) = anchor::of_listener(context, listener, "transportReceiver") else { continue };
        let on = listener.port().map_or_else(String::new, |port| format!(" on port {port}"));
        let finding = Finding::new(context.number, at, format!("the gateway accepts API calls over plain HTTP{on}"));
        let help = anchor::remedy(context, listener, "`<transportReceiver name=\"http\">`");
        findings.push(Finding { key: anchor::key_of(context, listener), ..finding.help(help) });
    }
}
