//! Rules of the category `toml-structure`.

pub(super) mod array_overrides_defaults;
pub(super) mod bad_time_unit;
pub(super) mod fatal_mapped_key;
pub(super) mod key_collision;
pub(super) mod number_needs_quotes;
pub(super) mod supertable_after_subtable;
pub(super) mod toml_refused_by_server;
pub(super) mod toml_syntax;
pub(super) mod value_refused;
