//! What a server listens on: the effective listeners of a home, and which of them collide.

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
pub mod resolve;
mod switch;
mod table;

pub use catalogued::listeners_of_product;
pub use conflict::{Conflict, ListenerRef, Suggestion, conflicts, free_offset};
pub use listener::{Listener, Source, State};
pub use offset::{Offset, OffsetSource, WrittenOffset, offset_of, written_offsets};
pub use profile::ServerProfile;
pub use range::{MAX_OFFSET, MAX_PORT};
pub use table::PortTable;
