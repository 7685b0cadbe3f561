//! The kinds of tokens that the server's parser distinguishes, sets of them, and their names in its messages.

/// A token. There are several times more of them than lines, so it is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: TokenKind,
    start: u32,
    end: u32,
}

impl Token {
    /// A token from byte `start` to byte `end`, which is not in it. Texts are shorter than 4 GiB.
    pub(super) fn new(kind: TokenKind, start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { kind, start: offset(start), end: offset(end) }
    }

    /// First byte.
    pub(super) const fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last byte.
    pub(super) const fn end(self) -> usize {
        self.end as usize
    }
}

/// The kind of a token. A run of ordinary characters in a string is one token here. The server has one for each character, which makes no
/// difference to any verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum TokenKind {
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
pub(super) struct TokenKinds(u64);

impl TokenKinds {
    pub(super) const fn of(kinds: &[TokenKind]) -> Self {
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

    pub(super) const fn contains(self, kind: TokenKind) -> bool {
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
pub(super) const VALUE: TokenKinds = TokenKinds::of(&[
    TokenKind::Quote,
    TokenKind::Apostrophe,
    TokenKind::TripleQuote,
    TokenKind::TripleApostrophe,
    TokenKind::Decimal,
    TokenKind::Hexadecimal,
    TokenKind::Octal,
    TokenKind::Binary,
    TokenKind::Float,
    TokenKind::Infinity,
    TokenKind::NotANumber,
    TokenKind::True,
    TokenKind::False,
    TokenKind::DateDigits,
    TokenKind::ArrayOpen,
    TokenKind::InlineOpen,
]);

/// What a key can begin with.
pub(super) const KEY: TokenKinds = TokenKinds::of(&[TokenKind::BareKey, TokenKind::Quote, TokenKind::Apostrophe]);

/// The names in the server's order.
const NAMES: [(&str, TokenKinds); 27] = [
    ("a-z", TokenKinds::of(&[TokenKind::BareKey])),
    ("A-Z", TokenKinds::of(&[TokenKind::BareKey])),
    ("0-9", TokenKinds::of(&[TokenKind::BareKey])),
    ("]", TokenKinds::of(&[TokenKind::ArrayClose, TokenKind::HeaderClose])),
    ("]]", TokenKinds::of(&[TokenKind::ElementClose])),
    ("}", TokenKinds::of(&[TokenKind::InlineClose])),
    (".", TokenKinds::of(&[TokenKind::Dot])),
    ("-", TokenKinds::of(&[TokenKind::Dash])),
    ("+", TokenKinds::of(&[TokenKind::Plus])),
    (":", TokenKinds::of(&[TokenKind::Colon])),
    ("=", TokenKinds::of(&[TokenKind::Equals])),
    ("a comma", TokenKinds::of(&[TokenKind::Comma])),
    ("Z", TokenKinds::of(&[TokenKind::Zulu])),
    ("'", TokenKinds::of(&[TokenKind::Apostrophe])),
    ("\"", TokenKinds::of(&[TokenKind::Quote])),
    ("'''", TokenKinds::of(&[TokenKind::TripleApostrophe])),
    ("\"\"\"", TokenKinds::of(&[TokenKind::TripleQuote])),
    ("a character", TokenKinds::of(&[TokenKind::Escape, TokenKind::Characters])),
    (
        "a number",
        TokenKinds::of(&[
            TokenKind::Decimal,
            TokenKind::Hexadecimal,
            TokenKind::Octal,
            TokenKind::Binary,
            TokenKind::Float,
            TokenKind::Infinity,
            TokenKind::NotANumber,
        ]),
    ),
    ("a boolean", TokenKinds::of(&[TokenKind::True, TokenKind::False])),
    ("a date/time", TokenKinds::of(&[TokenKind::DateDigits])),
    ("a time", TokenKinds::of(&[TokenKind::TimeMark])),
    ("an array", TokenKinds::of(&[TokenKind::ArrayOpen])),
    ("a table", TokenKinds::of(&[TokenKind::InlineOpen])),
    ("a table key", TokenKinds::of(&[TokenKind::HeaderOpen, TokenKind::ElementOpen])),
    ("a newline", TokenKinds::of(&[TokenKind::LineBreak])),
    ("end-of-input", TokenKinds::of(&[TokenKind::End])),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_listed_as_the_server_does() {
        assert_eq!(TokenKinds::of(&[TokenKind::Equals]).listed(), "=");
        assert_eq!(TokenKinds::of(&[TokenKind::Equals, TokenKind::Dot]).listed(), ". or =");
        assert_eq!(TokenKinds::of(&[TokenKind::ArrayClose]).and(KEY).listed(), "a-z, A-Z, 0-9, ], ', or \"");
    }
}
