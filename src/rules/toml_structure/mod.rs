//! Rules of the category `toml-structure`.

pub(super) mod supertable_after_subtable;
pub(super) mod toml_refused_by_server;
pub(super) mod toml_syntax;
