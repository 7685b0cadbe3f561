//! Loads files and parses them into read-only views with spans. Nothing here depends on a product.

pub mod encoding;
mod file;
pub mod json;
pub mod kind;
pub mod overlays;
pub mod position;
pub mod properties;
pub mod script;
pub mod secrets;
mod syntax_error;
pub mod template;
pub mod toml;
mod toml_faults;
pub mod xml;
mod xml_attributes;
mod xml_runs;
mod xml_text;
pub mod yaml;

pub use file::{LoadError, MAX_FILE_BYTES, SourceFile};
pub use kind::Kind;
pub use overlays::Overlays;
pub use position::{FileRange, LineIndex, Point, Span};
pub use syntax_error::{MAX_NESTING, SyntaxError};
