//! Which keys of deployment.toml a server reads, and what it does with their values.

mod build;
pub(crate) mod json_schema;
mod key_index;
mod keys;
mod kind;
mod provenance;
mod table;

pub use keys::Schema;
pub use kind::KeyType;
pub use provenance::SchemaSource;
pub(crate) use table::ReadTable;
