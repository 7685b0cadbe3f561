//! Rules of the category `toml-structure`.

pub(super) mod key_in_wrong_table;
pub(super) mod supertable_after_subtable;
pub(super) mod toml_syntax;
