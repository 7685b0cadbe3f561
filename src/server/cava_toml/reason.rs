//! Why the server's parser rejects a place.

use super::value_type::Type;

/// What the server's parser does not accept. Reasons that are peculiar to this parser are only exact for valid TOML: in other texts an
/// ordinary error may look like one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Something else is expected here.
    Unexpected(Inside),
    /// A date or a time does not end at a bracket, and not at every comma.
    AfterDate,
    /// Quotes directly before the quotes that close a multi-line string.
    ExtraQuotes,
    /// The rest of a number, of which the parser takes only the beginning.
    RestOfNumber,
    /// A comma that is not on the line of the item before it.
    CommaFirst,
    /// An inner array that is empty or ends in a comma makes the parser lose count of brackets; this is where it shows.
    LostCount,
    /// An item of another type than the first of its array.
    MixedArray {
        /// The type of the first item.
        containing: Type,
        /// The type of the rejected item.
        added: Type,
    },
    /// An unknown escape.
    Escape,
    /// A number that does not fit into 64 bits.
    NumberTooLarge,
    /// A number so close to zero that it would be read as zero.
    NumberTooSmall,
    /// A date or a time that does not exist or has an unknown form.
    Date,
    /// A key or table that is already defined, or whose name is something else already.
    Defined,
    /// A header without a key.
    EmptyHeader,
}

/// What surrounds a token.
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
    /// A multi-line string in double quotes.
    BasicLines,
    /// A string in single quotes.
    Literal,
    /// A multi-line string in single quotes.
    LiteralLines,
    /// A date or a time.
    Date,
    /// An array.
    Array,
    /// An inline table.
    Inline,
}

impl Reason {
    /// Whether the parser gives up here and does not read the rest of the text.
    pub(super) fn ends_parse(self) -> bool {
        match self {
            Self::Unexpected(_)
            | Self::AfterDate
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
