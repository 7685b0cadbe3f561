//! Rules of the category `ports`.

pub(super) mod double_offset;
pub(super) mod jmx_ports_swapped;
pub(super) mod mi_offset_replaces_default;
pub(super) mod offset_missing_in_url;
pub(super) mod offset_not_integer;
pub(super) mod port_conflict_across_homes;
pub(super) mod port_conflict_in_home;
pub(super) mod port_out_of_range;
