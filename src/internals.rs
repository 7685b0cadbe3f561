//! What the tests, benchmarks and fuzz targets of this package use. Not part of the API: anything here can change at any time.

pub use crate::catalog::catalog;
pub use crate::edit::apply;
pub use crate::edit::toml::{TextEdit, TomlFile};
pub use crate::edit::xml::{bring_back, comment_out, set_attribute, set_text};
pub use crate::example_check::{ExampleError, LaidOut, Observed, Outcome};
pub use crate::fix::revert::revert;
pub use crate::fix::verify::compare;
pub use crate::fix::write::replace;
pub use crate::model::Model;
pub use crate::paths::DisplayPaths;
pub use crate::ports::listeners_of_product;
pub use crate::report::lint::{Report, Style, concise, human, json};
pub use crate::rule_examples::hex_of;
pub use crate::source::secrets::masked;
pub use crate::source::template::{is_template, mask};
pub use crate::source::toml::TomlDocument;
pub use crate::source::xml::XmlDocument;
pub use crate::source::{LineIndex, SourceFile, Span};

/// Each comment of `text` that suppresses findings, with the names in it.
pub fn suppressions_in(text: &str) -> Vec<(Span, Vec<Span>)> {
    let found = crate::source::suppression::suppressions_in(text).into_iter();
    found.map(|suppression| (suppression.comment, suppression.names)).collect()
}

/// The server's TOML parser.
pub mod cava_toml {
    pub use crate::server::cava_toml::{Reason, Verdict, check, check_without_tabs};
}

/// The server's template language.
pub mod jinjava {
    pub use crate::server::jinjava::value::{Map, Value};
    pub use crate::server::jinjava::{Limits, Release, Template, render};
}

/// The server's config mapper.
pub mod mapper {
    pub use crate::server::mapper::key_table::{self, KeyTable};
    pub use crate::server::mapper::key_usage::KeyUsage;
    pub use crate::server::mapper::schema::{Fit, GuessedBy, KeyType, Schema, SchemaSource};
    pub use crate::server::mapper::{Configuration, HomeBudget, Release, Renderer, Resources, known_keys};
}

/// The files of a home and what they configure.
pub fn model_of(home: &crate::Home) -> &Model {
    &home.model
}
