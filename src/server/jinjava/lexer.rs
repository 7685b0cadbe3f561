//! Splits an expression into lexemes (JUEL Scanner.java, Jinjava ExtendedScanner.java).

use std::rc::Rc;

use super::fault::TemplateFault;
use crate::source::Span;

/// The kinds of lexemes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Symbol {
    /// A name, or the word `is`, which is an operator only after a value.
    Name,
    /// An operator or a bracket; `and`, `or`, `not` and `eq` have the name of the equivalent sign.
    Sign(&'static str),
    Text(Rc<str>),
    Integer(i64),
    Double(f64),
    True,
    False,
    Null,
    End,
}

/// A name, a literal or a sign of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lexeme {
    pub(super) symbol: Symbol,
    /// Where it is in the template.
    pub(super) span: Span,
}

/// The words that are signs. `if` shares a sign with `?`, and `else` with `:`; the parser distinguishes them by their text
/// (ExtendedParser.java).
const WORDS: [(&str, &str); 16] = [
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("eq", "=="),
    ("ne", "!="),
    ("lt", "<"),
    ("le", "<="),
    ("gt", ">"),
    ("ge", ">="),
    ("div", "/"),
    ("mod", "%"),
    ("empty", "empty"),
    ("in", "in"),
    ("instanceof", "instanceof"),
    ("if", "?"),
    ("else", ":"),
];

const SIGNS: [&str; 29] = [
    "//", "**", "==", "!=", "<=", ">=", "&&", "||", "*", "/", "%", "+", "-", "?", ":", "[", "]", "(", ")", ",", ".", "=", "!",
    "<", ">", "|", "{", "}", "~",
];

/// The lexemes of the expression at `span` of `template`, followed by an end.
pub(super) fn lexemes(template: &str, span: Span) -> Result<Vec<Lexeme>, TemplateFault> {
    let mut lexer = Lexer { text: span.of(template), base: span.start, at: 0 };
    let mut found = Vec::new();
    loop {
        let lexeme = lexer.next_lexeme()?;
        let is_end = lexeme.symbol == Symbol::End;
        found.push(lexeme);
        if is_end {
            return Ok(found);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    base: usize,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn next_lexeme(&mut self) -> Result<Lexeme, TemplateFault> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        let start = self.at;
        let symbol = match self.rest().chars().next() {
            None => Symbol::End,
            Some('\'' | '"') => self.read_text()?,
            Some(first) if first.is_ascii_digit() || first == '.' && self.digits(self.at + 1) > 0 => self.read_number()?,
            Some(first) if first.is_alphabetic() || matches!(first, '_' | '$') => self.read_word(),
            Some(_) => self.read_sign()?,
        };
        Ok(Lexeme { symbol, span: Span::new(self.base + start, self.base + self.at) })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn read_word(&mut self) -> Symbol {
        let rest = self.rest();
        let len = rest.find(|part: char| !part.is_alphanumeric() && !matches!(part, '_' | '$')).unwrap_or(rest.len());
        self.at += len;
        let word = &rest[..len];
        match word {
            "true" | "True" => Symbol::True,
            "false" | "False" => Symbol::False,
            "null" => Symbol::Null,
            _ => WORDS.iter().find(|(name, _)| *name == word).map_or(Symbol::Name, |(_, sign)| Symbol::Sign(sign)),
        }
    }

    fn read_sign(&mut self) -> Result<Symbol, TemplateFault> {
        let rest = self.rest();
        // A `+` before a digit belongs to the number and is never an addition (ExtendedScanner.java).
        if rest.starts_with('+') && self.digits(self.at + 1) > 0 {
            self.at += 1;
            return Ok(Symbol::Sign("+number"));
        }
        let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or_else(|| self.fault("unexpected character"))?;
        self.at += sign.len();
        Ok(Symbol::Sign(sign))
    }

    fn digits(&self, at: usize) -> usize {
        self.text.as_bytes()[at.min(self.text.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn read_number(&mut self) -> Result<Symbol, TemplateFault> {
        let start = self.at;
        let mut end = start + self.digits(start);
        let mut is_double = false;
        if self.text.as_bytes().get(end) == Some(&b'.') {
            is_double = true;
            end += 1 + self.digits(end + 1);
        }
        if matches!(self.text.as_bytes().get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.text.as_bytes().get(end + 1), Some(b'+' | b'-')));
            let digits = self.digits(end + 1 + sign);
            if digits > 0 {
                is_double = true;
                end += 1 + sign + digits;
            }
        }
        let written = &self.text[start..end];
        let number = if is_double { written.parse().ok().map(Symbol::Double) } else { written.parse().ok().map(Symbol::Integer) };
        let number = number.ok_or_else(|| self.fault("number out of range"))?;
        self.at = end;
        Ok(number)
    }

    fn read_text(&mut self) -> Result<Symbol, TemplateFault> {
        let mut characters = self.rest().char_indices();
        let quote = characters.next().map_or('"', |(_, quote)| quote);
        let mut text = String::new();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => text.push(match characters.next() {
                    Some((_, escaped @ ('\\' | '\'' | '"'))) => escaped,
                    Some((_, 'n')) => '\n',
                    Some((_, 't')) => '\t',
                    Some((_, 'b')) => '\u{8}',
                    Some((_, 'f')) => '\u{c}',
                    Some((_, 'r')) => '\r',
                    _ => return Err(self.fault("invalid escape sequence in a string")),
                }),
                _ if character == quote => {
                    self.at += at + 1;
                    return Ok(Symbol::Text(text.into()));
                }
                _ => text.push(character),
            }
        }
        Err(self.fault("the string is not closed"))
    }

    fn fault(&self, message: &str) -> TemplateFault {
        let len = self.rest().chars().next().map_or(0, char::len_utf8);
        TemplateFault::fatal(Span::new(self.base + self.at, self.base + self.at + len), message)
    }
}
