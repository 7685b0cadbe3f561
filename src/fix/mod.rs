//! Fixes findings: which fixes are applied, what they may change, and how files are written.

mod accept;
mod refusal;
mod regress;
pub mod revert;
pub mod run;
pub mod verify;
pub mod write;

pub use refusal::Refusal;
