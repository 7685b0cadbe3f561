//! Fixes findings: which fixes are applied, what they may change, and how files are written.

mod accept;
pub(crate) mod ignores;
pub(crate) mod offer;
mod refusal;
mod regress;
pub(crate) mod revert;
pub(crate) mod run;
pub(crate) mod verify;
pub(crate) mod write;
mod write_error;

pub use refusal::Refusal;
pub use write_error::WriteError;
