//! Which keys of deployment.toml a server reads, and what it does with their values.

mod answers;
mod build;
pub(crate) mod json_schema;
mod keys;
mod kind;
mod properties;
mod provenance;
mod table;

pub(super) use answers::Answers;
pub use keys::Schema;
pub use kind::KeyType;
pub(super) use properties::{KeyProperties, Properties, PropertySource, written_in_deployment};
pub use provenance::{Fit, GuessedBy, SchemaSource};
pub(crate) use table::ReadTable;
