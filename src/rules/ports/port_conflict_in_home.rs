//! `port-conflict-in-home`: two listeners of one home on the same port.

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::ports::{Listener, OffsetSource, conflicts};
use crate::rules::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for conflict in conflicts(&[context.ports()]) {
        let listeners: Vec<&Listener> =
            conflict.listeners.iter().map(|listener| &context.ports().listeners[listener.listener]).collect();
        let mut written: Vec<(&Listener, Location)> =
            listeners.iter().filter_map(|listener| Some((*listener, listener.source.anchor()?))).collect();
        written.sort_by_key(|(_, at)| *at);
        let names: Vec<&str> = listeners.iter().map(|listener| listener.id.as_str()).collect();
        let want = if names.len() == 2 { "both want" } else { "all want" };
        let message = format!("{} {want} port {}: the server cannot open it twice", names.join(" and "), conflict.port);
        let Some(((last, at), others)) = written.split_last() else {
            // Nothing is written, so the offset moved one onto another that stays.
            if let OffsetSource::File(at) = context.ports().offset.source {
                findings.push(Finding::new(context.number, at, message).help("choose another offset").key("server.offset"));
            }
            continue;
        };
        let key = last.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or(&last.id);
        let mut finding = Finding::new(context.number, *at, message).help(remedy(last)).key(key);
        for (other, at) in others {
            finding = finding.related(context.number, *at, format!("{} is set here", other.id));
        }
        findings.push(finding);
    }
}

fn remedy(listener: &Listener) -> String {
    let default = listener.row.and_then(|(row, part)| part.port.or(row.port)).map(i64::from);
    match default.filter(|default| Some(*default) != listener.base) {
        Some(default) => format!("give {} another port; its default is {default}", listener.id),
        None => format!("give {} another port", listener.id),
    }
}
