//! The lines of a document: headers, keys with their values, and what they define.

use super::state::{DOT, ParseResult, Parser};
use crate::server::cava_toml::reason::{Inside, Reason};
use crate::server::cava_toml::tables::{Name, TableId};
use crate::server::cava_toml::token::{KEY, TokenKind, TokenKinds, VALUE};
use crate::source::Span;

const LINE_END: TokenKinds = TokenKinds::of(&[TokenKind::LineBreak, TokenKind::End]);
const EXPRESSION: TokenKinds = KEY.and(TokenKinds::of(&[TokenKind::HeaderOpen, TokenKind::ElementOpen]));

impl Parser<'_> {
    pub(super) fn document(&mut self) -> ParseResult<()> {
        while self.choose(EXPRESSION.and(LINE_END), Inside::Line)? == TokenKind::LineBreak {
            self.bump();
        }
        while self.kind(0) != TokenKind::End {
            self.expression()?;
            self.choose(LINE_END, Inside::Line)?;
            while self.kind(0) == TokenKind::LineBreak {
                self.bump();
            }
            // The server looks past the line breaks before it takes them.
            if !EXPRESSION.contains(self.kind(0)) && self.kind(0) != TokenKind::End {
                return self.stop(0, LINE_END, Inside::Line);
            }
        }
        Ok(())
    }

    fn expression(&mut self) -> ParseResult<()> {
        match self.choose(EXPRESSION, Inside::Line)? {
            TokenKind::HeaderOpen => self.header(TokenKind::HeaderClose),
            TokenKind::ElementOpen => self.header(TokenKind::ElementClose),
            _ => self.pair(self.current, LINE_END),
        }
    }

    fn header(&mut self, close: TokenKind) -> ParseResult<()> {
        let open = self.bump();
        let is_empty = self.choose(KEY.and(TokenKinds::of(&[close])), Inside::Header)? == close;
        let path = if is_empty { Vec::new() } else { self.key(TokenKinds::of(&[close]), Inside::Header)? };
        let end = self.expect(close, LINE_END, Inside::Header)?.end();
        let span = Span::new(open.start(), end);
        if self.thrown.is_some() {
            // The server does not catch an error in the key of a header, and reports nothing else.
            if !self.aborted {
                self.rejections.clear();
            }
            self.settle(None);
            self.aborted = true;
            return Ok(());
        }
        if is_empty {
            let rejection = self.rejection(span, span.start, Reason::EmptyHeader, "Empty table key".to_owned());
            self.settle(Some(rejection));
            return Ok(());
        }
        let defined = match close {
            TokenKind::HeaderClose => self.tables.define_table(&path, span.start),
            _ => self.tables.define_element(&path, span.start),
        };
        match defined {
            Ok(table) => self.current = table,
            Err(rejected) => self.settle(Some(self.clash(&rejected, &path, span))),
        }
        Ok(())
    }

    /// Takes `key = value` into `table`; one of `after` must follow. Inside an inline table an error stays thrown.
    pub(super) fn pair(&mut self, table: TableId, after: TokenKinds) -> ParseResult<()> {
        let start = self.token(0).start();
        let path = self.key(TokenKinds::of(&[TokenKind::Equals]), Inside::Key)?;
        let end = self.token(0).start();
        self.expect(TokenKind::Equals, VALUE, Inside::Key)?;
        let value = self.value(after)?;
        let mut clash = None;
        if self.thrown.is_none() && !self.aborted {
            let set = self.tables.set(table, &path, value.shape, start);
            let key = self.text.get(start..end).unwrap_or_default().trim_end();
            clash = set.err().map(|rejected| self.clash(&rejected, &path, Span::new(start, start + key.len())));
        }
        if self.depth == 0 {
            self.nested_date = false;
            self.settle(clash);
        } else if let Some(clash) = clash {
            self.thrown.get_or_insert(clash);
        }
        Ok(())
    }

    fn key(&mut self, close: TokenKinds, inside: Inside) -> ParseResult<Vec<Name>> {
        let mut path = Vec::with_capacity(1);
        loop {
            path.push(self.segment(DOT.and(close), inside)?);
            if !self.option(DOT, DOT.and(close)) {
                return Ok(path);
            }
            self.bump();
        }
    }

    fn segment(&mut self, after: TokenKinds, inside: Inside) -> ParseResult<Name> {
        let mut name = Vec::new();
        match self.choose(KEY, inside)? {
            TokenKind::Quote => self.basic(&mut name)?,
            TokenKind::Apostrophe => self.literal(after, &mut name)?,
            _ => {
                let token = self.bump();
                name.extend(self.written(token).bytes().map(u16::from));
            }
        }
        Ok(name.into_boxed_slice())
    }
}
