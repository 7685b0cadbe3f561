//! Lists of keys as sorted text, in which keys are looked up without reading the rest.

mod index;
mod list;
mod search;
mod tree;

pub(super) use index::order;
pub(super) use list::{EmbeddedKeys, SortedKeys};
pub(super) use tree::Subtree;
