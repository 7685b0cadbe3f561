//! Loads files and parses them into read-only views with spans. Nothing here depends on a product.

pub(crate) mod config_map;
pub(crate) mod encoding;
pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod key;
pub(crate) mod kind;
pub(crate) mod line_diff;
pub(crate) mod overlays;
mod parsed_statements;
pub(crate) mod position;
pub(crate) mod properties;
pub(crate) mod script;
pub(crate) mod secrets;
pub(crate) mod suppression;
mod syntax_error;
pub(crate) mod template;
pub(crate) mod toml;
pub(crate) mod toml_definitions;
mod toml_entry;
mod toml_faults;
mod toml_reader;
pub(crate) mod toml_statements;
pub(crate) mod xml;
mod xml_attributes;
pub(crate) mod xml_context;
mod xml_runs;
mod xml_text;
pub(crate) mod yaml;

pub use file::SourceFile;
pub(crate) use kind::Kind;
pub use overlays::Overlays;
pub use position::{FileRange, LineIndex, Point, Span};
pub(crate) use syntax_error::{MAX_NESTING, SyntaxError};
