//! `port-conflict-across-homes`: two servers on one machine that open the same port.

use crate::catalog::Place;
use crate::diagnostic::Finding;
use crate::edit::Fix;
use crate::model::{HomeId, Location};
use crate::ports::{PortTable, conflicts, free_offset, written_offsets};
use crate::rules::context::{HomeContext, RuleContext};
use crate::rules::fixes;
use crate::rules::urls::is_loopback;
use crate::workspace::Home;

const RULE: &str = "port-conflict-across-homes";

pub(in crate::rules) fn check(context: RuleContext, findings: &mut Vec<Finding>) {
    let mut plan = Plan::new(context.homes);
    for (id, home) in context.homes().filter(|(_, home)| home.model.is_complete) {
        let earlier: Vec<&Home> =
            context.homes[..id.0].iter().filter(|earlier| earlier.model.is_complete && same_machine(earlier, home)).collect();
        let conflicts: Vec<(&Home, Vec<i64>)> = earlier
            .into_iter()
            .map(|earlier| (earlier, common_ports(earlier, home)))
            .filter(|(_, ports)| !ports.is_empty())
            .collect();
        let Some(at) = place_of_offset(home).filter(|_| !conflicts.is_empty()) else { continue };
        let free = plan.move_home(id);
        for (earlier, ports) in conflicts {
            let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
            let what = if ports.len() == 1 { "port" } else { "ports" };
            let message = format!("{} and {} both use {what} {}", name(earlier), name(home), ports.join(", "));
            let help = match free {
                Some(offset) => format!("the smallest free offset for {} is {offset}", name(home)),
                None => "no offset avoids this: change the ports that do not follow the offset".to_owned(),
            };
            let fix = free.and_then(|offset| set_offset(context.home(id), offset));
            findings.push(Finding::new(id, at, message).help(help).key("server.offset").fix(fix));
        }
    }
}

/// The ports that both homes open.
fn common_ports(one: &Home, other: &Home) -> Vec<i64> {
    let conflicts = conflicts(&[one.ports(), other.ports()]);
    let between = conflicts
        .iter()
        .filter(|conflict| [0, 1].iter().all(|home| conflict.listeners.iter().any(|listener| listener.home == *home)));
    between.map(|conflict| conflict.port).collect()
}

/// The homes with the offsets suggested so far, so that the suggestions for several homes fit together.
struct Plan<'a> {
    homes: &'a [Home],
    tables: Vec<PortTable>,
}

impl<'a> Plan<'a> {
    fn new(homes: &'a [Home]) -> Self {
        Self { homes, tables: homes.iter().map(|home| home.ports().clone()).collect() }
    }

    /// Gives the home the smallest offset that avoids conflicts on its machine, and returns it.
    fn move_home(&mut self, HomeId(number): HomeId) -> Option<i64> {
        let home = &self.homes[number];
        let is_near =
            |other: usize| other == number || self.homes[other].model.is_complete && same_machine(&self.homes[other], home);
        let near: Vec<usize> = (0..self.homes.len()).filter(|other| is_near(*other)).collect();
        let tables: Vec<&PortTable> = near.iter().map(|other| &self.tables[*other]).collect();
        let offset = free_offset(&tables, near.iter().position(|other| *other == number)?)?;
        self.tables[number].move_to(offset);
        Some(offset)
    }
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

/// Whether two homes run on one machine: they have the same host name, or neither has one.
fn same_machine(one: &Home, other: &Home) -> bool {
    let name = |home: &Home| home.model.hostname().filter(|name| !is_loopback(name) && *name != "0.0.0.0");
    name(one) == name(other)
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
