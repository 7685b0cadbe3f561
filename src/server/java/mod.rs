//! How Java orders hash tables and prints numbers, both of which affect the files that the server writes.

pub mod double;
pub mod hash;
