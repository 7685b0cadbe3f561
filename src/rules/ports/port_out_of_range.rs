//! `port-out-of-range`: a port above the highest one.

use crate::diagnostic::Finding;
use crate::ports::{MAX_PORT, OffsetSource};
use crate::rules::context::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (listener, port) in context.ports().refused() {
        // `offset-not-integer` reports an offset that moves a port there.
        let is_moved = listener.base.is_some();
        if is_moved && matches!(context.ports().offset.source, OffsetSource::File(_)) {
            continue;
        }
        let Some(at) = listener.source.anchor() else { continue };
        let message = match listener.base {
            Some(base) => format!("{} listens on port {port}, which is {base} and the offset {}", listener.id, listener.offset),
            None => format!("{} listens on port {port}", listener.id),
        };
        let highest = if is_moved { MAX_PORT - listener.offset } else { MAX_PORT };
        let key = listener.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or(&listener.id);
        let finding = context.finding_at(at, format!("{message}: the highest port is {MAX_PORT}"));
        findings.push(finding.help(format!("write a port from 1 to {highest}")).key(key));
    }
}
