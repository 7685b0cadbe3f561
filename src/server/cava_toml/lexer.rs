//! From text to tokens, as the server's parser takes them: what a character is depends on the mode, and modes nest.

use super::effort::spend;
use super::number;
use super::token::{Kind, Token};

/// Where the lexer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Keys and headers.
    Line,
    Value,
    Basic,
    BasicLines,
    Literal,
    LiteralLines,
    /// Within a date or a time. It ends at a blank, a line break or a comma, but not at a bracket.
    Date,
    Inline,
}

/// What the lexer made of a text.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The tokens without blanks and comments; the last one is the end of the text.
    pub tokens: Vec<Token>,
    /// Tabs in basic strings that were taken for ordinary characters although the server refuses them, string by string.
    pub tabs: Vec<Vec<usize>>,
}

/// Reads `text` as the server does, but for tabs in basic strings where `forgives_tabs`.
pub(super) fn lex(text: &str, forgives_tabs: bool) -> Tokens {
    let mut lexer = Lexer {
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
        // Dense files have a token per four bytes or so.
        found: Tokens { tokens: Vec::with_capacity(text.len() / 4 + 1), tabs: Vec::new() },
    };
    while lexer.at < text.len() {
        lexer.step();
    }
    lexer.found.tokens.push(Token { kind: Kind::End, start: text.len(), end: text.len() });
    lexer.found
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    mode: Mode,
    /// The modes to return to.
    outer: Vec<Mode>,
    /// How many arrays are open in the innermost inline table, or in the line. Brackets that close nothing make it negative.
    depth: i64,
    /// The same of the inline tables around.
    depths: Vec<i64>,
    forgives_tabs: bool,
    /// Whether the string at hand has had a tab.
    has_tabs: bool,
    /// Where the last run of digits ends that a value began with.
    digits_end: usize,
    found: Tokens,
}

impl Lexer<'_> {
    fn step(&mut self) {
        spend(1);
        match self.mode {
            Mode::Line => self.step_line(),
            Mode::Value => self.step_value(),
            Mode::Basic => self.step_basic(),
            Mode::BasicLines => self.step_basic_lines(),
            Mode::Literal => self.step_literal(),
            Mode::LiteralLines => self.step_literal_lines(),
            Mode::Date => self.step_date(),
            Mode::Inline => self.step_inline(),
        }
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, kind: Kind, len: usize) {
        self.found.tokens.push(Token { kind, start: self.at, end: self.at + len });
        self.at += len;
    }

    /// The number of digits here. A run of them is measured once, however many values its digits are taken for.
    fn digits(&mut self) -> usize {
        if self.digits_end <= self.at {
            self.digits_end = self.at + self.run(|byte| byte.is_ascii_digit());
        }
        self.digits_end - self.at
    }

    fn enter(&mut self, mode: Mode) {
        self.outer.push(self.mode);
        self.mode = mode;
    }

    /// Only the outermost mode has none around it, and nothing leaves that.
    fn leave(&mut self) {
        self.has_tabs = false;
        self.mode = self.outer.pop().unwrap_or(Mode::Line);
    }

    fn stray(&mut self) {
        let len = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        self.push(Kind::Stray, len);
    }

    fn stray_and_leave(&mut self) {
        self.stray();
        self.leave();
    }

    /// The length of the line break here, 0 where there is none. A carriage return alone is none.
    fn line_break(&self) -> usize {
        line_break_at(self.bytes, self.at)
    }

    fn blanks(&self) -> usize {
        self.run(|byte| matches!(byte, b' ' | b'\t'))
    }

    fn run(&self, takes: impl Fn(u8) -> bool) -> usize {
        let length = self.rest().iter().take_while(|byte| takes(**byte)).count();
        spend(length);
        length
    }

    /// Passes blanks, and a comment to the end of its line; a carriage return at that end belongs to it. Says whether there was a comment,
    /// and `None` where there was neither.
    fn pass_blanks_or_comment(&mut self) -> Option<bool> {
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

    /// What keys are made of, in lines and in inline tables. `false` where nothing of the sort stands here.
    fn step_key(&mut self) -> bool {
        match self.bytes[self.at] {
            b'.' => self.push(Kind::Dot, 1),
            b'"' => {
                self.push(Kind::Quote, 1);
                self.enter(Mode::Basic);
            }
            b'\'' => {
                self.push(Kind::Apostrophe, 1);
                self.enter(Mode::Literal);
            }
            byte if is_bare(byte) => self.push(Kind::BareKey, self.run(is_bare)),
            _ => return false,
        }
        true
    }

    fn step_line(&mut self) {
        if self.pass_blanks_or_comment().is_some() || self.step_key() {
            return;
        }
        let doubled = self.bytes.get(self.at + 1) == Some(&self.bytes[self.at]);
        match (self.bytes[self.at], self.line_break()) {
            (b'=', _) => {
                self.depths.clear();
                self.depth = 0;
                self.push(Kind::Equals, 1);
                self.enter(Mode::Value);
            }
            (b'[', _) if doubled => self.push(Kind::ElementOpen, 2),
            (b'[', _) => self.push(Kind::HeaderOpen, 1),
            (b']', _) if doubled => self.push(Kind::ElementClose, 2),
            (b']', _) => self.push(Kind::HeaderClose, 1),
            (_, 0) => self.stray(),
            (_, len) => self.push(Kind::LineBreak, len),
        }
    }

    fn step_value(&mut self) {
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

    /// The first line break of a string of several lines belongs to its quotes.
    fn open_lines(&mut self, kind: Kind, mode: Mode) {
        self.push(kind, 3 + line_break_at(self.bytes, self.at + 3));
        self.mode = mode;
    }

    fn step_basic(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'"', _) => {
                self.push(Kind::Quote, 1);
                self.leave();
            }
            (b'\\', _) if !matches!(self.bytes.get(self.at + 1), None | Some(b'\n')) => self.push(Kind::Escape, self.escape()),
            (_, len) if len > 0 => {
                self.push(Kind::LineBreak, len);
                self.leave();
            }
            (byte, _) if is_character(byte) && !matches!(byte, b'"' | b'\\') => {
                self.push(Kind::Characters, self.run(|byte| is_character(byte) && !matches!(byte, b'"' | b'\\')));
            }
            _ => self.not_in_string(),
        }
    }

    fn step_basic_lines(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'"', _) if self.rest().starts_with(b"\"\"\"") => {
                self.push(Kind::TripleQuote, 3);
                self.leave();
            }
            (b'"', _) => self.push(Kind::Characters, 1),
            (b'\\', _) => {
                let blanks = self.rest()[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                match line_break_at(self.bytes, self.at + 1 + blanks) {
                    0 if self.at + 1 == self.bytes.len() => self.not_in_string(),
                    0 => self.push(Kind::Escape, self.escape()),
                    len => self.push(Kind::LineBreak, 1 + blanks + len),
                }
            }
            (_, len) if len > 0 => self.push(Kind::LineBreak, len),
            (byte, _) if is_character(byte) => {
                self.push(Kind::Characters, self.run(|byte| is_character(byte) && !matches!(byte, b'"' | b'\\')));
            }
            _ => self.not_in_string(),
        }
    }

    fn step_literal(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'\'', _) => {
                self.push(Kind::Apostrophe, 1);
                self.leave();
            }
            (_, len) if len > 0 => {
                self.push(Kind::LineBreak, len);
                self.leave();
            }
            (byte, _) if is_literal_character(byte) => {
                self.push(Kind::Characters, self.run(|byte| is_literal_character(byte) && byte != b'\''));
            }
            _ => self.not_in_string(),
        }
    }

    fn step_literal_lines(&mut self) {
        match (self.bytes[self.at], self.line_break()) {
            (b'\'', _) if self.rest().starts_with(b"'''") => {
                self.push(Kind::TripleApostrophe, 3);
                self.leave();
            }
            (b'\'', _) => self.push(Kind::Characters, 1),
            (_, len) if len > 0 => self.push(Kind::LineBreak, len),
            (byte, _) if is_literal_character(byte) => {
                self.push(Kind::Characters, self.run(|byte| is_literal_character(byte) && byte != b'\''));
            }
            _ => self.not_in_string(),
        }
    }

    /// A character that no string takes ends it.
    fn not_in_string(&mut self) {
        if self.forgives_tabs && self.bytes[self.at] == b'\t' {
            if !std::mem::replace(&mut self.has_tabs, true) {
                self.found.tabs.push(Vec::new());
            }
            if let Some(string) = self.found.tabs.last_mut() {
                string.push(self.at);
            }
            self.push(Kind::Characters, 1);
        } else {
            self.stray_and_leave();
        }
    }

    /// The length of the escape here, whether or not there is such an escape.
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

    fn step_date(&mut self) {
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

    fn step_inline(&mut self) {
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
                self.push(Kind::InlineClose, 1);
                self.leave();
            }
            (b'=', _) => {
                self.push(Kind::Equals, 1);
                self.enter(Mode::Value);
            }
            (b',', _) => self.push(Kind::Comma, 1),
            (_, 0) => self.stray_and_leave(),
            (_, len) => {
                self.push(Kind::LineBreak, len);
                self.leave();
            }
        }
    }
}

fn line_break_at(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\n', ..]) => 1,
        Some([b'\r', b'\n', ..]) => 2,
        _ => 0,
    }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a string takes the byte: control characters it does not, a tab among them.
fn is_character(byte: u8) -> bool {
    byte >= 0x20 && byte != 0x7f
}

fn is_literal_character(byte: u8) -> bool {
    is_character(byte) || byte == b'\t'
}
