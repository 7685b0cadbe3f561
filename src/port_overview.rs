//! The ports of all homes of a workspace.

use crate::model::HomeId;
use crate::ports::{Conflict, PortTable, conflicts};
use crate::workspace::Workspace;

/// What the homes of a workspace listen on.
#[derive(Debug)]
pub struct PortOverview<'a> {
    /// The listeners of each home.
    pub homes: Vec<(HomeId, &'a PortTable)>,
    /// The ports that more than one listener wants; `ListenerRef::home` is an index into [`homes`](Self::homes).
    pub conflicts: Vec<Conflict>,
}

/// Determines the listeners of every home, and their conflicts.
pub fn ports(workspace: &Workspace) -> PortOverview<'_> {
    let homes: Vec<(HomeId, &PortTable)> = workspace.homes().map(|(id, home)| (id, home.ports())).collect();
    let tables: Vec<&PortTable> = homes.iter().map(|(_, table)| *table).collect();
    PortOverview { conflicts: conflicts(&tables), homes }
}
