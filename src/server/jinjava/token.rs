//! Splits a template into text, tags, expressions and comments (jinjava 2.6.0 TokenScanner.java).

use crate::source::Span;

/// The kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Text,
    Tag,
    Expression,
    Comment,
}

/// A part of a template, with its delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// The tokens of `text` in order. They contain every byte except the line feeds after tags (`trim_blocks`).
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        written: text,
        text: text.as_bytes(),
        at: 0,
        start: 0,
        open: None,
        in_comment: false,
        in_raw: false,
        in_block: false,
        quote: None,
    };
    std::iter::from_fn(|| scanner.next_token()).collect()
}

/// The comments of a template, with their delimiters.
pub(crate) fn comments(template: &str) -> Vec<Span> {
    tokens(template).into_iter().filter(|token| token.kind == TokenKind::Comment).map(|token| token.span).collect()
}

struct Scanner<'a> {
    written: &'a str,
    /// The same as bytes.
    text: &'a [u8],
    at: usize,
    /// Where the current token begins.
    start: usize,
    /// The second character of the delimiter that opened the current token; `None` in text.
    open: Option<u8>,
    in_comment: bool,
    in_raw: bool,
    in_block: bool,
    quote: Option<u8>,
}

impl Scanner<'_> {
    fn next_token(&mut self) -> Option<Token> {
        while self.at < self.text.len() {
            // In text and comments, everything up to the next delimiter means nothing.
            let delimiter = if self.in_comment { Some('#') } else { self.open.is_none().then_some('{') };
            if let Some((delimiter, rest)) = delimiter.filter(|_| !self.in_block).zip(self.written.get(self.at..)) {
                match rest.find(delimiter) {
                    Some(ahead) => self.at += ahead,
                    None => return Some(self.rest()),
                }
            }
            let byte = self.text[self.at];
            self.at += 1;
            let Some(&next) = self.text.get(self.at) else { return Some(self.rest()) };
            if self.in_block && self.passes_quoted(byte) {
                continue;
            }
            match byte {
                b'{' => {
                    if let Some(token) = self.open_at(next) {
                        return Some(token);
                    }
                }
                b'%' | b'}' if !self.in_comment && self.closes(byte) && next == b'}' => {
                    self.in_block = false;
                    return Some(self.close());
                }
                b'#' if self.closes(byte) && next == b'}' => {
                    self.in_comment = false;
                    return Some(self.close());
                }
                b'\n' if !self.in_comment && !self.in_block => self.open = None,
                _ => {}
            }
        }
        None
    }

    /// Whether `byte` belongs to a string inside a tag or an expression.
    fn passes_quoted(&mut self, byte: u8) -> bool {
        match self.quote {
            Some(quote) => {
                if byte == quote {
                    self.quote = None;
                } else if byte == b'\\' {
                    self.at += 1;
                }
                true
            }
            None if matches!(byte, b'\'' | b'"') => {
                self.quote = Some(byte);
                true
            }
            None => false,
        }
    }

    /// A `{` before `next`: opens a token, and ends the text before it.
    fn open_at(&mut self, next: u8) -> Option<Token> {
        match next {
            b'#' if !self.in_comment && !self.in_raw => {
                let text = self.text_before();
                self.in_comment = text.is_none();
                self.open = Some(next);
                text
            }
            b'%' | b'{' if !self.in_comment => {
                let ignored = self.in_raw && (next == b'{' || !self.is_end_of_raw());
                let inside = self.open.is_some() && !self.closes(next);
                if ignored || inside || std::mem::replace(&mut self.in_block, true) {
                    return None;
                }
                let text = self.text_before();
                self.open = Some(next);
                text
            }
            _ => None,
        }
    }

    /// The text that ends before the byte that was just read, which begins the next token. `None` if it is empty.
    fn text_before(&mut self) -> Option<Token> {
        let end = self.at - 1;
        let span = Span::new(self.start, end);
        self.start = end;
        if span.is_empty() {
            return None;
        }
        self.at = end;
        Some(Token { kind: TokenKind::Text, span })
    }

    /// Whether `byte` begins the delimiter that closes the current token.
    fn closes(&self, byte: u8) -> bool {
        match byte {
            b'{' => self.open == Some(b'}'),
            b'}' => self.open == Some(b'{'),
            _ => self.open == Some(byte),
        }
    }

    /// The token whose closing delimiter begins with the byte that was just read.
    fn close(&mut self) -> Token {
        self.at += 1;
        let span = Span::new(self.start, self.at);
        self.start = self.at;
        let kind = match self.open.take() {
            Some(b'%') => TokenKind::Tag,
            Some(b'{') => TokenKind::Expression,
            _ => TokenKind::Comment,
        };
        if kind == TokenKind::Tag {
            if self.text.get(self.at) == Some(&b'\n') {
                self.at += 1;
                self.start += 1;
            }
            match tag_name(&self.text[span.start..span.end]) {
                b"raw" => {
                    self.in_raw = true;
                    return Token { kind, span };
                }
                b"endraw" => {
                    self.in_raw = false;
                    return Token { kind, span };
                }
                _ => {}
            }
        }
        let kind = if self.in_raw { TokenKind::Text } else { kind };
        Token { kind, span }
    }

    fn is_end_of_raw(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        rest[blank..].starts_with(b"endraw")
    }

    /// The rest of the template: text, even if it begins with an unclosed tag, or an unclosed comment.
    fn rest(&mut self) -> Token {
        let span = Span::new(self.start, self.text.len());
        self.start = self.text.len();
        self.at = self.text.len();
        Token { kind: if self.in_comment { TokenKind::Comment } else { TokenKind::Text }, span }
    }
}

/// The name in a tag that still has its delimiters.
fn tag_name(tag: &[u8]) -> &[u8] {
    let inner = &tag[2..tag.len().saturating_sub(2).max(2)];
    let start = inner.iter().position(u8::is_ascii_alphabetic).unwrap_or(inner.len());
    let len = inner[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    &inner[start..start + len]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        tokens(text)
            .into_iter()
            .map(|token| format!("{}{}", ["T:", "%:", "E:", "C:"][token.kind as usize], token.span.of(text)))
            .collect()
    }

    #[test]
    fn text_tags_expressions_and_comments_are_distinguished() {
        assert_eq!(shown("a{% if x %}\nb{{ y }}{# c #}d"), ["T:a", "%:{% if x %}", "T:b", "E:{{ y }}", "C:{# c #}", "T:d"]);
        assert_eq!(shown("{%if x%}{%endif%}"), ["%:{%if x%}", "%:{%endif%}"]);
        assert_eq!(shown("a { b } % }} c"), ["T:a { b } % }} c"]);
    }

    #[test]
    fn delimiters_inside_strings_do_not_count() {
        assert_eq!(shown("{{ '}}' }}x"), ["E:{{ '}}' }}", "T:x"]);
        assert_eq!(shown("{{ \"a\\\"}}\" }}x"), ["E:{{ \"a\\\"}}\" }}", "T:x"]);
    }

    #[test]
    fn raw_expressions_stay_text() {
        assert_eq!(shown("{% raw %}{{ x }}{% endraw %}"), ["%:{% raw %}", "T:{{ x }}", "%:{% endraw %}"]);
    }

    #[test]
    fn unclosed_tags_are_text() {
        assert_eq!(shown("a{{ x"), ["T:a", "T:{{ x"]);
        assert_eq!(shown("a{% x"), ["T:a", "T:{% x"]);
        assert_eq!(shown("{# x"), ["C:{# x"]);
        assert_eq!(shown(""), Vec::<String>::new());
        assert_eq!(shown("{"), ["T:{"]);
    }
}
