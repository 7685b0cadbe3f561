//! Changing what is wrong and not one byte more: edits, how they fit together, and how files are written.

pub mod edit;
pub mod revert;
pub mod run;
pub mod toml_edits;
pub mod verify;
pub mod write;
pub mod xml_edits;
