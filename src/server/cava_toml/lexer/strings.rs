//! Strings of all four kinds.

use super::cursor::{Lexer, is_character, is_literal_character, line_break_at};
use crate::server::cava_toml::token::TokenKind;

impl Lexer<'_> {
    pub(super) fn step_basic(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'"', _) => {
                self.push(TokenKind::Quote, 1);
                self.leave();
            }
            (b'\\', _) if !matches!(self.bytes.get(self.at + 1), None | Some(b'\n')) => {
                self.push(TokenKind::Escape, self.escape());
            }
            (_, len) if len > 0 => {
                self.push(TokenKind::LineBreak, len);
                self.leave();
            }
            (byte, _) if is_character(byte) && !matches!(byte, b'"' | b'\\') => {
                self.push(TokenKind::Characters, self.run(|byte| is_character(byte) && !matches!(byte, b'"' | b'\\')));
            }
            _ => self.not_in_string(),
        }
    }

    pub(super) fn step_basic_lines(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'"', _) if self.rest().starts_with(b"\"\"\"") => {
                self.push(TokenKind::TripleQuote, 3);
                self.leave();
            }
            (b'"', _) => self.push(TokenKind::Characters, 1),
            (b'\\', _) => {
                let blanks = self.rest()[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                match line_break_at(self.bytes, self.at + 1 + blanks) {
                    0 if self.at + 1 == self.bytes.len() => self.not_in_string(),
                    0 => self.push(TokenKind::Escape, self.escape()),
                    len => self.push(TokenKind::LineBreak, 1 + blanks + len),
                }
            }
            (_, len) if len > 0 => self.push(TokenKind::LineBreak, len),
            (byte, _) if is_character(byte) => {
                self.push(TokenKind::Characters, self.run(|byte| is_character(byte) && !matches!(byte, b'"' | b'\\')));
            }
            _ => self.not_in_string(),
        }
    }

    pub(super) fn step_literal(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'\'', _) => {
                self.push(TokenKind::Apostrophe, 1);
                self.leave();
            }
            (_, len) if len > 0 => {
                self.push(TokenKind::LineBreak, len);
                self.leave();
            }
            (byte, _) if is_literal_character(byte) => {
                self.push(TokenKind::Characters, self.run(|byte| is_literal_character(byte) && byte != b'\''));
            }
            _ => self.not_in_string(),
        }
    }

    pub(super) fn step_literal_lines(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'\'', _) if self.rest().starts_with(b"'''") => {
                self.push(TokenKind::TripleApostrophe, 3);
                self.leave();
            }
            (b'\'', _) => self.push(TokenKind::Characters, 1),
            (_, len) if len > 0 => self.push(TokenKind::LineBreak, len),
            (byte, _) if is_literal_character(byte) => {
                self.push(TokenKind::Characters, self.run(|byte| is_literal_character(byte) && byte != b'\''));
            }
            _ => self.not_in_string(),
        }
    }

    /// Ends the string at a character that it does not accept.
    fn not_in_string(&mut self) {
        if self.forgives_tabs && self.bytes[self.at] == b'\t' {
            if !std::mem::replace(&mut self.has_tabs, true) {
                self.found.tabs.push(Vec::new());
            }
            if let Some(string) = self.found.tabs.last_mut() {
                string.push(self.at);
            }
            self.push(TokenKind::Characters, 1);
        } else {
            self.stray_and_leave();
        }
    }

    /// The length of the escape here, whether or not the escape is known.
    fn escape(&self) -> usize {
        let has_digits = |count: usize| {
            let digits = self.rest().get(2..2 + count);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        match self.rest().get(1) {
            Some(b'u') if has_digits(4) => 6,
            Some(b'U') if has_digits(8) => 10,
            _ => 1 + self.text[self.at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
}
