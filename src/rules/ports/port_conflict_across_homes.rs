//! `port-conflict-across-homes`: two servers on one machine that open the same port.

use crate::catalog::Place;
use crate::diagnostic::Finding;
use crate::edit::Fix;
use crate::model::{HomeId, Location};
use crate::ports::{Conflict, Conflicts, Listener, PortTable, conflicts, written_offsets};
use crate::rules::context::{HomeAnswers, HomeContext, RuleContext};
use crate::rules::fixes;
use crate::workspace::{Home, machines};

const RULE: &str = "port-conflict-across-homes";

pub(in crate::rules) fn check(context: RuleContext, findings: &mut Vec<Finding>) {
    let machines: Vec<Vec<usize>> = machines(context.homes).into_iter().filter(|homes| homes.len() > 1).collect();
    if machines.is_empty() {
        return;
    }
    let tables: Vec<&PortTable> = context.homes.iter().map(Home::ports).collect();
    let found = conflicts(&tables, &machines);
    for conflict in &found.conflicts {
        let homes = conflict.homes();
        // One home keeps the port: the first of those that keep their offset. The finding is in each of the others.
        let keeps = homes.iter().copied().find(|home| found.offset_of(*home).is_none());
        for home in homes.iter().copied().filter(|home| Some(*home) != keeps) {
            let other = keeps.or_else(|| homes.iter().copied().find(|other| *other != home));
            if let Some(other) = other {
                findings.extend(finding(context, &found, conflict, home, other, homes.len()));
            }
        }
    }
}

/// The finding in `home`, where `other` is one of the other homes on the port, and `count` the number of all of them.
fn finding(
    context: RuleContext,
    found: &Conflicts,
    conflict: &Conflict,
    home: usize,
    other: usize,
    count: usize,
) -> Option<Finding> {
    let listener_of = |home: usize| {
        let reference = conflict.listeners.iter().find(|listener| listener.home == home)?;
        Some(&context.homes[home].ports().listeners[reference.listener])
    };
    let (own, theirs) = (listener_of(home)?, listener_of(other)?);
    let at = place_of(&context.homes[home], own)?;
    let others = match count {
        2 => format!("as does {} of {}", theirs.id, name(&context.homes[other])),
        3 => format!("as do {} of {} and 1 other home", theirs.id, name(&context.homes[other])),
        _ => format!("as do {} of {} and {} other homes", theirs.id, name(&context.homes[other]), count - 2),
    };
    let protocol = conflict.protocol.as_str();
    let message = format!("{} uses {protocol} port {}, {others}", own.id, conflict.port);
    let id = HomeId(home);
    let offset = found.offset_of(home).filter(|_| own.follows_offset);
    let help = match (offset, conflict.suggestion) {
        (Some(offset), _) if found.offsets.len() == 1 => format!("offset {offset} leaves no conflict"),
        (Some(offset), _) => format!("offset {offset} leaves no conflict, together with the offsets of the other findings"),
        (None, Some(suggestion)) => {
            format!("offset {} for {} avoids it", suggestion.offset, name(&context.homes[suggestion.home]))
        }
        (None, None) => format!("no offset avoids this: give {} another port", own.id),
    };
    let answers = HomeAnswers::default();
    let fix = offset.and_then(|offset| set_offset(HomeContext::new(&context.homes[home], &answers), offset));
    let finding = Finding::new(id, at, message).help(help).key("server.offset").fix(fix);
    Some(match place_of(&context.homes[other], theirs) {
        Some(at) => finding.related(HomeId(other), at, format!("{} uses port {} here", theirs.id, conflict.port)),
        None => finding,
    })
}

/// Where the port of a listener is decided: where it is written if no offset is added, otherwise where the offset is or would be.
fn place_of(home: &Home, listener: &Listener) -> Option<Location> {
    listener.source.anchor().filter(|_| !listener.follows_offset).or_else(|| place_of_offset(home))
}

/// Where the offset of a home is written, or would be.
fn place_of_offset(home: &Home) -> Option<Location> {
    if let Some(written) = written_offsets(&home.model).first() {
        return Some(written.anchor);
    }
    let file = home
        .model
        .toml_file()
        .or_else(|| home.model.file_at("conf/carbon.xml"))
        .or_else(|| home.model.files().next().map(|(file, _)| file))?;
    Some(home.model.start_of(file))
}

/// The folder of a home with its parent, since homes often have the same name.
fn name(home: &Home) -> String {
    let path = home.model.path();
    let parts: Vec<String> =
        path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    format!("`{}`", parts.into_iter().rev().collect::<Vec<_>>().join("/"))
}

/// Sets the offset where the home reads it: in deployment.toml, otherwise in carbon.xml.
fn set_offset(context: HomeContext, offset: i64) -> Option<Fix> {
    if context.model().toml_file().is_some() {
        return fixes::change_key(context, "server.offset", &offset.to_string(), RULE);
    }
    fixes::change_place(context.model(), &Place::new("conf/carbon.xml", "Server/Ports/Offset"), &offset.to_string(), RULE)
}
