//! Values: scalars of one token, arrays with their items, inline tables.

use super::state::{ParseResult, ParseStop, ParsedValue, Parser};
use crate::server::cava_toml::reason::{Inside, Reason};
use crate::server::cava_toml::tables::{EMPTY, Shape, TableId};
use crate::server::cava_toml::token::{KEY, TokenKind, TokenKinds, VALUE};
use crate::server::cava_toml::value;
use crate::server::cava_toml::value_type::Type;
use crate::source::{MAX_NESTING, Span};

const AFTER_ITEM: TokenKinds = TokenKinds::of(&[TokenKind::Comma, TokenKind::LineBreak, TokenKind::ArrayClose]);
const AFTER_ITEMS: TokenKinds = TokenKinds::of(&[TokenKind::LineBreak, TokenKind::ArrayClose]);
const IN_ARRAY: TokenKinds = VALUE.and(AFTER_ITEMS);
const AFTER_PAIR: TokenKinds = TokenKinds::of(&[TokenKind::Comma, TokenKind::InlineClose]);

/// What the items of an array have in common so far.
struct Items {
    type_: Option<Type>,
    tables: Vec<TableId>,
}

impl Parser<'_> {
    pub(super) fn value(&mut self, after: TokenKinds) -> ParseResult<ParsedValue> {
        let kind = self.choose(VALUE, Inside::Value)?;
        let type_ = match kind {
            TokenKind::Quote => {
                self.basic(&mut Vec::new())?;
                Type::String
            }
            TokenKind::TripleQuote => {
                self.basic_lines()?;
                Type::String
            }
            TokenKind::Apostrophe => {
                self.literal(after, &mut Vec::new())?;
                Type::String
            }
            TokenKind::TripleApostrophe => {
                self.literal_lines(after)?;
                Type::String
            }
            TokenKind::ArrayOpen | TokenKind::InlineOpen => return self.nested(kind, after),
            TokenKind::DateDigits => self.date_or_time(after)?,
            _ => self.scalar(kind),
        };
        Ok(ParsedValue::plain(type_))
    }

    /// A value of one token.
    fn scalar(&mut self, kind: TokenKind) -> Type {
        let token = self.bump();
        let written = self.written(token);
        let (type_, checked) = match kind {
            TokenKind::Decimal => (Type::Integer, value::integer(written, 0, 10)),
            TokenKind::Hexadecimal => (Type::Integer, value::integer(written, 2, 16)),
            TokenKind::Octal => (Type::Integer, value::integer(written, 2, 8)),
            TokenKind::Binary => (Type::Integer, value::integer(written, 2, 2)),
            TokenKind::Float => (Type::Float, value::float(written)),
            TokenKind::Infinity | TokenKind::NotANumber => (Type::Float, Ok(())),
            _ => (Type::Boolean, Ok(())),
        };
        self.check(token, checked);
        type_
    }

    fn nested(&mut self, kind: TokenKind, after: TokenKinds) -> ParseResult<ParsedValue> {
        if self.depth == MAX_NESTING {
            return Err(ParseStop::TooDeep(Self::span(self.token(0))));
        }
        self.depth += 1;
        let value = if kind == TokenKind::ArrayOpen { self.array(after) } else { self.inline(after) };
        self.depth -= 1;
        value
    }

    fn array(&mut self, after: TokenKinds) -> ParseResult<ParsedValue> {
        self.bump();
        let mut items = Items { type_: None, tables: Vec::new() };
        self.choose(IN_ARRAY, Inside::Array)?;
        match self.beyond_line_breaks(0) {
            (_, kind) if VALUE.contains(kind) => self.items(&mut items)?,
            (_, TokenKind::ArrayClose) => {}
            (ahead, _) => return self.stop(ahead, IN_ARRAY, Inside::Array),
        }
        while self.choose(AFTER_ITEMS, Inside::Array)? == TokenKind::LineBreak {
            self.bump();
        }
        self.expect(TokenKind::ArrayClose, after, Inside::Array)?;
        Ok(ParsedValue { type_: Type::Array, shape: Shape::Array { literal: true, tables: items.tables } })
    }

    /// The items, with the commas between and after them.
    fn items(&mut self, items: &mut Items) -> ParseResult<()> {
        loop {
            self.item(items)?;
            self.option(TokenKinds::of(&[TokenKind::Comma]), AFTER_ITEM);
            let another = self.kind(0) == TokenKind::Comma && VALUE.contains(self.beyond_line_breaks(1).1);
            if another {
                self.bump();
            } else if self.choose(AFTER_ITEM, Inside::Array)? == TokenKind::Comma {
                self.bump();
                return Ok(());
            } else {
                return Ok(());
            }
        }
    }

    fn item(&mut self, items: &mut Items) -> ParseResult<()> {
        // The server logs the position of the line breaks before an item.
        let logged_at = self.token(0).start();
        while self.kind(0) == TokenKind::LineBreak {
            self.bump();
        }
        let start = self.token(0).start();
        let value = self.value(AFTER_ITEM)?;
        match value.shape {
            Shape::Table(table) => items.tables.push(table),
            Shape::Array { tables, .. } => items.tables.extend(tables),
            Shape::Plain => {}
        }
        let containing = *items.type_.get_or_insert(value.type_);
        if containing != value.type_ && self.thrown.is_none() {
            let end = self.tokens[self.at - 1].end();
            let (added, first) = (value.type_.as_str(), containing.as_str());
            let message = format!("Cannot add a {added} to an array containing {first}s");
            let reason = Reason::MixedArray { containing, added: value.type_ };
            self.thrown = Some(self.rejection(Span::new(start, end), logged_at, reason, message));
        }
        Ok(())
    }

    /// The first token from `ahead` on that is not a line break: how far ahead it is, and its kind.
    fn beyond_line_breaks(&self, ahead: usize) -> (usize, TokenKind) {
        let mut ahead = ahead;
        while self.kind(ahead) == TokenKind::LineBreak {
            ahead += 1;
        }
        (ahead, self.kind(ahead))
    }

    fn inline(&mut self, after: TokenKinds) -> ParseResult<ParsedValue> {
        self.bump();
        let mut table = EMPTY;
        if self.choose(KEY.and(TokenKinds::of(&[TokenKind::InlineClose])), Inside::Inline)? != TokenKind::InlineClose {
            table = self.tables.create();
            loop {
                self.pair(table, AFTER_PAIR)?;
                if !self.option(TokenKinds::of(&[TokenKind::Comma]), AFTER_PAIR) {
                    break;
                }
                self.bump();
                self.choose(KEY, Inside::Inline)?;
            }
        }
        self.expect(TokenKind::InlineClose, after, Inside::Inline)?;
        Ok(ParsedValue { type_: Type::Table, shape: Shape::Table(table) })
    }
}
