//! Lines and inline tables: keys, headers, punctuation.

use super::cursor::{Lexer, Mode};
use crate::server::cava_toml::token::TokenKind;
use crate::source::key::is_bare_byte;

impl Lexer<'_> {
    /// A part of a key, in a line or an inline table. `false` if there is none here.
    fn step_key(&mut self) -> bool {
        match self.bytes[self.at] {
            b'.' => self.push(TokenKind::Dot, 1),
            b'"' => {
                self.push(TokenKind::Quote, 1);
                self.enter(Mode::Basic);
            }
            b'\'' => {
                self.push(TokenKind::Apostrophe, 1);
                self.enter(Mode::Literal);
            }
            byte if is_bare_byte(byte) => self.push(TokenKind::BareKey, self.run(is_bare_byte)),
            _ => return false,
        }
        true
    }

    pub(super) fn step_line(&mut self) {
        if self.pass_blanks_or_comment().is_some() || self.step_key() {
            return;
        }
        let doubled = self.bytes.get(self.at + 1) == Some(&self.bytes[self.at]);
        match (self.bytes[self.at], self.line_break()) {
            (b'=', _) => {
                self.depths.clear();
                self.depth = 0;
                self.push(TokenKind::Equals, 1);
                self.enter(Mode::Value);
            }
            (b'[', _) if doubled => self.push(TokenKind::ElementOpen, 2),
            (b'[', _) => self.push(TokenKind::HeaderOpen, 1),
            (b']', _) if doubled => self.push(TokenKind::ElementClose, 2),
            (b']', _) => self.push(TokenKind::HeaderClose, 1),
            (_, 0) => self.stray(),
            (_, len) => self.push(TokenKind::LineBreak, len),
        }
    }

    pub(super) fn step_inline(&mut self) {
        match self.pass_blanks_or_comment() {
            Some(was_comment) => {
                if was_comment {
                    self.leave();
                }
                return;
            }
            None if self.step_key() => return,
            None => {}
        }
        match (self.bytes[self.at], self.line_break()) {
            (b'}', _) => {
                self.depth = self.depths.pop().unwrap_or(0);
                self.push(TokenKind::InlineClose, 1);
                self.leave();
            }
            (b'=', _) => {
                self.push(TokenKind::Equals, 1);
                self.enter(Mode::Value);
            }
            (b',', _) => self.push(TokenKind::Comma, 1),
            (_, 0) => self.stray_and_leave(),
            (_, len) => {
                self.push(TokenKind::LineBreak, len);
                self.leave();
            }
        }
    }
}
