//! Strings of all four kinds. Their content matters only in keys, their errors everywhere.

use super::state::{ParseResult, Parser};
use crate::server::cava_toml::reason::Inside;
use crate::server::cava_toml::token::{TokenKind, TokenKinds};
use crate::server::cava_toml::value;

impl Parser<'_> {
    pub(super) fn basic(&mut self, content: &mut Vec<u16>) -> ParseResult<()> {
        self.bump();
        let expected = TokenKinds::of(&[TokenKind::Characters, TokenKind::Escape, TokenKind::Quote]);
        while self.choose(expected, Inside::Basic)? != TokenKind::Quote {
            self.characters(content);
        }
        self.bump();
        Ok(())
    }

    pub(super) fn basic_lines(&mut self) -> ParseResult<()> {
        self.bump();
        let expected = TokenKinds::of(&[TokenKind::Characters, TokenKind::Escape, TokenKind::LineBreak, TokenKind::TripleQuote]);
        while self.choose(expected, Inside::BasicLines)? != TokenKind::TripleQuote {
            self.characters(&mut Vec::new());
        }
        self.bump();
        Ok(())
    }

    fn characters(&mut self, content: &mut Vec<u16>) {
        let token = self.bump();
        if token.kind == TokenKind::Escape {
            let units = value::escape(self.written(token));
            content.extend(self.check(token, units).unwrap_or_default());
        } else {
            content.extend(self.written(token).encode_utf16());
        }
    }

    pub(super) fn literal(&mut self, after: TokenKinds, content: &mut Vec<u16>) -> ParseResult<()> {
        self.bump();
        while self
            .option(TokenKinds::of(&[TokenKind::Characters]), TokenKinds::of(&[TokenKind::Characters, TokenKind::Apostrophe]))
        {
            let token = self.bump();
            content.extend(self.written(token).encode_utf16());
        }
        self.expect(TokenKind::Apostrophe, after, Inside::Literal).map(|_| ())
    }

    pub(super) fn literal_lines(&mut self, after: TokenKinds) -> ParseResult<()> {
        self.bump();
        let body = TokenKinds::of(&[TokenKind::Characters, TokenKind::LineBreak]);
        while self.option(body, body.and(TokenKinds::of(&[TokenKind::TripleApostrophe]))) {
            self.bump();
        }
        self.expect(TokenKind::TripleApostrophe, after, Inside::LiteralLines).map(|_| ())
    }
}
