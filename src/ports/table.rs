//! The listeners of a home with their ports.

use crate::model::Model;
use crate::ports::listener::Listener;
use crate::ports::offset::{Offset, offset_of};
use crate::ports::profile::{self, ServerProfile};
use crate::ports::range::{MAX_OFFSET, MAX_PORT};
use crate::ports::{catalogued, custom, inbound};

/// The listeners of a home, and what decides their ports.
#[derive(Debug, Clone)]
pub struct PortTable {
    /// The offset of the home.
    pub offset: Offset,
    /// The server profile, if one is set. It limits which listeners open.
    pub profile: Option<ServerProfile>,
    /// Every listener that the home could open, in the order of the catalogue; those that users add come last.
    pub listeners: Vec<Listener>,
}

impl PortTable {
    /// Determines the listeners of `model`.
    pub fn of(model: &Model) -> Self {
        let offset = offset_of(model);
        let profile = profile::of(model);
        let mut listeners = catalogued::listeners_of(model, &offset, profile.as_ref());
        listeners.extend(inbound::endpoints_of(model, &offset, profile.as_ref()));
        listeners.extend(custom::connectors_of(model, &offset));
        Self { offset, profile, listeners }
    }

    /// Whether another offset of the home moves the listener with this number. It does not move one with an offset of its own, as the
    /// runtimes of Carbon 5 have.
    pub(super) fn moves(&self, listener: usize) -> bool {
        let listener = &self.listeners[listener];
        listener.follows_offset && self.offset.value == Some(listener.offset)
    }

    /// The open listeners on a number above the highest port, with that number.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&Listener, i64)> {
        let open = self.listeners.iter().filter(|listener| listener.enabled);
        open.filter_map(|listener| Some((listener, listener.refused?)))
    }

    /// The highest offset that leaves every open listener on a port.
    pub(crate) fn highest_offset(&self) -> i64 {
        let open = self.listeners.iter().filter(|listener| listener.enabled && listener.follows_offset);
        open.filter_map(|listener| listener.base).max().map_or(MAX_OFFSET, |base| MAX_PORT - base)
    }

    /// The first listener of this id.
    pub fn listener(&self, id: &str) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.id == id)
    }
}
