//! Where a value came from: the place in the configuration that it is read from, and the values that it was made of.

use super::path::{PathId, PathSet};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::server::jinjava) struct Origin {
    /// The place in the configuration whose value it is.
    pub(super) at: Option<Place>,
    /// Other values that it was made of.
    pub(super) made_of: PathSet,
    /// The values that decided that a name has this value: those of the conditions around its assignment.
    pub(super) implied: PathSet,
}

/// A place in the configuration, and which view of its value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: PathId,
    pub(super) view: View,
}

/// What a value shows of the value at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// The value itself.
    Whole,
    /// A list of the entries of the table: `items()`.
    Entries,
    /// A list of the keys of the table: `keys()`.
    Keys,
    /// An entry: the key and the value at the path.
    Entry,
}

impl Origin {
    /// The value at a path.
    pub(super) fn at(path: PathId) -> Self {
        Self::view(path, View::Whole)
    }

    /// A view of the value at a path.
    pub(super) fn view(path: PathId, view: View) -> Self {
        Self { at: Some(Place { path, view }), ..Self::default() }
    }
}
