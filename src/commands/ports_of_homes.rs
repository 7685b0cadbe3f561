//! What `ports` and `lint` say of the ports of homes on standard error, and what they refuse.

use super::exit::Failure;
use super::terminal::{print_error, shown};
use crate::port_overview::possible_conflicts;
use crate::ports::Listener;
use crate::report::counted;
use crate::workspace::{Home, Workspace};

/// Fails if the server profile of the command line is one that no home has.
pub(super) fn check_profile(workspace: &Workspace) -> Result<(), Failure> {
    let faults: Vec<_> = workspace.homes.iter().filter_map(|home| Some((home, home.profile_fault()?))).collect();
    let knows = |home: &&Home| home.model.product().is_some();
    if let Some((_, fault)) = faults.first().filter(|_| faults.len() == workspace.homes.iter().filter(knows).count()) {
        return Err(Failure::new(&fault.message).help(&fault.help));
    }
    Ok(())
}

/// Warns of each home that does not have the server profile of the command line.
pub(super) fn warn_of_profile(workspace: &Workspace) {
    for (home, fault) in workspace.homes.iter().filter_map(|home| Some((home, home.profile_fault()?))) {
        print_error(&format!("warning: {}: {}: everything starts\n", shown().path(home.path()), fault.message));
    }
}

/// Fails if the offset of the command line moves a listener above the highest port.
pub(super) fn check_offset(workspace: &Workspace) -> Result<(), Failure> {
    for home in &workspace.homes {
        let Some(offset) = home.model.assumptions.port_offset else { continue };
        let moved = |listener: &&(&Listener, i64)| listener.0.base.is_some() && listener.0.offset == offset;
        if let Some((listener, port)) = home.ports().refused().collect::<Vec<_>>().iter().find(moved) {
            let highest = home.ports().highest_offset();
            let path = shown().path(home.path());
            return Err(Failure::new(format!("--port-offset {offset} moves {} of {path} to {port}", listener.id))
                .help(format!("the highest port is 65535, and so the highest offset for this home is {highest}")));
        }
    }
    Ok(())
}

/// Reports the listeners on ports that do not exist. Returns whether there are any.
pub(super) fn warn_of_refused(workspace: &Workspace) -> bool {
    let mut is_refused = false;
    for home in &workspace.homes {
        for (listener, port) in home.ports().refused() {
            is_refused = true;
            print_error(&format!(
                "error: {}: {} cannot listen on port {port}: the highest is 65535\n",
                shown().path(home.path()),
                listener.id
            ));
        }
    }
    is_refused
}

/// Says how many ports would be taken twice if homes of which nobody says where they run ran on one machine.
pub(super) fn note_possible_conflicts(workspace: &Workspace) {
    let count = possible_conflicts(workspace);
    if count > 0 {
        let ports = counted(count, "port");
        print_error(&format!("note: {ports} would be taken twice if these homes ran on one machine; `--same-host` checks it\n"));
    }
}
