//! Values and dates.

use super::cursor::{Lexer, Mode, line_break_at};
use crate::server::cava_toml::number;
use crate::server::cava_toml::token::TokenKind;

impl Lexer<'_> {
    pub(super) fn step_value(&mut self) {
        if self.pass_blanks_or_comment().is_some() {
            return;
        }
        let digits = self.digits();
        if let Some((kind, len)) = number::scan(self.rest(), digits) {
            self.push(kind, len);
            if kind == TokenKind::DateDigits {
                self.mode = Mode::Date;
            } else {
                self.leave();
            }
            return;
        }
        match (self.bytes[self.at], self.line_break()) {
            (b'"', _) if self.rest().starts_with(b"\"\"\"") => self.open_lines(TokenKind::TripleQuote, Mode::BasicLines),
            (b'"', _) => {
                self.push(TokenKind::Quote, 1);
                self.mode = Mode::Basic;
            }
            (b'\'', _) if self.rest().starts_with(b"'''") => self.open_lines(TokenKind::TripleApostrophe, Mode::LiteralLines),
            (b'\'', _) => {
                self.push(TokenKind::Apostrophe, 1);
                self.mode = Mode::Literal;
            }
            (b'[', _) => {
                self.depth += 1;
                self.push(TokenKind::ArrayOpen, 1);
                self.enter(Mode::Value);
            }
            (b']', _) => {
                self.depth -= 1;
                self.push(TokenKind::ArrayClose, 1);
                self.leave();
            }
            (b',', _) if self.depth > 0 => {
                self.push(TokenKind::Comma, 1);
                self.enter(Mode::Value);
            }
            (b'{', _) => {
                self.depths.push(self.depth);
                self.depth = 0;
                self.push(TokenKind::InlineOpen, 1);
                self.mode = Mode::Inline;
            }
            (_, len) if len > 0 && self.depth >= 0 => {
                self.push(TokenKind::LineBreak, len);
                if self.depth == 0 {
                    self.leave();
                }
            }
            _ => self.stray_and_leave(),
        }
    }

    /// The quotes that open a multi-line string, which include the line break after them.
    fn open_lines(&mut self, kind: TokenKind, mode: Mode) {
        self.push(kind, 3 + line_break_at(self.bytes, self.at + 3));
        self.mode = mode;
    }

    pub(super) fn step_date(&mut self) {
        let digit_follows = self.rest().get(1).is_some_and(u8::is_ascii_digit);
        let kind = match self.bytes[self.at] {
            b'-' => Some(TokenKind::Dash),
            b'+' => Some(TokenKind::Plus),
            b':' => Some(TokenKind::Colon),
            b'.' => Some(TokenKind::Dot),
            b'Z' => Some(TokenKind::Zulu),
            b'T' | b't' => Some(TokenKind::TimeMark),
            b' ' if digit_follows => Some(TokenKind::TimeMark),
            _ => None,
        };
        if let Some(kind) = kind {
            self.push(kind, 1);
            return;
        }
        if self.pass_blanks_or_comment().is_some() {
            self.leave();
            return;
        }
        match (self.bytes[self.at], self.line_break()) {
            (byte, _) if byte.is_ascii_digit() => self.push(TokenKind::DateDigits, self.run(|byte| byte.is_ascii_digit())),
            (b',', _) => {
                self.push(TokenKind::Comma, 1);
                self.leave();
            }
            (_, 0) => self.stray_and_leave(),
            (_, len) => {
                self.push(TokenKind::LineBreak, len);
                self.leave();
            }
        }
    }
}
