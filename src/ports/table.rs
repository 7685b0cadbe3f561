//! The listeners of a home with their ports.

use crate::model::Model;
use crate::ports::listener::Listener;
use crate::ports::offset::{Offset, offset_of};
use crate::ports::profile::{self, ServerProfile};
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

    /// Changes the offset, and moves the listeners that follow it.
    pub fn move_to(&mut self, offset: i64) {
        let moved = offset - self.offset.value.unwrap_or(0);
        for listener in self.listeners.iter_mut().filter(|listener| listener.follows_offset()) {
            listener.offset += moved;
        }
        self.offset.value = Some(offset);
    }

    /// The first listener of this id.
    pub fn listener(&self, id: &str) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.id == id)
    }
}
