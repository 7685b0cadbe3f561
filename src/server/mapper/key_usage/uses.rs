//! What templates do with values.

use crate::source::Span;

/// What a template does with a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseKind {
    /// Prints it: `{{ a }}`.
    Printed,
    /// Joins its items, counts them, or asks for one of them.
    Listed,
    /// Loops over its items.
    Looped,
    /// Loops over its keys and values: `a.items()`.
    Entries,
    /// Asks whether it exists.
    Defined,
    /// Uses it as a condition: `{% if a %}`.
    Truth,
    /// Asks whether it is exactly this boolean: `a is sameas true`, which is false for `"true"`.
    SameAs(bool),
    /// Compares it with a boolean: `a == true`, which is true for every string except `"false"` and the empty one.
    EqualsBoolean(bool),
    /// Compares it with a string.
    EqualsText(String),
    /// Calculates with it, or compares it with a number.
    Number,
    /// Asks for its type: `a is string`.
    KindAsked(String),
    /// Does something else with it.
    Other,
}

impl UseKind {
    /// Whether the value itself reaches the output, and with a table everything in it.
    pub(in crate::server::mapper) fn shows_everything(&self) -> bool {
        matches!(self, Self::Printed | Self::Listed | Self::Other)
    }
}

/// A place where a template uses a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use {
    /// What it does with the value.
    pub kind: UseKind,
    /// The number of the template in [`Resources::templates`](crate::server::mapper::Resources::templates).
    pub template: usize,
    /// The expression, in the normalized text of the template.
    pub span: Span,
}
