//! What a server listens on: the effective listeners of a home, and which of them collide.

mod catalogued;
mod conflict;
mod custom;
mod inbound;
mod listener;
mod offset;
mod profile;
mod random;
mod reader;
pub mod resolve;
mod switch;

pub use catalogued::listeners_of_product;
pub use conflict::{Conflict, ListenerRef, Suggestion, conflicts, free_offset};
pub use listener::{Listener, Source, State};
pub use offset::{Offset, OffsetSource, WrittenOffset, offset_of, written_offsets};
pub use profile::ServerProfile;

use crate::model::Model;

/// The highest port.
pub const MAX_PORT: i64 = 65_535;
/// The highest offset that leaves room for the default ports.
pub const MAX_OFFSET: i64 = 55_000;

/// Everything that a home opens.
#[derive(Debug, Clone)]
pub struct PortTable {
    /// The offset of the home.
    pub offset: Offset,
    /// The server profile that narrows the listeners, if one is set.
    pub profile: Option<ServerProfile>,
    /// Every listener that the home could open, in the order of the catalogue; user-made inbound endpoints last.
    pub listeners: Vec<Listener>,
}

impl PortTable {
    /// Works out the listeners of `model`.
    pub fn of(model: &Model) -> Self {
        let offset = offset_of(model);
        let profile = profile::of(model);
        let mut listeners = catalogued::listeners_of(model, &offset, profile.as_ref());
        listeners.extend(inbound::endpoints_of(model, &offset, profile.as_ref()));
        listeners.extend(custom::connectors_of(model, &offset));
        Self { offset, profile, listeners }
    }

    /// Moves everything that follows the offset to where it would be with `offset`.
    pub fn move_to(&mut self, offset: i64) {
        let moved = offset - self.offset.value.unwrap_or(0);
        for listener in self.listeners.iter_mut().filter(|listener| conflict::follows_offset(listener)) {
            listener.offset += moved;
        }
        self.offset.value = Some(offset);
    }

    /// The first listener of this id.
    pub fn listener(&self, id: &str) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.id == id)
    }
}
