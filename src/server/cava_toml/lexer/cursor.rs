//! The position of the lexer in a text, its modes, and the tokens found so far.

use crate::server::cava_toml::effort::spend;
use crate::server::cava_toml::token::{Token, TokenKind};

/// The modes of the lexer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Keys and headers.
    Line,
    Value,
    Basic,
    BasicLines,
    Literal,
    LiteralLines,
    /// Inside a date or a time. It ends at a blank, a line break or a comma, but not at a bracket.
    Date,
    Inline,
}

/// What the lexer made of a text.
#[derive(Debug)]
pub(crate) struct LexedText {
    /// The tokens without blanks and comments; the last one is the end of the text.
    pub tokens: Vec<Token>,
    /// Tabs in basic strings that were accepted although the server rejects them, string by string.
    pub tabs: Vec<Vec<usize>>,
}

/// Reads a text token by token.
pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) mode: Mode,
    /// The modes to return to.
    outer: Vec<Mode>,
    /// How many arrays are open in the innermost inline table, or in the line. Unmatched closing brackets make it negative.
    pub(super) depth: i64,
    /// The same for the surrounding inline tables.
    pub(super) depths: Vec<i64>,
    pub(super) forgives_tabs: bool,
    /// Whether the current string contains a tab.
    pub(super) has_tabs: bool,
    /// The end of the last run of digits at the beginning of a value.
    digits_end: usize,
    pub(super) found: LexedText,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `text`; with `forgives_tabs` it accepts tabs in basic strings.
    pub(super) fn new(text: &'a str, forgives_tabs: bool) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            mode: Mode::Line,
            outer: Vec::new(),
            depth: 0,
            depths: Vec::new(),
            forgives_tabs,
            has_tabs: false,
            digits_end: 0,
            // Dense files have about one token per four bytes.
            found: LexedText { tokens: Vec::with_capacity(text.len() / 4 + 1), tabs: Vec::new() },
        }
    }

    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn push(&mut self, kind: TokenKind, len: usize) {
        self.found.tokens.push(Token::new(kind, self.at, self.at + len));
        self.at += len;
    }

    /// The number of digits here. Each run is measured only once, however many values its digits become.
    pub(super) fn digits(&mut self) -> usize {
        if self.digits_end <= self.at {
            self.digits_end = self.at + self.run(|byte| byte.is_ascii_digit());
        }
        self.digits_end - self.at
    }

    pub(super) fn enter(&mut self, mode: Mode) {
        self.outer.push(self.mode);
        self.mode = mode;
    }

    /// Returns to the surrounding mode. The outermost one is never left.
    pub(super) fn leave(&mut self) {
        self.has_tabs = false;
        self.mode = self.outer.pop().unwrap_or(Mode::Line);
    }

    pub(super) fn stray(&mut self) {
        let len = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        self.push(TokenKind::Stray, len);
    }

    pub(super) fn stray_and_leave(&mut self) {
        self.stray();
        self.leave();
    }

    /// The length of the line break here, 0 if there is none. A carriage return alone is not one.
    pub(super) fn line_break(&self) -> usize {
        line_break_at(self.bytes, self.at)
    }

    pub(super) fn blanks(&self) -> usize {
        self.run(|byte| matches!(byte, b' ' | b'\t'))
    }

    pub(super) fn run(&self, takes: impl Fn(u8) -> bool) -> usize {
        let length = self.rest().iter().take_while(|byte| takes(**byte)).count();
        spend(length);
        length
    }

    /// Skips blanks, or a comment with a carriage return at its end. Returns whether it was a comment, `None` if there was neither.
    pub(super) fn pass_blanks_or_comment(&mut self) -> Option<bool> {
        match self.bytes[self.at] {
            b' ' | b'\t' => {
                self.at += self.blanks();
                Some(false)
            }
            b'#' => {
                self.at += self.run(|byte| byte != b'\n');
                Some(true)
            }
            _ => None,
        }
    }
}

pub(super) fn line_break_at(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\n', ..]) => 1,
        Some([b'\r', b'\n', ..]) => 2,
        _ => 0,
    }
}

/// Whether a basic string accepts the byte: no control characters, not even a tab.
pub(super) fn is_character(byte: u8) -> bool {
    byte >= 0x20 && byte != 0x7f
}

pub(super) fn is_literal_character(byte: u8) -> bool {
    is_character(byte) || byte == b'\t'
}
