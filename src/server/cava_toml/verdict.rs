//! The verdict of the server's parser on a text, with what it rejects.

use super::reason::Reason;
use crate::source::Span;

/// The verdict of the server's parser on a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It accepts it.
    Accepted,
    /// It rejects it. The first rejection is the first that the server reports. Never empty.
    Rejected(Vec<Rejection>),
    /// It puts a table into itself, at this header or key, and the server dies of a stack overflow.
    StackOverflow(Span),
    /// Arrays or inline tables nest deeper than `MAX_NESTING`, first at this place. The verdict on such a
    /// text is unknown.
    TooDeep(Span),
}

/// A place that the server's parser does not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Where it is.
    pub span: Span,
    /// The line that the server names, from 1.
    pub line: usize,
    /// The column that the server names, from 1.
    pub column: usize,
    /// The server's own message.
    pub message: String,
    /// What is wrong.
    pub reason: Reason,
    /// The conflicting definition, if any.
    pub related: Option<Span>,
}

impl Rejection {
    /// The line that the server logs.
    pub fn log_line(&self) -> String {
        format!("{} (line {}, column {})", self.message, self.line, self.column)
    }
}
