//! Rules of the category `references`.

pub(super) mod ref_cycle;
pub(super) mod ref_in_array_table;
pub(super) mod ref_replaces_whole;
pub(super) mod ref_too_long;
pub(super) mod ref_unresolvable;
pub(super) mod unknown_placeholder;
