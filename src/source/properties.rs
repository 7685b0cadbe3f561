//! A read-only view of a Java `.properties` file, parsed as `java.util.Properties.load` does.

use super::{Span, SyntaxError};

/// A key and its value.
#[derive(Debug)]
pub struct Property {
    /// The key, unescaped.
    pub key: String,
    /// The value, unescaped, with continuation lines joined.
    pub value: String,
    /// The key as written.
    pub key_span: Span,
    /// The value as written, including continuation lines.
    pub value_span: Span,
}

/// A parsed `.properties` file.
#[derive(Debug, Default)]
pub struct Properties {
    /// Every property, in written order. The last of several equal keys counts.
    pub entries: Vec<Property>,
    /// Every comment, without its line break.
    pub comments: Vec<Span>,
    /// Broken `\u` escapes. A single one makes Java refuse the whole file.
    pub faults: Vec<SyntaxError>,
}

impl Properties {
    /// Parses `text`. Never fails: broken escapes are dropped and reported in [`faults`](Self::faults).
    pub fn parse(text: &str) -> Self {
        let mut result = Self::default();
        let mut at = 0;
        while at < text.len() {
            let line = natural_line(text, at);
            let indent = line.of(text).len()
                - line.of(text).trim_start_matches([' ', '\t', '\u{c}', super::position::BYTE_ORDER_MARK]).len();
            let start = line.start + indent;
            match text[start..line.end].chars().next() {
                None => {}
                Some('#' | '!') => result.comments.push(Span::new(start, line.end)),
                Some(_) => {
                    at = result.read_property(text, start);
                    continue;
                }
            }
            at = after_line_break(text, line.end);
        }
        result
    }

    /// The last property of this key, which is the one that counts.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.entries.iter().rev().find(|property| property.key == key)
    }

    /// Reads the property at `start`. Returns the start of the next line.
    fn read_property(&mut self, text: &str, start: usize) -> usize {
        let end = logical_line_end(text, start);
        let line = &text[start..end];
        let key_len = unescaped(line, |character| matches!(character, '=' | ':' | ' ' | '\t' | '\u{c}'));
        let rest = line[key_len..].trim_start_matches([' ', '\t', '\u{c}']);
        let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start_matches([' ', '\t', '\u{c}']);
        let key_span = Span::new(start, start + key_len);
        let value_span = Span::new(end - rest.len(), end);
        let key = self.unescape(text, key_span);
        let value = self.unescape(text, value_span);
        self.entries.push(Property { key, value, key_span, value_span });
        after_line_break(text, end)
    }

    fn unescape(&mut self, text: &str, span: Span) -> String {
        let written = span.of(text);
        let mut result = String::with_capacity(written.len());
        let mut at = 0;
        while let Some(character) = written[at..].chars().next() {
            at += character.len_utf8();
            if character != '\\' {
                result.push(character);
                continue;
            }
            let Some(escaped) = written[at..].chars().next() else { break };
            at += escaped.len_utf8();
            match escaped {
                'n' => result.push('\n'),
                't' => result.push('\t'),
                'r' => result.push('\r'),
                'f' => result.push('\u{c}'),
                'u' => {
                    let code = written.get(at..at + 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
                    match code {
                        Some(code) => {
                            result.push(char::from_u32(code.into()).unwrap_or(char::REPLACEMENT_CHARACTER));
                            at += 4;
                        }
                        None => self.faults.push(
                            SyntaxError::new(
                                Span::new(span.start + at - 2, span.start + at),
                                "`\\u` without four hexadecimal digits",
                            )
                            .help("write `\\\\u` for a backslash and a `u`; in paths, use `/`"),
                        ),
                    }
                }
                '\r' | '\n' => {
                    let rest = &written[at..];
                    let rest = if escaped == '\r' { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
                    at = written.len() - rest.trim_start_matches([' ', '\t', '\u{c}']).len();
                }
                other => result.push(other),
            }
        }
        result
    }
}

fn natural_line(text: &str, start: usize) -> Span {
    Span::new(start, text[start..].find(['\r', '\n']).map_or(text.len(), |len| start + len))
}

fn after_line_break(text: &str, end: usize) -> usize {
    let rest = &text[end..];
    end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
}

/// The end of the logical line at `start`, which continues as long as a line ends with an odd number of backslashes.
fn logical_line_end(text: &str, start: usize) -> usize {
    let mut line = natural_line(text, start);
    loop {
        let written = Span::new(start, line.end).of(text);
        let backslashes = written.len() - written.trim_end_matches('\\').len();
        let next = after_line_break(text, line.end);
        if backslashes.is_multiple_of(2) || next >= text.len() {
            return line.end;
        }
        line = natural_line(text, next);
    }
}

/// The length in bytes of `line` before the first unescaped character for which `ends` is true.
fn unescaped(line: &str, ends: impl Fn(char) -> bool) -> usize {
    let mut escaped = false;
    line.char_indices()
        .find(|(_, character)| {
            let here = !escaped && ends(*character);
            escaped = !escaped && *character == '\\';
            here
        })
        .map_or(line.len(), |(at, _)| at)
}

impl Property {
    /// The value without leading and trailing whitespace.
    pub fn trimmed(&self) -> &str {
        self.value.trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_rules_for_separators_comments_and_escapes() {
        let text = "# c\n! d\r\na=1\n b : 2 \nc 3\nd\\ e = x\\\n   y\\tz\n\nf\n\\u0041=\\u00e9\nspark.ui.port  4040";
        let parsed = Properties::parse(text);
        let pairs: Vec<(&str, &str)> =
            parsed.entries.iter().map(|property| (property.key.as_str(), property.value.as_str())).collect();
        assert_eq!(
            pairs,
            [("a", "1"), ("b", "2 "), ("c", "3"), ("d e", "xy\tz"), ("f", ""), ("A", "é"), ("spark.ui.port", "4040")]
        );
        assert_eq!(parsed.comments.len(), 2);
        assert_eq!(parsed.entries[0].value_span.of(text), "1");
    }

    #[test]
    fn a_broken_unicode_escape_is_a_fault() {
        let text = "path=C:\\users\nx=1\n";
        let parsed = Properties::parse(text);
        assert_eq!(parsed.faults.len(), 1);
        assert_eq!(parsed.faults[0].span.of(text), "\\u");
        assert!(parsed.get("x").is_some());
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(Properties::parse("a=1\na=2").get("a").map(|property| property.value.as_str()), Some("2"));
    }
}
