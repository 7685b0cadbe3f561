//! Changing what is wrong and not one byte more: edits, how they fit together, and how files are written.

pub mod revert;
pub mod run;
pub mod verify;
pub mod write;
