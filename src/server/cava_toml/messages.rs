//! The wording of the server: its messages, its lines and columns, its way to write keys and unusual characters.

use std::fmt::Write;

use super::tables::{Clash, Name};
use super::token::{Token, TokenKind, TokenKinds};
use crate::source::key::is_bare_byte;

/// Lines and columns as the server counts them, from 1: a byte-order mark has a column, and only a line feed ends a line.
#[derive(Debug)]
pub(super) struct LogPositions<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> LogPositions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    pub(super) fn of(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let before = self.text.get(self.starts[line - 1]..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    fn text_of(&self, offset: usize) -> String {
        let (line, column) = self.of(offset);
        format!("line {line}, column {column}")
    }
}

/// The message about an unexpected token.
pub(super) fn unexpected(text: &str, token: Token, expected: TokenKinds) -> String {
    let found = match token.kind {
        TokenKind::LineBreak => "end of line".to_owned(),
        TokenKind::End => "end of input".to_owned(),
        _ => {
            let shown: Vec<u16> = text.get(token.start()..token.end()).unwrap_or_default().encode_utf16().collect();
            format!("'{}'", escaped(&shown))
        }
    };
    format!("Unexpected {found}, expected {}", expected.listed())
}

/// The message about a definition that conflicts with an earlier one.
pub(super) fn clash(clash: Clash, path: &[Name], first: usize, positions: &LogPositions) -> String {
    let (path, first) = (joined(path), positions.text_of(first));
    match clash {
        Clash::Defined => format!("{path} previously defined at {first}"),
        Clash::NoTable => format!("{path} is not a table (previously defined at {first})"),
        Clash::NoArray => format!("{path} is not an array (previously defined at {first})"),
        Clash::LiteralArray => format!("{path} previously defined as a literal array at {first}"),
    }
}

/// A dotted key.
fn joined(path: &[Name]) -> String {
    let segments = path.iter().map(|name| {
        let bare = |unit: &u16| u8::try_from(*unit).is_ok_and(is_bare_byte);
        let text = escaped(name);
        if !name.is_empty() && name.iter().all(bare) { text } else { format!("\"{text}\"") }
    });
    segments.collect::<Vec<_>>().join(".")
}

/// Escapes apostrophes and everything except printable ASCII, but not backslashes.
fn escaped(text: &[u16]) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in char::decode_utf16(text.iter().copied()) {
        match character {
            Ok('\'') => shown.push_str("\\'"),
            Ok(character @ ' '..='~') => shown.push(character),
            Ok('\t') => shown.push_str("\\t"),
            Ok('\u{8}') => shown.push_str("\\b"),
            Ok('\n') => shown.push_str("\\n"),
            Ok('\r') => shown.push_str("\\r"),
            Ok('\u{c}') => shown.push_str("\\f"),
            // Writing to a string cannot fail.
            Ok(character @ '\u{10000}'..) => _ = write!(shown, "\\U{:08x}", u32::from(character)),
            Ok(character) => _ = write!(shown, "\\u{:04x}", u32::from(character)),
            Err(half) => _ = write!(shown, "\\u{:04x}", half.unpaired_surrogate()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_characters_are_escaped_as_the_server_does() {
        let shown = |text: &str| escaped(&text.encode_utf16().collect::<Vec<_>>());
        assert_eq!(shown("it's \\ \"ü\"\t\u{1}😀"), "it\\'s \\ \"\\u00fc\"\\t\\u0001\\U0001f600");
        assert_eq!(escaped(&[0xd800, 0x41]), "\\ud800A");
    }

    #[test]
    fn keys_that_are_not_bare_get_quotes() {
        let path: Vec<Name> = ["a", "b.c", ""].iter().map(|name| name.encode_utf16().collect()).collect();
        assert_eq!(joined(&path), "a.\"b.c\".\"\"");
    }
}
