//! The answer to `ports --find PORT`, for people.

use crate::catalog::Direction;
use crate::paths::DisplayPaths;
use crate::ports::Listener;
use crate::report::ports::{Listed, PortsHome};
use crate::report::{counted, printable};

/// Whether a server opens the port that is looked for.
pub(crate) fn is_taken(homes: &[PortsHome], listed: Listed) -> bool {
    homes.iter().any(|home| listed.of(home).any(takes))
}

/// Says in a line each who takes `port`, who would if it were open, who connects to it, and what is not known.
pub(crate) fn answer(homes: &[PortsHome], listed: Listed, port: u16, shown: &DisplayPaths) -> String {
    let (mut taken, mut others) = (Vec::new(), Vec::new());
    for home in homes {
        let of_home = home.model.map_or_else(String::new, |model| format!(" of {}", shown.path(model.path())));
        for listener in listed.of(home) {
            let name = format!("{}{of_home}: {}", listener.id, listener.description);
            let port = format!("port {port}/{}", listener.protocol.as_str());
            let note = listener.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
            match listener.direction {
                _ if takes(listener) => taken.push(format!("{port} is taken by {name}")),
                Direction::Inbound => others.push(format!("{port} would be taken by {name}, which is closed{note}")),
                Direction::Outbound => others.push(format!("{port} of another server is used by {name}")),
            }
        }
    }
    if taken.is_empty() {
        taken.push(format!("nothing takes port {port}"));
    }
    let is_unknown =
        |listener: &&Listener| takes(listener) && listener.port().is_none() && !listener.random && listener.refused.is_none();
    let unknown = homes.iter().flat_map(|home| home.listeners).filter(is_unknown).count();
    if unknown > 0 {
        others.push(format!("the port of {} is unknown; `carbonlint ports` lists them", counted(unknown, "listener")));
    }
    taken.append(&mut others);
    printable(&(taken.join("\n") + "\n"))
}

fn takes(listener: &Listener) -> bool {
    listener.enabled && listener.direction == Direction::Inbound
}
