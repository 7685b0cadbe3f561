//! The config mapper: takes deployment.toml from its text to the rendered files (wso2/config-mapper), one file per stage. Every value
//! records whether the user, an inference or a default set it.

mod configuration;
mod context;
mod defaults;
mod effective;
pub mod environment;
mod fault;
mod flatten;
mod infer;
mod key_mapping;
mod key_path;
pub mod key_table;
pub mod key_usage;
pub mod known_keys;
pub mod metadata;
mod references;
mod release;
mod render;
pub mod resources;
pub mod schema;
pub mod units;
mod validation;
pub mod value;

pub use configuration::Configuration;
pub use context::segments;
pub use effective::{Effective, Origin};
pub use environment::Environment;
pub use fault::{FaultKind, MappingFault};
pub use references::placeholders;
pub use release::Release;
pub use render::{Output, Renderer};
pub use resources::{JsonFile, Resources};
