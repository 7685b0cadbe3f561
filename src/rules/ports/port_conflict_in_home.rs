//! `port-conflict-in-home`: two listeners of one home that open the same port.

use crate::diagnostic::Finding;
use crate::edit::Fix;
use crate::model::Location;
use crate::ports::{Listener, OffsetSource, Source, conflicts};
use crate::rules::context::HomeContext;
use crate::rules::fixes;

const RULE: &str = "port-conflict-in-home";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for conflict in conflicts(&[context.ports()], &[vec![0]]).conflicts {
        let listeners: Vec<&Listener> =
            conflict.listeners.iter().map(|listener| &context.ports().listeners[listener.listener]).collect();
        let mut written: Vec<(&Listener, Location)> =
            listeners.iter().filter_map(|listener| Some((*listener, listener.source.anchor()?))).collect();
        written.sort_by_key(|(_, at)| *at);
        let names: Vec<&str> = listeners.iter().map(|listener| listener.id.as_str()).collect();
        let use_it = if names.len() == 2 { "both use" } else { "all use" };
        let message = format!("{} {use_it} port {}: the server cannot open it twice", names.join(" and "), conflict.port);
        let Some(((last, at), others)) = written.split_last() else {
            // No port is written, so the offset moved one listener onto another that it does not move.
            if let OffsetSource::File(at) = context.ports().offset.source {
                findings.push(context.finding_at(at, message).help("choose another offset").key("server.offset"));
            }
            continue;
        };
        let key = last.row.and_then(|(_, part)| part.port_key.as_deref()).unwrap_or(&last.id);
        let mut finding = context.finding_at(*at, message).help(remedy(last)).key(key).fix(to_default(context, last));
        for (other, at) in others {
            finding = finding.related(context.id, *at, format!("{} is set here", other.id));
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

/// Sets the port back to its default, if that is free.
fn to_default(context: HomeContext, listener: &Listener) -> Option<Fix> {
    let (row, part) = listener.row?;
    let default = i64::from(part.port.or(row.port)?);
    let Source::File { at, .. } = listener.source else { return None };
    let wanted = (listener.protocol, default + listener.offset);
    if listener.base == Some(default) || context.ports().listeners.iter().any(|other| other.occupies() == Some(wanted)) {
        return None;
    }
    let model = context.model();
    match part.port_key.as_deref().filter(|_| model.toml_file() == Some(at.file)) {
        Some(_) => {
            let (_, toml) = fixes::toml_of(model)?;
            let entry = toml.document.entries.iter().find(|entry| entry.value_span == at.span)?;
            fixes::change_key(context, &entry.key, &default.to_string(), RULE)
        }
        None => fixes::change_value_at(model, at, &default.to_string(), RULE),
    }
}
