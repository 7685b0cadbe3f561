//! Strings of all four kinds. Their content matters only in keys, their errors everywhere.

use super::state::{ParseResult, Parser};
use crate::server::cava_toml::reason::Inside;
use crate::server::cava_toml::token::{Kind, Kinds};
use crate::server::cava_toml::value;

impl Parser<'_> {
    pub(super) fn basic(&mut self, content: &mut Vec<u16>) -> ParseResult<()> {
        self.bump();
        let expected = Kinds::of(&[Kind::Characters, Kind::Escape, Kind::Quote]);
        while self.choose(expected, Inside::Basic)? != Kind::Quote {
            self.characters(content);
        }
        self.bump();
        Ok(())
    }

    pub(super) fn basic_lines(&mut self) -> ParseResult<()> {
        self.bump();
        let expected = Kinds::of(&[Kind::Characters, Kind::Escape, Kind::LineBreak, Kind::TripleQuote]);
        while self.choose(expected, Inside::BasicLines)? != Kind::TripleQuote {
            self.characters(&mut Vec::new());
        }
        self.bump();
        Ok(())
    }

    fn characters(&mut self, content: &mut Vec<u16>) {
        let token = self.bump();
        if token.kind == Kind::Escape {
            let units = value::escape(self.written(token));
            content.extend(self.check(token, units).unwrap_or_default());
        } else {
            content.extend(self.written(token).encode_utf16());
        }
    }

    pub(super) fn literal(&mut self, after: Kinds, content: &mut Vec<u16>) -> ParseResult<()> {
        self.bump();
        while self.option(Kinds::of(&[Kind::Characters]), Kinds::of(&[Kind::Characters, Kind::Apostrophe])) {
            let token = self.bump();
            content.extend(self.written(token).encode_utf16());
        }
        self.expect(Kind::Apostrophe, after, Inside::Literal).map(|_| ())
    }

    pub(super) fn literal_lines(&mut self, after: Kinds) -> ParseResult<()> {
        self.bump();
        let body = Kinds::of(&[Kind::Characters, Kind::LineBreak]);
        while self.option(body, body.and(Kinds::of(&[Kind::TripleApostrophe]))) {
            self.bump();
        }
        self.expect(Kind::TripleApostrophe, after, Inside::LiteralLines).map(|_| ())
    }
}
