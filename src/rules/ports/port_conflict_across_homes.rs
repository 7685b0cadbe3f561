//! `port-conflict-across-homes`: two servers of one machine on the same port.

use crate::catalog::Place;
use crate::diagnostic::Finding;
use crate::fix::edit::{Fix, Safety};
use crate::model::Location;
use crate::ports::{PortTable, conflicts, free_offset, written_offsets};
use crate::rules::{Home, HomeContext, RuleContext, fixes};
use crate::urls::is_loopback;

pub(in crate::rules) fn check(context: RuleContext, findings: &mut Vec<Finding>) {
    for (number, home) in context.homes.iter().enumerate().filter(|(_, home)| home.model.is_whole) {
        let earlier = context.homes[..number]
            .iter()
            .enumerate()
            .filter(|(_, earlier)| earlier.model.is_whole && same_machine(earlier, home));
        for (other, earlier) in earlier {
            findings.extend(compare(context, (other, earlier), (number, home)));
        }
    }
}

fn compare(context: RuleContext, (_, earlier): (usize, &Home), (number, home): (usize, &Home)) -> Option<Finding> {
    let conflicts = conflicts(&[&earlier.ports, &home.ports]);
    let between: Vec<_> = conflicts
        .iter()
        .filter(|conflict| {
            conflict.listeners.iter().any(|listener| listener.home == 0)
                && conflict.listeners.iter().any(|listener| listener.home == 1)
        })
        .collect();
    if between.is_empty() {
        return None;
    }
    let ports: Vec<String> = between.iter().map(|conflict| conflict.port.to_string()).collect();
    let at = place_of_offset(home)?;
    let message = format!(
        "{} and {} both want {} {}",
        name(earlier),
        name(home),
        if ports.len() == 1 { "port" } else { "ports" },
        ports.join(", ")
    );
    let neighbours: Vec<(usize, &Home)> = context
        .homes
        .iter()
        .enumerate()
        .filter(|(other, neighbour)| *other == number || neighbour.model.is_whole && same_machine(neighbour, home))
        .collect();
    let tables: Vec<&PortTable> = neighbours.iter().map(|(_, neighbour)| &neighbour.ports).collect();
    let own = neighbours.iter().position(|(other, _)| *other == number)?;
    let free = free_offset(&tables, own);
    let help = match free {
        Some(offset) => format!("the smallest free offset for {} is {offset}", name(home)),
        None => "no offset parts them: change the ports that do not follow it".to_owned(),
    };
    let finding = Finding::new(number, at, message).help(help).key("server.offset");
    let moved = HomeContext { number, home, homes: context.homes };
    Some(finding.fix(free.and_then(|offset| set_offset(moved, offset))))
}

/// Where the offset of a home is written, or would be.
fn place_of_offset(home: &Home) -> Option<Location> {
    if let Some(written) = written_offsets(&home.model).first() {
        return Some(written.anchor);
    }
    let file = home.model.toml_file().or_else(|| home.model.file_at("conf/carbon.xml")).or(if home.model.files.is_empty() {
        None
    } else {
        Some(0)
    })?;
    Some(home.model.start_of(file))
}

/// Whether two homes are meant for one machine: both without a name of their own, or with the same.
fn same_machine(one: &Home, other: &Home) -> bool {
    let name = |home: &Home| home.model.hostname().filter(|name| !is_loopback(name) && *name != "0.0.0.0");
    name(one) == name(other)
}

/// The folder of a home, with the one above it, since homes are often called alike.
fn name(home: &Home) -> String {
    let path = home.model.path();
    let parts: Vec<String> =
        path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    format!("`{}`", parts.into_iter().rev().collect::<Vec<_>>().join("/"))
}

/// Sets the offset where the home reads it: deployment.toml, else carbon.xml.
fn set_offset(context: HomeContext, offset: i64) -> Option<Fix> {
    if context.model().toml_file().is_some() {
        return fixes::set_key(context, "server.offset", &offset.to_string(), Safety::Unsafe);
    }
    fixes::set_place(context.model(), &Place::new("conf/carbon.xml", "Server/Ports/Offset"), &offset.to_string(), Safety::Unsafe)
}
