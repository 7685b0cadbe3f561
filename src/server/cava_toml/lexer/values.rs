//! Values and dates.

use super::cursor::{Lexer, Mode, line_break_at};
use crate::server::cava_toml::number;
use crate::server::cava_toml::token::Kind;

impl Lexer<'_> {
    pub(super) fn step_value(&mut self) {
        if self.pass_blanks_or_comment().is_some() {
            return;
        }
        let digits = self.digits();
        if let Some((kind, len)) = number::scan(self.rest(), digits) {
            self.push(kind, len);
            if kind == Kind::DateDigits {
                self.mode = Mode::Date;
            } else {
                self.leave();
            }
            return;
        }
        match (self.bytes[self.at], self.line_break()) {
            (b'"', _) if self.rest().starts_with(b"\"\"\"") => self.open_lines(Kind::TripleQuote, Mode::BasicLines),
            (b'"', _) => {
                self.push(Kind::Quote, 1);
                self.mode = Mode::Basic;
            }
            (b'\'', _) if self.rest().starts_with(b"'''") => self.open_lines(Kind::TripleApostrophe, Mode::LiteralLines),
            (b'\'', _) => {
                self.push(Kind::Apostrophe, 1);
                self.mode = Mode::Literal;
            }
            (b'[', _) => {
                self.depth += 1;
                self.push(Kind::ArrayOpen, 1);
                self.enter(Mode::Value);
            }
            (b']', _) => {
                self.depth -= 1;
                self.push(Kind::ArrayClose, 1);
                self.leave();
            }
            (b',', _) if self.depth > 0 => {
                self.push(Kind::Comma, 1);
                self.enter(Mode::Value);
            }
            (b'{', _) => {
                self.depths.push(self.depth);
                self.depth = 0;
                self.push(Kind::InlineOpen, 1);
                self.mode = Mode::Inline;
            }
            (_, len) if len > 0 && self.depth >= 0 => {
                self.push(Kind::LineBreak, len);
                if self.depth == 0 {
                    self.leave();
                }
            }
            _ => self.stray_and_leave(),
        }
    }

    /// The quotes that open a multi-line string, which include the line break after them.
    fn open_lines(&mut self, kind: Kind, mode: Mode) {
        self.push(kind, 3 + line_break_at(self.bytes, self.at + 3));
        self.mode = mode;
    }

    pub(super) fn step_date(&mut self) {
        let digit_follows = self.rest().get(1).is_some_and(u8::is_ascii_digit);
        let kind = match self.bytes[self.at] {
            b'-' => Some(Kind::Dash),
            b'+' => Some(Kind::Plus),
            b':' => Some(Kind::Colon),
            b'.' => Some(Kind::Dot),
            b'Z' => Some(Kind::Zulu),
            b'T' | b't' => Some(Kind::TimeMark),
            b' ' if digit_follows => Some(Kind::TimeMark),
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
            (byte, _) if byte.is_ascii_digit() => self.push(Kind::DateDigits, self.run(|byte| byte.is_ascii_digit())),
            (b',', _) => {
                self.push(Kind::Comma, 1);
                self.leave();
            }
            (_, 0) => self.stray_and_leave(),
            (_, len) => {
                self.push(Kind::LineBreak, len);
                self.leave();
            }
        }
    }
}
