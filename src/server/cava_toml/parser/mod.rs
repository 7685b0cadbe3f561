//! The grammar of the server's parser: its way of finding out that something does not fit, and what becomes of that. The parts of the grammar
//! stand in the files beside this one.
//!
//! It stops at the first token that does not fit, as the first message of the server has it. Definitions that clash are all found, for the
//! server goes on behind them.

mod dates;
mod lines;
mod strings;
mod values;

use super::effort::spend;
use super::messages::{self, Places};
use super::tables::{Held, Name, ROOT, Refused, TableId, Tables};
use super::token::{Kind, Kinds, Token};
use super::value::{Type, ValueRejection};
use super::{Inside, Reason, Rejection, Verdict};
use crate::source::Span;

/// More refusals than anyone reads.
const MAX_REFUSALS: usize = 100;

const DOT: Kinds = Kinds::of(&[Kind::Dot]);

/// Judges a text that was made into `tokens`.
pub(super) fn check(text: &str, tokens: &[Token]) -> Verdict {
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
    refusals: Vec<Rejection>,
    /// What is wrong with the value or key at hand, the first of it.
    thrown: Option<Rejection>,
    /// Whether a date or a time stood in an array or inline table of this line.
    nested_date: bool,
    /// An error that the server's parser does not catch ended it.
    aborted: bool,
    places: Places<'a>,
}

impl Parser<'_> {
    // Tokens and how the server expects them.

    fn token(&self, ahead: usize) -> Token {
        spend(1);
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

    fn unexpected(&self, number: usize, expected: Kinds, inside: Inside) -> Rejection {
        let token = self.tokens[number];
        let message = messages::unexpected(self.text, token, expected);
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
            // Behind the quotes that open a string, a token stands inside of it.
            Kind::TripleQuote | Kind::TripleApostrophe
                if is_direct && in_line && !matches!(inside, Inside::BasicLines | Inside::LiteralLines) =>
            {
                Reason::ExtraQuotes
            }
            Kind::Decimal | Kind::Float if is_direct && in_line && inside == Inside::Line => Reason::RestOfNumber,
            _ if self.nested_date && matches!(inside, Inside::Array | Inside::Inline) => Reason::BehindDate,
            Kind::LineBreak if inside == Inside::Array && self.written(token) == "," => Reason::CommaFirst,
            Kind::LineBreak if inside == Inside::Line => Reason::LostCount,
            Kind::ArrayClose if token.kind == Kind::Stray => Reason::LostCount,
            _ => Reason::Unexpected(inside),
        }
    }

    fn refusal(&self, span: Span, told_at: usize, reason: Reason, message: String) -> Rejection {
        let (line, column) = self.places.of(told_at);
        Rejection { span, line, column, message, reason, related: None }
    }

    /// What is wrong with a token of the value at hand.
    fn check<T>(&mut self, token: Token, judged: Result<T, ValueRejection>) -> Option<T> {
        match judged {
            Ok(value) => Some(value),
            Err((reason, message)) => {
                let refusal = self.refusal(Self::span(token), token.start, reason, message);
                self.thrown.get_or_insert(refusal);
                None
            }
        }
    }

    fn clash(&self, refused: &Refused, path: &[Name], span: Span) -> Rejection {
        let reached = &path[..refused.depth.min(path.len())];
        let message = messages::clash(refused.clash, reached, refused.first, &self.places);
        let refusal = self.refusal(span, span.start, Reason::Defined, message);
        Rejection { related: Some(self.line_from(refused.first)), ..refusal }
    }

    /// Hands over what is wrong with the definition at hand, if anything.
    fn settle(&mut self, clash: Option<Rejection>) {
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
}
