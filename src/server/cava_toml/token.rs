//! The kinds of tokens that the server's parser distinguishes, sets of them, and their names in its messages.

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The kind of a token. A run of ordinary characters in a string is one token here. The server has one for each character, which makes no
/// difference to any verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    End,
    LineBreak,
    /// A character with which nothing can begin here.
    Stray,
    BareKey,
    Dot,
    Equals,
    Comma,
    Quote,
    Apostrophe,
    TripleQuote,
    TripleApostrophe,
    Characters,
    Escape,
    HeaderOpen,
    HeaderClose,
    ElementOpen,
    ElementClose,
    Decimal,
    Hexadecimal,
    Octal,
    Binary,
    Float,
    Infinity,
    NotANumber,
    True,
    False,
    DateDigits,
    Dash,
    Plus,
    Colon,
    Zulu,
    TimeMark,
    ArrayOpen,
    ArrayClose,
    InlineOpen,
    InlineClose,
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds(u64);

impl Kinds {
    pub(super) const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < kinds.len() {
            bits |= 1 << kinds[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The names of the kinds as a message of the server lists them: `], a comma, or a newline`.
    pub(super) fn listed(self) -> String {
        let names: Vec<&str> = NAMES.iter().filter(|(_, kinds)| self.meets(*kinds)).map(|(name, _)| *name).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [one, other] => format!("{one} or {other}"),
            [first @ .., last] => format!("{}, or {last}", first.join(", ")),
        }
    }
}

/// What a value can begin with.
pub(super) const VALUE: Kinds = Kinds::of(&[
    Kind::Quote,
    Kind::Apostrophe,
    Kind::TripleQuote,
    Kind::TripleApostrophe,
    Kind::Decimal,
    Kind::Hexadecimal,
    Kind::Octal,
    Kind::Binary,
    Kind::Float,
    Kind::Infinity,
    Kind::NotANumber,
    Kind::True,
    Kind::False,
    Kind::DateDigits,
    Kind::ArrayOpen,
    Kind::InlineOpen,
]);

/// What a key can begin with.
pub(super) const KEY: Kinds = Kinds::of(&[Kind::BareKey, Kind::Quote, Kind::Apostrophe]);

/// The names in the server's order.
const NAMES: [(&str, Kinds); 27] = [
    ("a-z", Kinds::of(&[Kind::BareKey])),
    ("A-Z", Kinds::of(&[Kind::BareKey])),
    ("0-9", Kinds::of(&[Kind::BareKey])),
    ("]", Kinds::of(&[Kind::ArrayClose, Kind::HeaderClose])),
    ("]]", Kinds::of(&[Kind::ElementClose])),
    ("}", Kinds::of(&[Kind::InlineClose])),
    (".", Kinds::of(&[Kind::Dot])),
    ("-", Kinds::of(&[Kind::Dash])),
    ("+", Kinds::of(&[Kind::Plus])),
    (":", Kinds::of(&[Kind::Colon])),
    ("=", Kinds::of(&[Kind::Equals])),
    ("a comma", Kinds::of(&[Kind::Comma])),
    ("Z", Kinds::of(&[Kind::Zulu])),
    ("'", Kinds::of(&[Kind::Apostrophe])),
    ("\"", Kinds::of(&[Kind::Quote])),
    ("'''", Kinds::of(&[Kind::TripleApostrophe])),
    ("\"\"\"", Kinds::of(&[Kind::TripleQuote])),
    ("a character", Kinds::of(&[Kind::Escape, Kind::Characters])),
    (
        "a number",
        Kinds::of(&[Kind::Decimal, Kind::Hexadecimal, Kind::Octal, Kind::Binary, Kind::Float, Kind::Infinity, Kind::NotANumber]),
    ),
    ("a boolean", Kinds::of(&[Kind::True, Kind::False])),
    ("a date/time", Kinds::of(&[Kind::DateDigits])),
    ("a time", Kinds::of(&[Kind::TimeMark])),
    ("an array", Kinds::of(&[Kind::ArrayOpen])),
    ("a table", Kinds::of(&[Kind::InlineOpen])),
    ("a table key", Kinds::of(&[Kind::HeaderOpen, Kind::ElementOpen])),
    ("a newline", Kinds::of(&[Kind::LineBreak])),
    ("end-of-input", Kinds::of(&[Kind::End])),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_listed_as_the_server_does() {
        assert_eq!(Kinds::of(&[Kind::Equals]).listed(), "=");
        assert_eq!(Kinds::of(&[Kind::Equals, Kind::Dot]).listed(), ". or =");
        assert_eq!(Kinds::of(&[Kind::ArrayClose]).and(KEY).listed(), "a-z, A-Z, 0-9, ], ', or \"");
    }
}
