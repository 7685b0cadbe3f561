//! The ports of all homes of a workspace.

use std::collections::BTreeMap;

use crate::model::{HomeId, is_loopback};
use crate::ports::{Conflicts, PortTable, conflicts, shared_ports};
use crate::workspace::{Home, Workspace};

/// What the homes of a workspace listen on.
#[derive(Debug)]
pub struct PortOverview<'a> {
    /// The listeners of each home.
    pub homes: Vec<(HomeId, &'a PortTable)>,
    /// The ports that more than one listener of a machine wants, and offsets that avoid that; homes are indices of [`homes`](Self::homes).
    pub conflicts: Conflicts,
}

/// Determines the listeners of every home, and the conflicts within each of them and between those that are known to share a machine.
pub fn ports(workspace: &Workspace) -> PortOverview<'_> {
    let homes: Vec<(HomeId, &PortTable)> = workspace.homes().map(|(id, home)| (id, home.ports())).collect();
    let tables: Vec<&PortTable> = homes.iter().map(|(_, table)| *table).collect();
    PortOverview { conflicts: conflicts(&tables, &workspace.machines()), homes }
}

/// How many ports would be wanted more than once if the homes that could share a machine did: complete homes with the same host name, or
/// none, of which nobody says where they run.
pub(crate) fn possible_conflicts(workspace: &Workspace) -> usize {
    let mut by_host: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    let is_candidate = |home: &Home| home.model.is_complete && !home.has_known_machine();
    for (HomeId(number), home) in workspace.homes().filter(|(_, home)| is_candidate(home)) {
        let name = home.model.hostname().filter(|name| !is_loopback(name) && name != "0.0.0.0");
        by_host.entry(name).or_default().push(number);
    }
    by_host.retain(|_, homes| homes.len() > 1);
    if by_host.is_empty() {
        return 0;
    }
    let tables: Vec<&PortTable> = workspace.homes.iter().map(Home::ports).collect();
    by_host.values().map(|homes| shared_ports(&tables, homes)).sum()
}
