//! How Java orders hash tables and prints numbers, both of which affect the files that the server writes.

pub(crate) mod double;
pub(crate) mod hash;
