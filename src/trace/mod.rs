//! What decides a line of a rendered file, and where a key of deployment.toml ends up.

mod key;
mod line;

pub use key::{KeyTrace, NoPlace, TracedPlace, UntracedFile, trace_key};
pub use line::{FileTrace, LineTrace, trace_file};
