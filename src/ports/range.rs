//! The limits of ports and offsets.

/// The highest port.
pub(crate) const MAX_PORT: i64 = 65_535;
/// The highest offset that leaves room for the default ports.
pub(crate) const MAX_OFFSET: i64 = 55_000;
