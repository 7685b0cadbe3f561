//! carbonlint.
pub mod source;
