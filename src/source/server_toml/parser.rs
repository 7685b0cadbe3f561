//! The grammar of the server's parser, its way of finding out that something does not fit, and what it does with each definition.
//!
//! It stops at the first token that does not fit, as the first message of the server has it. Definitions that clash are all found, for the
//! server goes on behind them.

use super::tables::{EMPTY, Held, Name, ROOT, Refused, TableId, Tables};
use super::token::{KEY, Kind, Kinds, Token, VALUE};
use super::value::{self, Fault, Type};
use super::words::{self, Places};
use super::{Inside, Reason, Refusal, Verdict};
use crate::source::{MAX_NESTING, Span};

/// More refusals than anyone reads.
const MAX_REFUSALS: usize = 100;

const LINE_END: Kinds = Kinds::of(&[Kind::LineBreak, Kind::End]);
const EXPRESSION: Kinds = KEY.and(Kinds::of(&[Kind::HeaderOpen, Kind::ElementOpen]));
const AFTER_ITEM: Kinds = Kinds::of(&[Kind::Comma, Kind::LineBreak, Kind::ArrayClose]);
const AFTER_ITEMS: Kinds = Kinds::of(&[Kind::LineBreak, Kind::ArrayClose]);
const IN_ARRAY: Kinds = VALUE.and(AFTER_ITEMS);
const AFTER_PAIR: Kinds = Kinds::of(&[Kind::Comma, Kind::InlineClose]);
const DOT: Kinds = Kinds::of(&[Kind::Dot]);
const DIGITS: Kinds = Kinds::of(&[Kind::DateDigits]);
const COLON: Kinds = Kinds::of(&[Kind::Colon]);

/// Judges a text that was made into `tokens`.
pub(super) fn judge(text: &str, tokens: &[Token]) -> Verdict {
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        remembered: None,
        depth: 0,
        tables: Tables::new(),
        current: ROOT,
        refusals: Vec::new(),
        thrown: None,
        nested_date: false,
        aborted: false,
        places: Places::new(text),
    };
    match parser.document() {
        _ if parser.aborted => Verdict::Refused(parser.refusals),
        Err(Stop::TooDeep(span)) => Verdict::TooDeep(span),
        Err(Stop::Unexpected { token, expected, inside }) => {
            // The server reports what the grammar does not take before what clashes.
            let first = parser.unexpected(token, expected, inside);
            Verdict::Refused(std::iter::once(first).chain(parser.refusals).collect())
        }
        Ok(()) if !parser.refusals.is_empty() => Verdict::Refused(parser.refusals),
        Ok(()) => match parser.tables.endless() {
            Some(at) => Verdict::StackOverflow(parser.line_from(at)),
            None => Verdict::Accepted,
        },
    }
}

/// Why the grammar goes no further.
enum Stop {
    Unexpected { token: usize, expected: Kinds, inside: Inside },
    TooDeep(Span),
}

type Step<T> = Result<T, Stop>;

/// A value, as far as anything depends on it.
struct Value {
    type_: Type,
    held: Held,
}

impl Value {
    const fn plain(type_: Type) -> Self {
        Self { type_, held: Held::Plain }
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    /// What was expected where a part that may be left out was last left out. Where nothing can be made of a token later on, the server
    /// names this instead of what it expected there, until an optional part has been there again.
    remembered: Option<Kinds>,
    /// How many arrays and inline tables are open.
    depth: usize,
    tables: Tables,
    /// The table of the last header.
    current: TableId,
    refusals: Vec<Refusal>,
    /// What is wrong with the value or key at hand, the first of it.
    thrown: Option<Refusal>,
    /// Whether a date or a time stood in an array or inline table of this line.
    nested_date: bool,
    /// An error that the server's parser does not catch ended it.
    aborted: bool,
    places: Places<'a>,
}

impl Parser<'_> {
    // Tokens and how the server expects them.

    fn token(&self, ahead: usize) -> Token {
        // The last token is the end, and nothing stands behind it.
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    fn kind(&self, ahead: usize) -> Kind {
        self.token(ahead).kind
    }

    fn bump(&mut self) -> Token {
        let token = self.token(0);
        self.at += 1;
        token
    }

    fn stop<T>(&self, ahead: usize, expected: Kinds, inside: Inside) -> Step<T> {
        Err(Stop::Unexpected { token: (self.at + ahead).min(self.tokens.len() - 1), expected, inside })
    }

    /// One of `expected` must stand here, whatever the choice among them.
    fn choose(&mut self, expected: Kinds, inside: Inside) -> Step<Kind> {
        let kind = self.kind(0);
        if !expected.contains(kind) {
            return self.stop(0, expected, inside);
        }
        self.remembered = None;
        Ok(kind)
    }

    /// Whether the optional part stands here that begins with one of `kinds`; `expected` are all that may stand here.
    fn option(&mut self, kinds: Kinds, expected: Kinds) -> bool {
        let stands = kinds.contains(self.kind(0));
        if stands {
            self.remembered = None;
        } else {
            self.remembered.get_or_insert(expected);
        }
        stands
    }

    /// `kind` must stand here, and one of `after` behind it. The server names `kind` alone where leaving out the token that is here, or
    /// putting in the missing one, would do.
    fn expect(&mut self, kind: Kind, after: Kinds, inside: Inside) -> Step<Token> {
        if self.kind(0) == kind {
            return Ok(self.bump());
        }
        let alone = Kinds::of(&[kind]);
        let is_slip = self.kind(1) == kind || after.contains(self.kind(0));
        self.stop(0, if is_slip { alone } else { self.remembered.unwrap_or(alone) }, inside)
    }

    // Refusals.

    fn span(token: Token) -> Span {
        // The end of a line is a place, not what it consists of.
        if token.kind == Kind::LineBreak { Span::at(token.start) } else { Span::new(token.start, token.end) }
    }

    fn unexpected(&self, number: usize, expected: Kinds, inside: Inside) -> Refusal {
        let token = self.tokens[number];
        let message = words::unexpected(self.text, token, expected);
        let before = number.checked_sub(1).map(|before| self.tokens[before]);
        self.refusal(Self::span(token), token.start, self.stumble(token, before, inside), message)
    }

    /// What makes the parser stumble over a token that TOML takes.
    fn stumble(&self, token: Token, before: Option<Token>, inside: Inside) -> Reason {
        let Some(before) = before else { return Reason::Unexpected(inside) };
        let is_direct = before.end == token.start;
        let in_line = token.kind != Kind::LineBreak && token.kind != Kind::End;
        match before.kind {
            Kind::DateDigits | Kind::Zulu if is_direct && in_line && inside != Inside::Date => Reason::BehindDate,
            Kind::TripleQuote | Kind::TripleApostrophe if is_direct && in_line => Reason::ExtraQuotes,
            Kind::Decimal | Kind::Float if is_direct && in_line && inside == Inside::Line => Reason::RestOfNumber,
            _ if self.nested_date && matches!(inside, Inside::Array | Inside::Inline) => Reason::BehindDate,
            Kind::LineBreak if inside == Inside::Array && self.written(token) == "," => Reason::CommaFirst,
            Kind::LineBreak if inside == Inside::Line => Reason::LostCount,
            Kind::ArrayClose if token.kind == Kind::Stray => Reason::LostCount,
            _ => Reason::Unexpected(inside),
        }
    }

    fn refusal(&self, span: Span, told_at: usize, reason: Reason, message: String) -> Refusal {
        let (line, column) = self.places.of(told_at);
        Refusal { span, line, column, message, reason, related: None }
    }

    /// What is wrong with a token of the value at hand.
    fn check<T>(&mut self, token: Token, judged: Result<T, Fault>) -> Option<T> {
        match judged {
            Ok(value) => Some(value),
            Err((reason, message)) => {
                let refusal = self.refusal(Self::span(token), token.start, reason, message);
                self.thrown.get_or_insert(refusal);
                None
            }
        }
    }

    fn clash(&self, refused: &Refused, path: &[Name], span: Span) -> Refusal {
        let reached = &path[..refused.depth.min(path.len())];
        let message = words::clash(refused.clash, reached, refused.first, &self.places);
        let refusal = self.refusal(span, span.start, Reason::Defined, message);
        Refusal { related: Some(self.line_from(refused.first)), ..refusal }
    }

    /// Hands over what is wrong with the definition at hand, if anything.
    fn settle(&mut self, clash: Option<Refusal>) {
        let refusal = self.thrown.take().or(clash);
        if let Some(refusal) = refusal
            && !self.aborted
            && self.refusals.len() < MAX_REFUSALS
        {
            self.refusals.push(refusal);
        }
    }

    /// From a byte to the end of what its line says.
    fn line_from(&self, start: usize) -> Span {
        let rest = self.text[start..].split(['\n', '#']).next().unwrap_or_default();
        // A header ends with its brackets, a key before its equals sign.
        let said = rest.split('=').next().unwrap_or_default().trim_end();
        Span::new(start, start + said.len())
    }

    fn written(&self, token: Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    // Lines.

    fn document(&mut self) -> Step<()> {
        while self.choose(EXPRESSION.and(LINE_END), Inside::Line)? == Kind::LineBreak {
            self.bump();
        }
        while self.kind(0) != Kind::End {
            self.expression()?;
            self.choose(LINE_END, Inside::Line)?;
            while self.kind(0) == Kind::LineBreak {
                self.bump();
            }
            // The server looks beyond the line breaks before it takes them.
            if !EXPRESSION.contains(self.kind(0)) && self.kind(0) != Kind::End {
                return self.stop(0, LINE_END, Inside::Line);
            }
        }
        Ok(())
    }

    fn expression(&mut self) -> Step<()> {
        match self.choose(EXPRESSION, Inside::Line)? {
            Kind::HeaderOpen => self.header(Kind::HeaderClose),
            Kind::ElementOpen => self.header(Kind::ElementClose),
            _ => self.pair(self.current, LINE_END),
        }
    }

    fn header(&mut self, close: Kind) -> Step<()> {
        let open = self.bump();
        let is_empty = self.choose(KEY.and(Kinds::of(&[close])), Inside::Header)? == close;
        let path = if is_empty { Vec::new() } else { self.key(Kinds::of(&[close]), Inside::Header)? };
        let end = self.expect(close, LINE_END, Inside::Header)?.end;
        let span = Span::new(open.start, end);
        if self.thrown.is_some() {
            // A fault in the key of a header is not caught: nothing else is reported.
            if !self.aborted {
                self.refusals.clear();
            }
            self.settle(None);
            self.aborted = true;
            return Ok(());
        }
        if is_empty {
            let refusal = self.refusal(span, span.start, Reason::EmptyHeader, "Empty table key".to_owned());
            self.settle(Some(refusal));
            return Ok(());
        }
        let defined = match close {
            Kind::HeaderClose => self.tables.define_table(&path, span.start),
            _ => self.tables.define_element(&path, span.start),
        };
        match defined {
            Ok(table) => self.current = table,
            Err(refused) => self.settle(Some(self.clash(&refused, &path, span))),
        }
        Ok(())
    }

    /// `key = value` into `table`, behind which one of `after` must stand. A fault stays thrown within an inline table.
    fn pair(&mut self, table: TableId, after: Kinds) -> Step<()> {
        let start = self.token(0).start;
        let path = self.key(Kinds::of(&[Kind::Equals]), Inside::Key)?;
        let end = self.token(0).start;
        self.expect(Kind::Equals, VALUE, Inside::Key)?;
        let value = self.value(after)?;
        let mut clash = None;
        if self.thrown.is_none() && !self.aborted {
            let set = self.tables.set(table, &path, value.held, start);
            let key = self.text.get(start..end).unwrap_or_default().trim_end();
            clash = set.err().map(|refused| self.clash(&refused, &path, Span::new(start, start + key.len())));
        }
        if self.depth == 0 {
            self.nested_date = false;
            self.settle(clash);
        } else if let Some(clash) = clash {
            self.thrown.get_or_insert(clash);
        }
        Ok(())
    }

    // Keys.

    fn key(&mut self, close: Kinds, inside: Inside) -> Step<Vec<Name>> {
        let mut path = Vec::with_capacity(1);
        loop {
            path.push(self.segment(DOT.and(close), inside)?);
            if !self.option(DOT, DOT.and(close)) {
                return Ok(path);
            }
            self.bump();
        }
    }

    fn segment(&mut self, after: Kinds, inside: Inside) -> Step<Name> {
        let mut name = Vec::new();
        match self.choose(KEY, inside)? {
            Kind::Quote => self.basic(&mut name)?,
            Kind::Apostrophe => self.literal(after, &mut name)?,
            _ => {
                let token = self.bump();
                name.extend(self.written(token).bytes().map(u16::from));
            }
        }
        Ok(name.into_boxed_slice())
    }

    // Strings. What they hold counts only in keys, what is wrong with it everywhere.

    fn basic(&mut self, held: &mut Vec<u16>) -> Step<()> {
        self.bump();
        let expected = Kinds::of(&[Kind::Characters, Kind::Escape, Kind::Quote]);
        while self.choose(expected, Inside::Basic)? != Kind::Quote {
            self.characters(held);
        }
        self.bump();
        Ok(())
    }

    fn basic_lines(&mut self) -> Step<()> {
        self.bump();
        let expected = Kinds::of(&[Kind::Characters, Kind::Escape, Kind::LineBreak, Kind::TripleQuote]);
        while self.choose(expected, Inside::BasicLines)? != Kind::TripleQuote {
            self.characters(&mut Vec::new());
        }
        self.bump();
        Ok(())
    }

    fn characters(&mut self, held: &mut Vec<u16>) {
        let token = self.bump();
        if token.kind == Kind::Escape {
            let units = value::escape(self.written(token));
            held.extend(self.check(token, units).unwrap_or_default());
        } else {
            held.extend(self.written(token).encode_utf16());
        }
    }

    fn literal(&mut self, after: Kinds, held: &mut Vec<u16>) -> Step<()> {
        self.bump();
        while self.option(Kinds::of(&[Kind::Characters]), Kinds::of(&[Kind::Characters, Kind::Apostrophe])) {
            let token = self.bump();
            held.extend(self.written(token).encode_utf16());
        }
        self.expect(Kind::Apostrophe, after, Inside::Literal).map(|_| ())
    }

    fn literal_lines(&mut self, after: Kinds) -> Step<()> {
        self.bump();
        let body = Kinds::of(&[Kind::Characters, Kind::LineBreak]);
        while self.option(body, body.and(Kinds::of(&[Kind::TripleApostrophe]))) {
            self.bump();
        }
        self.expect(Kind::TripleApostrophe, after, Inside::LiteralLines).map(|_| ())
    }

    // Values.

    fn value(&mut self, after: Kinds) -> Step<Value> {
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
        Ok(Value::plain(type_))
    }

    /// A value of one token.
    fn scalar(&mut self, kind: Kind) -> Type {
        let token = self.bump();
        let written = self.written(token);
        let (type_, judged) = match kind {
            Kind::Decimal => (Type::Integer, value::integer(written, 0, 10)),
            Kind::Hexadecimal => (Type::Integer, value::integer(written, 2, 16)),
            Kind::Octal => (Type::Integer, value::integer(written, 2, 8)),
            Kind::Binary => (Type::Integer, value::integer(written, 2, 2)),
            Kind::Float => (Type::Float, value::float(written)),
            Kind::Infinity | Kind::NotANumber => (Type::Float, Ok(())),
            _ => (Type::Boolean, Ok(())),
        };
        self.check(token, judged);
        type_
    }

    fn nested(&mut self, kind: Kind, after: Kinds) -> Step<Value> {
        if self.depth == MAX_NESTING {
            return Err(Stop::TooDeep(Self::span(self.token(0))));
        }
        self.depth += 1;
        let value = if kind == Kind::ArrayOpen { self.array(after) } else { self.inline(after) };
        self.depth -= 1;
        value
    }

    fn array(&mut self, after: Kinds) -> Step<Value> {
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
        Ok(Value { type_: Type::Array, held: Held::Array { literal: true, tables: items.tables } })
    }

    /// The items with the commas among them and behind them.
    fn items(&mut self, items: &mut Items) -> Step<()> {
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

    fn item(&mut self, items: &mut Items) -> Step<()> {
        // The server's place of an item is that of the line breaks before it.
        let told_at = self.token(0).start;
        while self.kind(0) == Kind::LineBreak {
            self.bump();
        }
        let start = self.token(0).start;
        let value = self.value(AFTER_ITEM)?;
        match value.held {
            Held::Table(table) => items.tables.push(table),
            Held::Array { tables, .. } => items.tables.extend(tables),
            Held::Plain => {}
        }
        let containing = *items.type_.get_or_insert(value.type_);
        if containing != value.type_ && self.thrown.is_none() {
            let end = self.tokens[self.at - 1].end;
            let (added, first) = (value.type_.as_str(), containing.as_str());
            let message = format!("Cannot add a {added} to an array containing {first}s");
            let reason = Reason::MixedArray { containing, added: value.type_ };
            self.thrown = Some(self.refusal(Span::new(start, end), told_at, reason, message));
        }
        Ok(())
    }

    /// The first token from `ahead` on that is no line break: how far ahead, and what it is.
    fn beyond_line_breaks(&self, ahead: usize) -> (usize, Kind) {
        let mut ahead = ahead;
        while self.kind(ahead) == Kind::LineBreak {
            ahead += 1;
        }
        (ahead, self.kind(ahead))
    }

    fn inline(&mut self, after: Kinds) -> Step<Value> {
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
        Ok(Value { type_: Type::Table, held: Held::Table(table) })
    }

    // Dates and times.

    /// The server looks ahead until it knows which of the four it is.
    fn date_or_time(&mut self, after: Kinds) -> Step<Type> {
        const DATE: [Kind; 5] = [Kind::DateDigits, Kind::Dash, Kind::DateDigits, Kind::Dash, Kind::DateDigits];
        const TIME: [Kind; 5] = [Kind::DateDigits, Kind::Colon, Kind::DateDigits, Kind::Colon, Kind::DateDigits];
        self.nested_date |= self.depth > 0;
        if self.kind(1) == Kind::Colon {
            self.time(after)?;
            return Ok(Type::LocalTime);
        }
        self.must_follow(0, &DATE)?;
        if self.kind(5) != Kind::TimeMark {
            self.date();
            return Ok(Type::LocalDate);
        }
        self.must_follow(6, &TIME)?;
        if self.kind(11) == Kind::Dot {
            self.must_follow(12, &[Kind::DateDigits])?;
        }
        let behind = self.kind(if self.kind(11) == Kind::Dot { 13 } else { 11 });
        self.date();
        self.bump();
        if !matches!(behind, Kind::Zulu | Kind::Plus | Kind::Dash) {
            self.time(after)?;
            return Ok(Type::LocalDateTime);
        }
        self.time(Kinds::of(&[Kind::Zulu, Kind::Plus, Kind::Dash]))?;
        self.offset(after)?;
        Ok(Type::OffsetDateTime)
    }

    fn must_follow(&self, ahead: usize, kinds: &[Kind]) -> Step<()> {
        match (ahead..).zip(kinds).find(|(ahead, kind)| self.kind(*ahead) != **kind) {
            Some((ahead, _)) => self.stop(ahead, DIGITS, Inside::Date),
            None => Ok(()),
        }
    }

    fn number<T>(&mut self, token: Token, judge: impl Fn(&str) -> Result<T, Fault>) -> Option<T> {
        let judged = judge(self.written(token));
        self.check(token, judged)
    }

    /// Five tokens that are known to be there.
    fn date(&mut self) {
        let [year, _, month, _, day] = [0; 5].map(|_| self.bump());
        let year = self.number(year, value::year);
        let month = self.number(month, value::month);
        if let (Some(year), Some(month)) = (year, month) {
            self.number(day, |day| value::day(day, year, month));
        }
    }

    fn time(&mut self, after: Kinds) -> Step<()> {
        let hour = self.expect(Kind::DateDigits, COLON, Inside::Date)?;
        self.number(hour, value::hour);
        self.expect(Kind::Colon, DIGITS, Inside::Date)?;
        let minute = self.expect(Kind::DateDigits, COLON, Inside::Date)?;
        self.number(minute, value::minute);
        self.expect(Kind::Colon, DIGITS, Inside::Date)?;
        let second = self.expect(Kind::DateDigits, DOT.and(after), Inside::Date)?;
        self.number(second, value::second);
        if self.option(DOT, DOT.and(after)) {
            self.bump();
            let fraction = self.expect(Kind::DateDigits, after, Inside::Date)?;
            self.number(fraction, value::fraction);
        }
        Ok(())
    }

    fn offset(&mut self, after: Kinds) -> Step<()> {
        let sign = self.bump();
        self.remembered = None;
        if sign.kind == Kind::Zulu {
            return Ok(());
        }
        let digits = self.expect(Kind::DateDigits, COLON, Inside::Date)?;
        let hours = self.number(Token { start: sign.start, ..digits }, value::offset_hours);
        self.expect(Kind::Colon, DIGITS, Inside::Date)?;
        let minutes = self.expect(Kind::DateDigits, after, Inside::Date)?;
        let Some(hours) = hours else { return Ok(()) };
        if let Err((fault, as_a_whole)) = value::offset_minutes(self.written(minutes), hours) {
            self.check(minutes, Err::<(), _>(fault));
            // The server counts back to where it believes the offset to begin.
            if let Some(refusal) = self.thrown.as_mut().filter(|_| as_a_whole) {
                refusal.column = refusal.column.saturating_sub(4);
            }
        }
        Ok(())
    }
}

/// What the items of an array have in common so far.
struct Items {
    type_: Option<Type>,
    tables: Vec<TableId>,
}
