//! How Java orders hash tables and prints numbers: both show in what the server writes.

pub mod double;
pub(crate) mod hash;
