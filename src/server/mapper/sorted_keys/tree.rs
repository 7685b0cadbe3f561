//! Parts of a list of keys: those that begin alike.

use std::ops::Range;
use std::sync::OnceLock;

/// Tables that begin with the same steps: a table and what is below it.
#[derive(Debug, Clone)]
pub(in crate::server::mapper) struct Subtree {
    /// The numbers of the tables.
    pub(in crate::server::mapper) tables: Range<usize>,
    /// How much of their keys they have in common, in bytes.
    pub(in crate::server::mapper) common: usize,
}

/// What is one segment further, listed on the first use.
pub(super) type Branches = OnceLock<Vec<Branch>>;

/// The next segment of some keys, with the marks of elements, and what is below it.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) segment: String,
    pub(super) tree: Subtree,
    pub(super) below: Branches,
}
