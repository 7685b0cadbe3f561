//! Which keys of deployment.toml a server reads, and what it does with their values.

mod build;
pub(crate) mod json_schema;
mod keys;
mod kind;
mod provenance;

pub use keys::Schema;
pub use kind::KeyType;
pub use provenance::SchemaSource;
