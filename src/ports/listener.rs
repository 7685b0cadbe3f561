//! A listener: its port, its state, and where both come from.

use crate::catalog::{Direction, ListenerPart, ListenerRow, Protocol};
use crate::model::Location;
use crate::ports::offset::Offset;
use crate::ports::range::MAX_PORT;

/// A listener of a home.
#[derive(Debug, Clone)]
pub struct Listener {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Whether the server listens or connects.
    pub direction: Direction,
    /// The port before the offset; `None` when it is random or unknown.
    pub base: Option<i64>,
    /// What the offset added to it.
    pub offset: i64,
    /// Whether the system picks the port at each start.
    pub random: bool,
    /// Why the port is not known, when it is neither known nor random.
    pub unknown: Option<String>,
    /// Whether it opens.
    pub enabled: bool,
    /// Where the port comes from.
    pub source: Source,
    /// What switches it, if something written does.
    pub state: State,
    /// What a person should know of it.
    pub note: Option<String>,
    /// What the documentation says where the code says otherwise.
    pub documented_port: Option<u16>,
    /// The runtime inside the product that opens it.
    pub profile: Option<String>,
    /// The catalogue row and part that describe it.
    pub row: Option<(&'static ListenerRow, &'static ListenerPart)>,
}

impl Listener {
    /// The listener as the catalogue has it, before any file is looked at.
    pub(super) fn blank(row: &'static ListenerRow, part: &'static ListenerPart) -> Self {
        Self {
            id: row.id.clone(),
            description: row.description.clone(),
            protocol: row.protocol,
            tls: row.tls,
            direction: row.direction,
            base: None,
            offset: 0,
            random: row.random,
            unknown: None,
            enabled: part.open,
            source: Source::Default(None),
            state: State::Default,
            note: part.note.as_ref().or(part.documented_note.as_ref()).or(row.documented_note.as_ref()).cloned(),
            documented_port: part.documented_port,
            profile: part.profile.clone(),
            row: Some((row, part)),
        }
    }

    /// Takes a port that is none for what the server makes of it: 0 lets the system pick one, less opens nothing, more is refused.
    pub(super) fn normalize_port(&mut self) {
        let Some(base) = self.base.filter(|base| !(1..=MAX_PORT).contains(base)) else { return };
        self.base = None;
        match base {
            0 => self.random = true,
            ..0 => {
                self.enabled = false;
                self.note = Some(format!("port {base} opens nothing"));
                self.unknown = Some(format!("`{base}` is no port"));
            }
            _ => self.unknown = Some(format!("`{base}` is no port: ports end at {MAX_PORT}")),
        }
    }

    /// Adds the offset of the home; without knowing it, the port is unknown.
    pub(super) fn add_offset(&mut self, offset: &Offset) {
        match offset.value {
            _ if self.base.is_none() => {}
            Some(value) => self.offset = value,
            None => {
                self.base = None;
                let why = offset.unknown.as_deref().unwrap_or("a file decides it that cannot be read");
                self.unknown = Some(format!("the offset is not known: {why}"));
            }
        }
    }

    /// Whether the listener moves with the offset: also at offset 0, where nothing is added.
    pub(super) fn follows_offset(&self) -> bool {
        match self.row {
            Some((row, part)) => part.offset.unwrap_or(row.offset).applies(self.source.anchor().is_some(), true, true),
            None => self.offset != 0,
        }
    }

    /// The effective port, if it is known. Not checked against 65535.
    pub fn port(&self) -> Option<i64> {
        self.base.map(|base| base + self.offset)
    }

    /// Whether it is an open, inbound listener with a known port: one that can collide.
    pub fn occupies(&self) -> Option<(Protocol, i64)> {
        (self.enabled && self.direction == Direction::Inbound).then(|| self.port()).flatten().map(|port| (self.protocol, port))
    }
}

/// Where a port comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file sets it: the value, and where a person is pointed to.
    File {
        /// The value.
        at: Location,
        /// The key, attribute name or start tag.
        anchor: Location,
    },
    /// The product's default, from the home's default.json where it is there.
    Default(Option<Location>),
}

impl Source {
    /// Where a person is pointed to, when a file sets the port.
    pub fn anchor(self) -> Option<Location> {
        match self {
            Self::File { anchor, .. } => Some(anchor),
            Self::Default(_) => None,
        }
    }
}

/// What a written switch says of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing written switches it.
    Default,
    /// The switch stands here and decided.
    Switched(Location),
}
