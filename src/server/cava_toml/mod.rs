//! What the server's own parser of deployment.toml says of a text: it is no parser of TOML 1.0, and the server starts only on what it takes.
//!
//! Every server reads deployment.toml with cava-toml 0.5.0: TOML 0.5 with faults of its own. The verdict, its place and its words are
//! predicted from the same steps: a lexer with the same modes, the same grammar, the same rules on what may be defined again.

mod effort;
mod explain;
mod lexer;
mod messages;
mod number;
mod parser;
mod tables;
mod token;
mod value;

pub use explain::explain_tab;
pub use value::Type;

use crate::source::Span;

/// What the server's parser makes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It reads it.
    Accepted,
    /// It refuses it: the first refusal is the first one that the server reports. Never empty.
    Refused(Vec<Rejection>),
    /// It puts a table into itself, and the server dies of a stack overflow: the header or key at which that happens.
    StackOverflow(Span),
    /// Arrays or inline tables nest deeper than [`MAX_NESTING`](crate::source::MAX_NESTING); the place of the first that does. Nothing is known
    /// of such a text.
    TooDeep(Span),
}

/// A place that the server's parser does not take.
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
    /// The definition that stands in the way, if any.
    pub related: Option<Span>,
}

/// What the server's parser does not take. What it only stumbles over is told apart for texts that TOML takes; in others anything may
/// look like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Something else should stand there.
    Unexpected(Inside),
    /// A date or a time does not end at a bracket, and not at every comma.
    BehindDate,
    /// Quotes directly before the quotes that close a string of several lines.
    ExtraQuotes,
    /// The rest of a number of which only a part is taken.
    RestOfNumber,
    /// A comma that is not in the line of the item before it.
    CommaFirst,
    /// An inner array that is empty or ends in a comma makes the parser lose count of the brackets; the place where that shows.
    LostCount,
    /// An item of another type than the first of its array.
    MixedArray {
        /// The type of the first item.
        containing: Type,
        /// The type of the one that is refused.
        added: Type,
    },
    /// An escape that it does not know.
    Escape,
    /// A number that does not fit into 64 bits.
    NumberTooLarge,
    /// A number so near to zero that it would be read as zero.
    NumberTooSmall,
    /// A date or a time that does not exist, or in a form that it does not know.
    Date,
    /// A key or table that exists already, or another thing under its name.
    Defined,
    /// A header without a key.
    EmptyHeader,
}

/// What a token stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// The beginning or the end of a line.
    Line,
    /// A key, up to its equals sign.
    Key,
    /// A header.
    Header,
    /// The beginning of a value.
    Value,
    /// A string in double quotes.
    Basic,
    /// A string of several lines in double quotes.
    BasicLines,
    /// A string in single quotes.
    Literal,
    /// A string of several lines in single quotes.
    LiteralLines,
    /// A date or a time.
    Date,
    /// An array.
    Array,
    /// An inline table.
    Inline,
}

impl Reason {
    /// Whether the parser makes nothing more of the text behind it.
    fn ends_parse(self) -> bool {
        match self {
            Self::Unexpected(_)
            | Self::BehindDate
            | Self::ExtraQuotes
            | Self::RestOfNumber
            | Self::CommaFirst
            | Self::LostCount => true,
            Self::MixedArray { .. }
            | Self::Escape
            | Self::NumberTooLarge
            | Self::NumberTooSmall
            | Self::Date
            | Self::Defined
            | Self::EmptyHeader => false,
        }
    }
}

impl Rejection {
    /// The refusal as the server logs it.
    pub fn told(&self) -> String {
        format!("{} (line {}, column {})", self.message, self.line, self.column)
    }
}

/// What the server's parser says of `text`.
pub fn check(text: &str) -> Verdict {
    parser::check(text, &lexer::lex(text, false).tokens)
}

/// What it would say if it took tabs in double quotes, and where those tabs are, string by string.
pub fn check_without_tabs(text: &str) -> (Verdict, Vec<Vec<usize>>) {
    let lexed = lexer::lex(text, true);
    let verdict = parser::check(text, &lexed.tokens);
    // Beyond the place where the grammar gives up, strings may begin and end elsewhere than they seem to.
    let sure_to = match &verdict {
        Verdict::Refused(refusals) => refusals.iter().find(|refusal| refusal.reason.ends_parse()).map(|last| last.span.start),
        Verdict::TooDeep(span) => Some(span.start),
        Verdict::Accepted | Verdict::StackOverflow(_) => None,
    };
    let is_authoritative = |tab: &usize| sure_to.is_none_or(|end| *tab < end);
    let tabs = lexed.tabs.into_iter().filter(|string| string.first().is_some_and(is_authoritative));
    (verdict, tabs.collect())
}
