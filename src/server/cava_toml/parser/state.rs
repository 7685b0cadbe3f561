//! What the parser knows at a token, and how it expects the next one.

use crate::server::cava_toml::effort::spend;
use crate::server::cava_toml::messages::LogPositions;
use crate::server::cava_toml::reason::Inside;
use crate::server::cava_toml::tables::{ROOT, Shape, TableId, Tables};
use crate::server::cava_toml::token::{Token, TokenKind, TokenKinds};
use crate::server::cava_toml::value_type::Type;
use crate::server::cava_toml::verdict::Rejection;
use crate::source::Span;

pub(super) const DOT: TokenKinds = TokenKinds::of(&[TokenKind::Dot]);

/// Why the parser gives up.
pub(super) enum ParseStop {
    Unexpected { token: usize, expected: TokenKinds, inside: Inside },
    TooDeep(Span),
}

pub(super) type ParseResult<T> = Result<T, ParseStop>;

/// A value, as far as anything depends on it.
pub(super) struct ParsedValue {
    pub(super) type_: Type,
    pub(super) shape: Shape,
}

impl ParsedValue {
    pub(super) const fn plain(type_: Type) -> Self {
        Self { type_, shape: Shape::Plain }
    }
}

/// Reads a text by the server's grammar.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    /// What was expected where an optional part was last missing. If a later token is unexpected, the server names this instead of what it
    /// expected there, until an optional part has been present again.
    pub(super) remembered: Option<TokenKinds>,
    /// How many arrays and inline tables are open.
    pub(super) depth: usize,
    pub(super) tables: Tables,
    /// The table of the last header.
    pub(super) current: TableId,
    pub(super) rejections: Vec<Rejection>,
    /// The first thing that is wrong with the current value or key.
    pub(super) thrown: Option<Rejection>,
    /// Whether an array or inline table of this line contains a date or a time.
    pub(super) nested_date: bool,
    /// Whether an error that the server's parser does not catch ended it.
    pub(super) aborted: bool,
    pub(super) positions: LogPositions<'a>,
}

impl<'a> Parser<'a> {
    /// A parser at the first of the tokens of `text`.
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            remembered: None,
            depth: 0,
            tables: Tables::new(),
            current: ROOT,
            rejections: Vec::new(),
            thrown: None,
            nested_date: false,
            aborted: false,
            positions: LogPositions::new(text),
        }
    }

    pub(super) fn token(&self, ahead: usize) -> Token {
        spend(1);
        // The last token is the end of the text.
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    pub(super) fn kind(&self, ahead: usize) -> TokenKind {
        self.token(ahead).kind
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = self.token(0);
        self.at += 1;
        token
    }

    pub(super) fn stop<T>(&self, ahead: usize, expected: TokenKinds, inside: Inside) -> ParseResult<T> {
        Err(ParseStop::Unexpected { token: (self.at + ahead).min(self.tokens.len() - 1), expected, inside })
    }

    /// The kind of the token here, which must be one of `expected`.
    pub(super) fn choose(&mut self, expected: TokenKinds, inside: Inside) -> ParseResult<TokenKind> {
        let kind = self.kind(0);
        if !expected.contains(kind) {
            return self.stop(0, expected, inside);
        }
        self.remembered = None;
        Ok(kind)
    }

    /// Whether an optional part that begins with one of `kinds` is here; `expected` is everything that can be here.
    pub(super) fn option(&mut self, kinds: TokenKinds, expected: TokenKinds) -> bool {
        let is_here = kinds.contains(self.kind(0));
        if is_here {
            self.remembered = None;
        } else {
            self.remembered.get_or_insert(expected);
        }
        is_here
    }

    /// Takes a token of `kind`, after which one of `after` must follow. The server names only `kind` if removing the token that is here, or
    /// inserting the missing one, would help.
    pub(super) fn expect(&mut self, kind: TokenKind, after: TokenKinds, inside: Inside) -> ParseResult<Token> {
        if self.kind(0) == kind {
            return Ok(self.bump());
        }
        let alone = TokenKinds::of(&[kind]);
        let is_slip = self.kind(1) == kind || after.contains(self.kind(0));
        self.stop(0, if is_slip { alone } else { self.remembered.unwrap_or(alone) }, inside)
    }

    pub(super) fn span(token: Token) -> Span {
        // The end of a line is a place, not its characters.
        if token.kind == TokenKind::LineBreak { Span::at(token.start()) } else { Span::new(token.start(), token.end()) }
    }

    /// From a byte to the end of the definition in its line.
    pub(super) fn line_from(&self, start: usize) -> Span {
        let rest = self.text[start..].split(['\n', '#']).next().unwrap_or_default();
        // A header ends with its brackets, a key before its equals sign.
        let definition = rest.split('=').next().unwrap_or_default().trim_end();
        Span::new(start, start + definition.len())
    }

    pub(super) fn written(&self, token: Token) -> &str {
        self.text.get(token.start()..token.end()).unwrap_or_default()
    }
}
