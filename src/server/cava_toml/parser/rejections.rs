//! The rejections: their reasons, places and messages.

use super::state::Parser;
use crate::server::cava_toml::messages;
use crate::server::cava_toml::reason::{Inside, Reason};
use crate::server::cava_toml::tables::{Name, RejectedDefinition};
use crate::server::cava_toml::token::{Token, TokenKind, TokenKinds};
use crate::server::cava_toml::value::ValueRejection;
use crate::server::cava_toml::verdict::Rejection;
use crate::source::Span;

/// More rejections than anyone reads.
const MAX_REJECTIONS: usize = 100;

impl Parser<'_> {
    pub(super) fn unexpected(&self, number: usize, expected: TokenKinds, inside: Inside) -> Rejection {
        let token = self.tokens[number];
        let message = messages::unexpected(self.text, token, expected);
        let before = number.checked_sub(1).map(|before| self.tokens[before]);
        self.rejection(Self::span(token), token.start(), self.stumble(token, before, inside), message)
    }

    /// Why the parser stumbles over a token that is valid TOML.
    fn stumble(&self, token: Token, before: Option<Token>, inside: Inside) -> Reason {
        let Some(before) = before else { return Reason::Unexpected(inside) };
        let is_direct = before.end() == token.start();
        let in_line = token.kind != TokenKind::LineBreak && token.kind != TokenKind::End;
        match before.kind {
            TokenKind::DateDigits | TokenKind::Zulu if is_direct && in_line && inside != Inside::Date => Reason::AfterDate,
            // After the quotes that open a string, a token is inside of it.
            TokenKind::TripleQuote | TokenKind::TripleApostrophe
                if is_direct && in_line && !matches!(inside, Inside::BasicLines | Inside::LiteralLines) =>
            {
                Reason::ExtraQuotes
            }
            TokenKind::Decimal | TokenKind::Float if is_direct && in_line && inside == Inside::Line => Reason::RestOfNumber,
            _ if self.nested_date && matches!(inside, Inside::Array | Inside::Inline) => Reason::AfterDate,
            TokenKind::LineBreak if inside == Inside::Array && self.written(token) == "," => Reason::CommaFirst,
            TokenKind::LineBreak if inside == Inside::Line => Reason::LostCount,
            TokenKind::ArrayClose if token.kind == TokenKind::Stray => Reason::LostCount,
            _ => Reason::Unexpected(inside),
        }
    }

    pub(super) fn rejection(&self, span: Span, logged_at: usize, reason: Reason, message: String) -> Rejection {
        let (line, column) = self.positions.of(logged_at);
        Rejection { span, line, column, message, reason, related: None }
    }

    /// Records what is wrong with a token of the current value, if anything.
    pub(super) fn check<T>(&mut self, token: Token, checked: Result<T, ValueRejection>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err((reason, message)) => {
                let rejection = self.rejection(Self::span(token), token.start(), reason, message);
                self.thrown.get_or_insert(rejection);
                None
            }
        }
    }

    pub(super) fn clash(&self, rejected: &RejectedDefinition, path: &[Name], span: Span) -> Rejection {
        let reached = &path[..rejected.depth.min(path.len())];
        let message = messages::clash(rejected.clash, reached, rejected.first, &self.positions);
        let rejection = self.rejection(span, span.start, Reason::Defined, message);
        Rejection { related: Some(self.line_from(rejected.first)), ..rejection }
    }

    /// Ends the current definition, and records what is wrong with it, if anything.
    pub(super) fn settle(&mut self, clash: Option<Rejection>) {
        let rejection = self.thrown.take().or(clash);
        if let Some(rejection) = rejection
            && !self.aborted
            && self.rejections.len() < MAX_REJECTIONS
        {
            self.rejections.push(rejection);
        }
    }
}
