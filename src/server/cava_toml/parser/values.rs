//! Values: scalars of one token, arrays with their items, inline tables.

use super::state::{ParseResult, ParseStop, ParsedValue, Parser};
use crate::server::cava_toml::reason::{Inside, Reason};
use crate::server::cava_toml::tables::{EMPTY, Shape, TableId};
use crate::server::cava_toml::token::{KEY, Kind, Kinds, VALUE};
use crate::server::cava_toml::value;
use crate::server::cava_toml::value_type::Type;
use crate::source::{MAX_NESTING, Span};

const AFTER_ITEM: Kinds = Kinds::of(&[Kind::Comma, Kind::LineBreak, Kind::ArrayClose]);
const AFTER_ITEMS: Kinds = Kinds::of(&[Kind::LineBreak, Kind::ArrayClose]);
const IN_ARRAY: Kinds = VALUE.and(AFTER_ITEMS);
const AFTER_PAIR: Kinds = Kinds::of(&[Kind::Comma, Kind::InlineClose]);

/// What the items of an array have in common so far.
struct Items {
    type_: Option<Type>,
    tables: Vec<TableId>,
}

impl Parser<'_> {
    pub(super) fn value(&mut self, after: Kinds) -> ParseResult<ParsedValue> {
        let kind = self.choose(VALUE, Inside::Value)?;
        let type_ = match kind {
            Kind::Quote => {
                self.basic(&mut Vec::new())?;
                Type::String
            }
            Kind::TripleQuote => {
                self.basic_lines()?;
                Type::String
            }
            Kind::Apostrophe => {
                self.literal(after, &mut Vec::new())?;
                Type::String
            }
            Kind::TripleApostrophe => {
                self.literal_lines(after)?;
                Type::String
            }
            Kind::ArrayOpen | Kind::InlineOpen => return self.nested(kind, after),
            Kind::DateDigits => self.date_or_time(after)?,
            _ => self.scalar(kind),
        };
        Ok(ParsedValue::plain(type_))
    }

    /// A value of one token.
    fn scalar(&mut self, kind: Kind) -> Type {
        let token = self.bump();
        let written = self.written(token);
        let (type_, checked) = match kind {
            Kind::Decimal => (Type::Integer, value::integer(written, 0, 10)),
            Kind::Hexadecimal => (Type::Integer, value::integer(written, 2, 16)),
            Kind::Octal => (Type::Integer, value::integer(written, 2, 8)),
            Kind::Binary => (Type::Integer, value::integer(written, 2, 2)),
            Kind::Float => (Type::Float, value::float(written)),
            Kind::Infinity | Kind::NotANumber => (Type::Float, Ok(())),
            _ => (Type::Boolean, Ok(())),
        };
        self.check(token, checked);
        type_
    }

    fn nested(&mut self, kind: Kind, after: Kinds) -> ParseResult<ParsedValue> {
        if self.depth == MAX_NESTING {
            return Err(ParseStop::TooDeep(Self::span(self.token(0))));
        }
        self.depth += 1;
        let value = if kind == Kind::ArrayOpen { self.array(after) } else { self.inline(after) };
        self.depth -= 1;
        value
    }

    fn array(&mut self, after: Kinds) -> ParseResult<ParsedValue> {
        self.bump();
        let mut items = Items { type_: None, tables: Vec::new() };
        self.choose(IN_ARRAY, Inside::Array)?;
        match self.beyond_line_breaks(0) {
            (_, kind) if VALUE.contains(kind) => self.items(&mut items)?,
            (_, Kind::ArrayClose) => {}
            (ahead, _) => return self.stop(ahead, IN_ARRAY, Inside::Array),
        }
        while self.choose(AFTER_ITEMS, Inside::Array)? == Kind::LineBreak {
            self.bump();
        }
        self.expect(Kind::ArrayClose, after, Inside::Array)?;
        Ok(ParsedValue { type_: Type::Array, shape: Shape::Array { literal: true, tables: items.tables } })
    }

    /// The items, with the commas between and after them.
    fn items(&mut self, items: &mut Items) -> ParseResult<()> {
        loop {
            self.item(items)?;
            self.option(Kinds::of(&[Kind::Comma]), AFTER_ITEM);
            let another = self.kind(0) == Kind::Comma && VALUE.contains(self.beyond_line_breaks(1).1);
            if another {
                self.bump();
            } else if self.choose(AFTER_ITEM, Inside::Array)? == Kind::Comma {
                self.bump();
                return Ok(());
            } else {
                return Ok(());
            }
        }
    }

    fn item(&mut self, items: &mut Items) -> ParseResult<()> {
        // The server logs the position of the line breaks before an item.
        let logged_at = self.token(0).start;
        while self.kind(0) == Kind::LineBreak {
            self.bump();
        }
        let start = self.token(0).start;
        let value = self.value(AFTER_ITEM)?;
        match value.shape {
            Shape::Table(table) => items.tables.push(table),
            Shape::Array { tables, .. } => items.tables.extend(tables),
            Shape::Plain => {}
        }
        let containing = *items.type_.get_or_insert(value.type_);
        if containing != value.type_ && self.thrown.is_none() {
            let end = self.tokens[self.at - 1].end;
            let (added, first) = (value.type_.as_str(), containing.as_str());
            let message = format!("Cannot add a {added} to an array containing {first}s");
            let reason = Reason::MixedArray { containing, added: value.type_ };
            self.thrown = Some(self.rejection(Span::new(start, end), logged_at, reason, message));
        }
        Ok(())
    }

    /// The first token from `ahead` on that is not a line break: how far ahead it is, and its kind.
    fn beyond_line_breaks(&self, ahead: usize) -> (usize, Kind) {
        let mut ahead = ahead;
        while self.kind(ahead) == Kind::LineBreak {
            ahead += 1;
        }
        (ahead, self.kind(ahead))
    }

    fn inline(&mut self, after: Kinds) -> ParseResult<ParsedValue> {
        self.bump();
        let mut table = EMPTY;
        if self.choose(KEY.and(Kinds::of(&[Kind::InlineClose])), Inside::Inline)? != Kind::InlineClose {
            table = self.tables.create();
            loop {
                self.pair(table, AFTER_PAIR)?;
                if !self.option(Kinds::of(&[Kind::Comma]), AFTER_PAIR) {
                    break;
                }
                self.bump();
                self.choose(KEY, Inside::Inline)?;
            }
        }
        self.expect(Kind::InlineClose, after, Inside::Inline)?;
        Ok(ParsedValue { type_: Type::Table, shape: Shape::Table(table) })
    }
}
