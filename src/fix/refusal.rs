//! Why a fix is not applied.

use std::fmt;

/// Why a fix that was wanted is not applied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The file cannot be read, or not without loss.
    Unreadable,
    /// The file is too large.
    TooLarge,
    /// The edits are outside the file, or overlap.
    EditsDoNotFit,
    /// The new text has characters that the encoding of the file does not have; its name.
    NotEncodable(&'static str),
    /// The new bytes would be read in another encoding.
    ChangesEncoding,
    /// The new text does not parse.
    DoesNotParse,
    /// Files of this kind cannot be compared.
    UnknownKind,
    /// The comment on this line of the old text would be lost.
    LosesComment(usize),
    /// A key or element that the fix does not name would change.
    AlsoChanges(String),
    /// The file would have an error that it does not have now.
    CausesError,
    /// The finding would still be there.
    Ineffective,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => formatter.write_str("it cannot be read without loss"),
            Self::TooLarge => formatter.write_str("it is too large"),
            Self::EditsDoNotFit => formatter.write_str("its edits do not fit the file"),
            Self::NotEncodable(encoding) => write!(formatter, "the result cannot be encoded in {encoding}"),
            Self::ChangesEncoding => formatter.write_str("its encoding would change"),
            Self::DoesNotParse => formatter.write_str("the result would not parse"),
            Self::UnknownKind => formatter.write_str("files of this kind cannot be compared"),
            Self::LosesComment(line) => write!(formatter, "the comment on line {line} would be lost"),
            Self::AlsoChanges(name) => write!(formatter, "`{name}` would also change"),
            Self::CausesError => formatter.write_str("it would cause a new error in the file"),
            Self::Ineffective => formatter.write_str("it would not remove the finding"),
        }
    }
}

impl std::error::Error for Refusal {}
