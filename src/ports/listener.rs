//! A listener: its port and state, and where both come from.

use crate::catalog::{Direction, ListenerPart, ListenerRow, Protocol};
use crate::model::{DecidedBy, FoundValue, Location};
use crate::ports::offset::Offset;
use crate::ports::range::MAX_PORT;

/// A listener of a home.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, and every combination exists")]
pub struct Listener {
    /// Its name in every output.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether it uses TLS.
    pub tls: bool,
    /// Whether the server listens or connects.
    pub direction: Direction,
    /// The port before the offset; `None` if it is random or unknown.
    pub base: Option<i64>,
    /// The offset that is added to the port; 0 if none is.
    pub offset: i64,
    /// Whether the offset of the server is added to the port. True even at offset 0, where nothing is added.
    pub follows_offset: bool,
    /// The number above the highest port that the configuration comes to, on which the server cannot listen.
    pub refused: Option<i64>,
    /// Whether the operating system picks the port at each startup.
    pub random: bool,
    /// The address that it is bound to, `0.0.0.0` for every one; `None` if the configuration does not decide it.
    pub bind: Option<String>,
    /// Why the port is unknown, if it is.
    pub unknown: Option<String>,
    /// Whether the server opens it.
    pub enabled: bool,
    /// Where the port comes from.
    pub source: Source,
    /// What enables or disables it, if a file does.
    pub state: State,
    /// A remark for people.
    pub note: Option<String>,
    /// The port in the documentation, if the code contradicts it.
    pub documented_port: Option<u16>,
    /// The runtime inside the product that opens it.
    pub profile: Option<String>,
    /// The catalogue row and part that describe it.
    pub row: Option<(&'static ListenerRow, &'static ListenerPart)>,
}

impl Listener {
    /// The listener as described in the catalogue, before any file is read.
    pub(super) fn blank(row: &'static ListenerRow, part: &'static ListenerPart) -> Self {
        Self {
            id: row.id.clone(),
            description: row.description.clone(),
            protocol: row.protocol,
            tls: row.tls,
            direction: row.direction,
            base: None,
            offset: 0,
            follows_offset: false,
            refused: None,
            random: row.random,
            bind: row.bind_default.clone(),
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

    /// Treats a port out of range as the server does: 0 is a random port, a negative one opens nothing, one above 65535 is refused.
    pub(super) fn normalize_port(&mut self) {
        let Some(base) = self.base.filter(|base| !(1..=MAX_PORT).contains(base)) else { return };
        self.base = None;
        match base {
            0 => self.random = true,
            ..0 => {
                self.enabled = false;
                self.note = Some(format!("nothing opens on port {base}"));
                self.unknown = Some(format!("`{base}` is not a port"));
            }
            _ => self.refuse(base),
        }
    }

    fn refuse(&mut self, number: i64) {
        self.refused = Some(number);
        self.unknown = Some(format!("`{number}` is not a port: the highest is {MAX_PORT}"));
    }

    /// Adds the offset of the home. If the offset is unknown, so is the port.
    pub(super) fn add_offset(&mut self, offset: &Offset) {
        self.follows_offset = true;
        match offset.value {
            _ if self.base.is_none() => {}
            Some(value) => self.shift(value),
            None => {
                self.base = None;
                let why = offset.unknown.as_deref().unwrap_or("it is set in a file that cannot be read");
                self.unknown = Some(format!("the offset is unknown: {why}"));
            }
        }
    }

    /// Adds an offset to the port.
    pub(super) fn shift(&mut self, offset: i64) {
        self.offset = offset;
        if let Some(port) = self.base.map(|base| base + offset).filter(|port| *port > MAX_PORT) {
            self.refuse(port);
        }
    }

    /// The effective port; `None` if it is unknown, or above the highest one. It may be below the lowest.
    pub fn port(&self) -> Option<i64> {
        self.base.filter(|_| self.refused.is_none()).map(|base| base + self.offset)
    }

    /// Whether the server opens the port, rather than leaving it closed or connecting to another server.
    pub(super) fn is_inbound_and_open(&self) -> bool {
        self.enabled && self.direction == Direction::Inbound
    }

    /// The protocol and port of an open, inbound listener with a known port; `None` if the listener cannot conflict with another.
    pub fn occupies(&self) -> Option<(Protocol, i64)> {
        let port = self.port().filter(|port| self.is_inbound_and_open() && *port > 0)?;
        Some((self.protocol, port))
    }
}

/// Where a port comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file sets it.
    File {
        /// The place of the value.
        at: Location,
        /// The place to report: the key, attribute name or start tag.
        anchor: Location,
    },
    /// The product's default; its place in the home's default.json or in a template, if it is there.
    Default(Option<Location>),
    /// The text of a template, at this place.
    Template(Location),
}

impl Source {
    /// The place to report, if a file sets the port.
    pub fn anchor(self) -> Option<Location> {
        match self {
            Self::File { anchor, .. } => Some(anchor),
            Self::Default(_) | Self::Template(_) => None,
        }
    }

    /// Where it is, if it is in a file.
    pub fn at(self) -> Option<Location> {
        match self {
            Self::File { at, .. } | Self::Template(at) => Some(at),
            Self::Default(at) => at,
        }
    }

    /// Its name in every output.
    pub fn kind(self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Default(_) => "default",
            Self::Template(_) => "template",
        }
    }

    /// Where a value that was found comes from.
    pub(super) fn of(found: &FoundValue) -> Self {
        match found.decided_by {
            DecidedBy::File | DecidedBy::User(_) => Self::File { at: found.at, anchor: found.anchor },
            DecidedBy::Default => Self::Default(Some(found.at)),
            DecidedBy::Template => Self::Template(found.at),
        }
    }
}

/// Whether a setting enables or disables a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No setting does.
    Default,
    /// The setting at this place does.
    Switched(Location),
}
