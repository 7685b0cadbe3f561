//! The listeners of a server: their effective ports, and the conflicts between them.

mod bind;
mod catalogued;
mod conflict;
mod custom;
mod inbound;
mod listener;
mod offset;
mod profile;
mod random;
mod range;
mod reader;
mod relocation;
pub(crate) mod resolve;
mod switch;
mod table;

pub use catalogued::listeners_of_product;
pub use conflict::{Conflict, Conflicts, ListenerRef, Suggestion};
pub(crate) use conflict::{conflicts, shared_ports};
pub use listener::{Listener, Source, State};
pub use offset::{Offset, OffsetSource};
pub(crate) use offset::{WrittenOffset, written_offsets};
pub use profile::ServerProfile;
pub(crate) use profile::UnknownProfile;
pub(crate) use range::{MAX_OFFSET, MAX_PORT};
pub use table::PortTable;
