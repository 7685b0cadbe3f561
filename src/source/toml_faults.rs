//! Explains the syntax errors of a TOML file in messages that a person can act on.

use std::collections::{BTreeSet, HashMap};

use toml::de::{DeTable, DeValue};
use toml_edit::Document;

use super::key::{key_of, names_in_toml};
use super::secrets::{Masked, secrets_in};
use super::{LineIndex, Span, SyntaxError};

const TYPOGRAPHIC_QUOTES: [char; 8] = ['“', '”', '„', '‟', '‘', '’', '«', '»'];

/// The syntax errors of `text`, which is not valid TOML, in the order of their places. `written` is the unmasked form of `text`. At most
/// one error per line is returned, because one mistake often makes the parser report several.
pub(super) fn faults_of(text: &str, written: &str) -> Vec<SyntaxError> {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let shown = Masked::of(written, &secrets_in(written));
    let lines = LineIndex::new(text);
    let headers = Headers::of(text);
    let mut on_line = (0, 0);
    let mut faults: Vec<(usize, Option<&str>, SyntaxError)> = errors
        .iter()
        .filter_map(|error| {
            let span = error.span().map_or_else(Span::default, Span::from).clamped(text);
            let line = lines.line(text, lines.position(text, span.start).line).unwrap_or(span);
            on_line = if on_line.0 == line.start { (line.start, on_line.1 + 1) } else { (line.start, 1) };
            if on_line.1 > MAX_EXPLAINED {
                return None;
            }
            let error_in = ParserError { text, shown: &shown, tree: tree.get_ref(), headers: &headers, line, span };
            let fault = error_in.explain(error.message());
            Some((line.start, repeated(error.message(), &fault), fault))
        })
        .collect();
    faults.sort_by_key(|(line, _, fault)| (*line, fault.span.start));
    faults.dedup_by_key(|(line, ..)| *line);
    let mut seen = BTreeSet::new();
    faults.retain(|(_, repeated, _)| repeated.is_none_or(|repeated| seen.insert(repeated)));
    // That a key is defined twice is the fault of its table if that is defined twice.
    let mut twice = None;
    faults.retain(|(line, _, fault)| {
        let above = headers.lines.partition_point(|(start, _)| start <= line);
        let is_header = above > 0 && headers.lines[above - 1].0 == *line;
        twice = if is_header { fault.is_repetition.then_some(above) } else { twice };
        is_header || !fault.is_repetition || twice != Some(above)
    });
    let more = faults.len().saturating_sub(MAX_REPORTED);
    let mut faults: Vec<SyntaxError> = faults.into_iter().map(|(.., fault)| fault).take(MAX_REPORTED + 1).collect();
    if let Some(next) = faults.get_mut(MAX_REPORTED) {
        let message = format!("{more} more lines have syntax errors");
        *next = SyntaxError::new(next.span, message).help("they are listed one by one when those before them are gone");
    }
    if faults.is_empty() {
        faults.extend(number_out_of_range(text));
    }
    faults
}

/// The first error that the recoverable parser does not report: it accepts numbers that are out of range.
fn number_out_of_range(text: &str) -> Option<SyntaxError> {
    let error = Document::parse(text).err()?;
    let span = error.span().map_or_else(Span::default, Span::from).clamped(text);
    Some(SyntaxError::new(span, lower_first(error.message())).help("write a smaller number, or put the value in quotes"))
}

/// What an error is about if the parser reports it again on every later line: only the first is kept. `message` is the parser's.
fn repeated(message: &str, fault: &SyntaxError) -> Option<&'static str> {
    match message {
        _ if fault.too_deep => Some("nesting"),
        _ if message.starts_with("unclosed array table") => None,
        _ => ["array", "carriage return"].into_iter().find(|about| message.contains(about)),
    }
}

/// How many lines with syntax errors are reported one by one.
const MAX_REPORTED: usize = 1_000;

/// How many of the parser's errors on a line compete to be the one that is reported. A file whose lines end with carriage returns is one line.
const MAX_EXPLAINED: usize = 8;

/// The lines of a text that look like headers of tables.
struct Headers {
    /// Where each of these lines starts, and the names of its key.
    lines: Vec<(usize, Vec<String>)>,
    /// The first header of each key.
    first: HashMap<Vec<String>, Span>,
}

impl Headers {
    fn of(text: &str) -> Self {
        let (mut lines, mut first) = (Vec::new(), HashMap::new());
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let key = header_key(line.trim());
            if line.trim_start().starts_with('[') && !key.is_empty() {
                let names = names(key);
                let at = start + line.find('[').unwrap_or(0);
                let end = start + line.rfind(']').map_or(line.trim_end().len(), |close| close + 1);
                first.entry(names.clone()).or_insert(Span::new(at, end));
                lines.push((start, names));
            }
            start += line.len();
        }
        Self { lines, first }
    }
}

/// A parser error and its context.
struct ParserError<'a> {
    text: &'a str,
    /// `text` with secrets masked.
    shown: &'a Masked,
    tree: &'a DeTable<'a>,
    headers: &'a Headers,
    /// The line of the error, without its line break.
    line: Span,
    span: Span,
}

impl ParserError<'_> {
    fn explain(&self, message: &str) -> SyntaxError {
        if message.starts_with("cannot recurse further") || message.starts_with("recursion limit") {
            return SyntaxError::too_deep(self.span);
        }
        if let Some(fault) = self.typographic_quotes() {
            return fault;
        }
        let (what, expected) = message.split_once(", expected ").map_or((message, None), |(what, rest)| (what, Some(rest)));
        match what {
            "duplicate key" => self.duplicate(),
            "string values must be quoted" | "invalid boolean" => self.unquoted(),
            "key with no value" => self.no_value(),
            "invalid basic string" | "invalid literal string" => SyntaxError::new(
                self.unclosed_string(if what.contains("basic") { '"' } else { '\'' }),
                "the string is not closed on its line",
            )
            .help("add the closing quote, or put a multi-line string in `\"\"\"`"),
            "invalid multi-line basic string" | "invalid multi-line literal string" => {
                SyntaxError::new(self.span, "the multi-line string is never closed")
                    .help("add three closing quotes of the same kind")
            }
            "missing escaped value" => {
                SyntaxError::new(self.with_backslash(), "invalid escape sequence in a double-quoted string")
                    .help("write `\\\\` for a backslash, use `/` in paths, or put the value in single quotes: `'C:\\wso2'`")
            }
            "unclosed table" | "unclosed array table" => {
                SyntaxError::new(self.rest_of_line(self.line.start), "the header is not closed")
                    .help(if self.shown_line().starts_with("[[") { "close it with `]]`" } else { "close it with `]`" })
            }
            "carriage return must be followed by newline" => SyntaxError::new(self.span, "a carriage return without a line feed")
                .help("save the file with LF or CRLF line endings"),
            "unexpected leading zero" => SyntaxError::new(self.span, "a number must not start with a zero")
                .help("remove the zero, or put the value in quotes"),
            _ => SyntaxError::new(self.span, lower_first(what)).help(expected.map_or_else(
                || "correct the line".to_owned(),
                |expected| {
                    format!("expected {}", expected.replace(", `x`, `u`, `U`", "").replace("literal string", "a quoted value"))
                },
            )),
        }
    }

    /// The error for typographic quotes, as word processors and web pages insert them.
    fn typographic_quotes(&self) -> Option<SyntaxError> {
        let code = self.line.of(self.text);
        let at = code.find(TYPOGRAPHIC_QUOTES)?;
        let before = &code[..at];
        let in_string = before.matches('"').count() % 2 == 1 || before.matches('\'').count() % 2 == 1;
        if in_string || before.contains('#') {
            return None;
        }
        let quote = code[at..].chars().next()?;
        let start = self.line.start + at;
        let end = code[at + quote.len_utf8()..].find(TYPOGRAPHIC_QUOTES).map_or(self.line.end, |next| {
            let next = start + quote.len_utf8() + next;
            next + self.text[next..].chars().next().map_or(0, char::len_utf8)
        });
        Some(
            SyntaxError::new(Span::new(start, end), format!("`{quote}` is a typographic quote, which TOML does not accept"))
                .help("write straight quotes: `\"` or `'`"),
        )
    }

    /// The error for a line without `=`.
    fn no_value(&self) -> SyntaxError {
        let shown = self.shown_line();
        let is_yaml = shown.split_once(':').is_some_and(|(_, value)| value.starts_with(' '));
        let help = if is_yaml { "write `key = value`: a colon is YAML" } else { "write `key = value`, or remove the line" };
        SyntaxError::new(self.rest_of_line(self.line.start), format!("`{shown}` is not of the form `key = value`")).help(help)
    }

    /// The error for a bare word, or nothing, where a value is expected.
    fn unquoted(&self) -> SyntaxError {
        let value = self.rest_of_line(self.span.start);
        let in_array = value.of(self.text).trim_end_matches([',', ' ']).len();
        let value = Span::new(value.start, value.start + in_array);
        let (word, shown) = (value.of(self.text), self.shown.of_span(value));
        if word.is_empty() {
            let key = self.line.of(self.text).split('=').next().unwrap_or_default().trim();
            return SyntaxError::new(self.rest_of_line(self.line.start), format!("`{key}` has no value"))
                .help("write a value after `=`, or remove the line");
        }
        let boolean = match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "tru" => Some("true"),
            "false" | "no" | "off" => Some("false"),
            _ => None,
        };
        if let Some(boolean) = boolean {
            return SyntaxError::new(value, format!("`{word}` is not a TOML boolean")).help(format!("write `{boolean}`"));
        }
        let help = if word.contains(['"', '\'']) || word.contains(" = ") {
            "a value is a quoted string, a number, `true`, `false` or an array; only a comment may follow it".to_owned()
        } else {
            format!("write `\"{shown}\"`")
        };
        SyntaxError::new(value, format!("`{shown}` is not a quoted string, a number or a boolean")).help(help)
    }

    /// The error for a second definition, with the first as the related place.
    fn duplicate(&self) -> SyntaxError {
        let line = self.line.of(self.text);
        let header = line.trim_start().starts_with('[');
        let what = if header { "table" } else { "key" };
        let path = self.path();
        let name = key_of(&path);
        let span = if header { self.rest_of_line(self.line.start) } else { self.span };
        let fault = SyntaxError::new(span, format!("{what} `{name}` is defined twice"));
        let first = if header { self.header_above(&path) } else { None };
        let fault = match first.or_else(|| self.first_definition(&path)) {
            Some(first) => fault.related(first, "first defined here"),
            None => fault,
        };
        let fault = SyntaxError { is_repetition: true, ..fault };
        fault.help(if header { "merge the two tables under one header" } else { "remove one of the two" })
    }

    /// The segments of the header at the error, or of the key with those of the header above it.
    fn path(&self) -> Vec<String> {
        let line = self.line.of(self.text).trim();
        if line.starts_with('[') {
            return names(header_key(line));
        }
        let above = self.headers.lines.partition_point(|(start, _)| *start < self.line.start).checked_sub(1);
        let mut path = above.map_or_else(Vec::new, |above| self.headers.lines[above].1.clone());
        // The parser marks only the segment that is already defined; the ones after it belong to the key too.
        let written = self.line.start + self.line.of(self.text).find('=').unwrap_or_default();
        let key = Span::new(self.line.start, written).of(self.text);
        path.extend(names(key.trim()));
        path
    }

    /// The first header above the error with the same segments.
    fn header_above(&self, path: &[String]) -> Option<Span> {
        self.headers.first.get(path).copied().filter(|first| first.start < self.line.start)
    }

    fn first_definition(&self, path: &[String]) -> Option<Span> {
        let mut table = self.tree;
        for (at, segment) in path.iter().enumerate() {
            let (key, value) = table.get_key_value(segment.as_str())?;
            if at + 1 == path.len() {
                return Some(Span::from(key.span())).filter(|first| first.start < self.span.start);
            }
            table = match value.get_ref() {
                DeValue::Table(table) => table,
                DeValue::Array(items) => {
                    match items[..items.partition_point(|item| item.span().start < self.span.start)].last()?.get_ref() {
                        DeValue::Table(table) => table,
                        _ => return None,
                    }
                }
                _ => return Some(Span::from(key.span())),
            };
        }
        None
    }

    /// The rest of the line from `start`, without a trailing comment and surrounding whitespace.
    fn rest_of_line(&self, start: usize) -> Span {
        let rest = Span::new(start, self.line.end).of(self.text);
        let code = rest.find(" #").map_or(rest, |comment| &rest[..comment]);
        let leading = code.len() - code.trim_start().len();
        Span::new(start + leading, (start + code.trim_end().len()).max(start + leading))
    }

    fn shown_line(&self) -> &str {
        self.shown.of_span(self.rest_of_line(self.line.start))
    }

    /// The unclosed string, from its quote to the end of the line.
    fn unclosed_string(&self, quote: char) -> Span {
        let quote = self.text[self.line.start..self.span.start].rfind(quote).map_or(self.span.start, |at| self.line.start + at);
        Span::new(quote, self.line.end)
    }

    fn with_backslash(&self) -> Span {
        let start = self.text[self.line.start..self.span.start].rfind('\\').map_or(self.span.start, |at| self.line.start + at);
        let end = self.text[self.span.start..].chars().next().map_or(self.span.end, |next| self.span.start + next.len_utf8());
        Span::new(start, end)
    }
}

/// The key in a header: `a.b` in `[a.b] # comment` or `[[a.b]]`.
fn header_key(line: &str) -> &str {
    let inner = line.trim_start_matches('[');
    inner.split(']').next().unwrap_or_default().trim()
}

/// The names in a key; none if it is malformed.
fn names(key: &str) -> Vec<String> {
    names_in_toml(key).unwrap_or_default()
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every error as `text at the place | message | offset of the related place`.
    fn faults(text: &str) -> Vec<String> {
        faults_of(text, text)
            .into_iter()
            .map(|fault| {
                let related = fault.related.map(|(span, _)| format!(" | offset {}", span.start)).unwrap_or_default();
                format!("{} | {}{related}", fault.span.of(text), fault.message)
            })
            .collect()
    }

    #[test]
    fn what_the_parser_repeats_is_reported_once_and_nothing_else_is_lost() {
        assert_eq!(faults("a = [1\nb = [2\nc = [3\n").len(), 1);
        let names = ["array_a = | `array_a` has no value", "array_b = | `array_b` has no value"];
        assert_eq!(faults("array_a =\narray_b =\n"), names);
        assert_eq!(faults("[[a]\nx = 1\n[[b]\n").len(), 2);
    }

    #[test]
    fn only_so_many_lines_are_reported_one_by_one() {
        let faults = faults(&"a = x y\n".repeat(3 * MAX_REPORTED));
        assert_eq!(faults.len(), MAX_REPORTED + 1);
        assert!(faults[MAX_REPORTED].contains(" | 2000 more lines have syntax errors"), "{}", faults[MAX_REPORTED]);
    }

    #[test]
    fn each_common_mistake_has_its_message() {
        for (text, expected) in [
            ("a = localhost # x\n", "localhost | `localhost` is not a quoted string, a number or a boolean"),
            ("a = True\n", "True | `True` is not a TOML boolean"),
            ("a = 9223372036854775808\n", "9223372036854775808 | integer number overflowed"),
            ("a = 15m\n", "15m | `15m` is not a quoted string, a number or a boolean"),
            ("a = “x”\n", "“x” | `“` is a typographic quote, which TOML does not accept"),
            ("“a” = 1\n", "“a” | `“` is a typographic quote, which TOML does not accept"),
            ("a =\n", "a = | `a` has no value"),
            ("[a.\"b.c\"]\n[a.'b.c']\n", "[a.'b.c'] | table `a.'b.c'` is defined twice | offset 0"),
            ("word\n", "word | `word` is not of the form `key = value`"),
            ("[a\nx = 1\n", "[a | the header is not closed"),
            ("[[a]\nx = 1\n", "[[a] | the header is not closed"),
            ("a = \"x\n", "\"x | the string is not closed on its line"),
            ("a = \"C:\\wso2\"\n", "\\w | invalid escape sequence in a double-quoted string"),
            ("a = 1\na = 2\n", "a | key `a` is defined twice | offset 0"),
            ("[t]\nx = 1\n[u]\n[t]\n", "[t] | table `t` is defined twice | offset 0"),
            ("[[l]]\nx = 1\n[[l]]\nx = 1\nx = 2\n", "x | key `l.x` is defined twice | offset 18"),
        ] {
            assert_eq!(faults(text), [expected], "{text:?}");
        }
    }

    #[test]
    fn every_line_has_its_own_error() {
        let text = "a = localhost\nb = 1\nc = yes\n[d\n";
        assert_eq!(faults(text).len(), 3);
    }

    #[test]
    fn secrets_are_not_repeated_in_the_message() {
        let faults = faults("[super_admin]\npassword = hunter2\n");
        assert_eq!(faults.len(), 1);
        assert!(!faults[0].split(" | ").nth(1).unwrap_or_default().contains("hunter2"), "{faults:?}");
    }

    #[test]
    fn an_unclosed_array_is_one_error() {
        assert_eq!(faults("a = [1, 2\nb = 3\nc = 4\n").len(), 1);
    }

    #[test]
    fn deep_nesting_is_not_a_syntax_error() {
        let text = format!("a = {}{}", "[".repeat(200), "]".repeat(200));
        assert!(faults_of(&text, &text).iter().any(|fault| fault.too_deep));
    }
}
