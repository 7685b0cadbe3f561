//! The config mapper: takes deployment.toml from its text to the rendered files (wso2/config-mapper), one file per stage. Every value
//! records whether the user, an inference or a default set it.

mod configuration;
mod context;
mod defaults;
mod effective;
pub(crate) mod environment;
mod fault;
mod flatten;
mod infer;
mod key_mapping;
mod key_path;
pub mod key_table;
pub(crate) mod key_usage;
pub mod known_keys;
pub(crate) mod metadata;
mod parsed_templates;
mod placeholders;
mod ref_resolution;
mod references;
mod release;
mod render;
pub(crate) mod resources;
pub(crate) mod schema;
mod sorted_keys;
mod trees;
pub(crate) mod units;
mod unset;
mod validation;
pub(crate) mod value;

pub use configuration::Configuration;
pub use effective::{Effective, Origin};
pub use environment::Environment;
pub(crate) use fault::{FaultKind, MappingFault};
pub(crate) use parsed_templates::parsed_template;
pub(crate) use placeholders::{has_placeholder, placeholders};
pub(crate) use references::alias_of;
pub use release::Release;
pub(crate) use render::Output;
pub(crate) use render::removed_returns;
pub use render::{HomeBudget, Renderer};
pub(crate) use resources::JsonFile;
pub use resources::Resources;
