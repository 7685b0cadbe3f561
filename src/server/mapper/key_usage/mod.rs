//! Which keys the templates of a home read, and how: the exact schema of the home. Every expression is traced to the keys that its value
//! comes from, through loops, `set`, macros, filters and methods.

mod collector;
mod expressions;
mod statements;
#[cfg(test)]
mod tests;
mod tree;
mod uses;
mod value_source;

pub use tree::KeyUsage;
pub(super) use tree::{UnreadNodes, UsageNode};
pub(crate) use uses::{Use, UseKind};
