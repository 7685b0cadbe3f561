//! The statements of a TOML file one after the other: headers, and keys with their values.
//!
//! The tree of a whole file takes fifty times the memory of its text, so `toml_edit` parses each statement alone.

use std::borrow::Cow;

use toml_edit::{Document, Item, Table, Value};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::Span;
use super::parsed_statements::StatementParser;
use super::toml_definitions::{Definitions, Segment, TomlPlace};

/// A header, or a key with its value.
#[derive(Debug)]
pub(crate) struct Statement<'a, 's> {
    /// The segments of its key.
    pub path: Vec<Segment<'a>>,
    /// Where the statement begins. The spans of its value count from here.
    pub offset: usize,
    /// What is written there.
    pub written: Written<'s>,
}

/// What a statement has besides its key.
#[derive(Debug)]
pub(crate) enum Written<'s> {
    /// A header.
    Header {
        /// The table, or the element of an array of tables.
        table: &'s TomlPlace,
        /// Whether it is the header of such an element.
        is_element: bool,
        /// The header with its brackets.
        span: Span,
        /// The first header above it that belongs to a descendant of the table.
        child_above: Option<Span>,
    },
    /// A value, which can be an inline table, and its place.
    Value(TomlPlace, &'s Value),
}

/// The most tokens of a file that is read: keys, values, punctuation, comments and line breaks. The largest real deployment.toml has about
/// ten thousand. Reading takes memory for each token, up to five hundred bytes.
pub(crate) const MAX_TOKENS: usize = 1_000_000;

/// Whether `text` has more than [`MAX_TOKENS`].
pub(crate) fn has_too_many_tokens(text: &str) -> bool {
    // Each has at least one byte.
    let is_counted = |kind: TokenKind| !matches!(kind, TokenKind::Whitespace | TokenKind::Eof);
    text.len() > MAX_TOKENS && Source::new(text).lex().filter(|token| is_counted(token.kind())).nth(MAX_TOKENS).is_some()
}

/// Passes every statement of `text` to `visit`. Returns the comments, each with its `#` and without the line break; `None` if the text is not
/// valid TOML. Then `visit` may have seen the statements before the error.
pub(crate) fn read_statements<'a>(text: &'a str, mut visit: impl FnMut(Statement<'a, '_>)) -> Option<Vec<Span>> {
    let mut definitions = Definitions::new(text);
    let mut parser = StatementParser::new(text);
    let mut comments = Vec::new();
    // Blank lines and comments go with the statement below them.
    let (mut start, mut depth, mut is_blank) = (0, 0_usize, true);
    for token in Source::new(text).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
            TokenKind::Comment => comments.push(Span::new(token.span().start(), token.span().end())),
            TokenKind::Newline if depth == 0 && !is_blank => {
                let end = token.span().end();
                read_next(text, Span::new(start, end), &mut parser, &mut definitions, &mut visit)?;
                (start, is_blank) = (end, true);
            }
            _ => {}
        }
        is_blank &= matches!(token.kind(), TokenKind::Whitespace | TokenKind::Comment | TokenKind::Newline);
    }
    read_next(text, Span::new(start, text.len()), &mut parser, &mut definitions, &mut visit)?;
    parser.finish();
    Some(comments)
}

/// Reads the statement in the next part of `text`, if there is one.
fn read_next<'a>(
    text: &'a str,
    part: Span,
    parser: &mut StatementParser,
    definitions: &mut Definitions<'a>,
    visit: &mut impl FnMut(Statement<'a, '_>),
) -> Option<()> {
    let document = parser.next(part)?;
    read_statement(text, part, &document, definitions, visit)?;
    parser.keep(document);
    Some(())
}

fn read_statement<'a>(
    text: &'a str,
    part: Span,
    document: &Document<String>,
    definitions: &mut Definitions<'a>,
    visit: &mut impl FnMut(Statement<'a, '_>),
) -> Option<()> {
    let mut table: &Table = document.as_table();
    let mut path = Vec::new();
    while let Some((name, item)) = table.iter().next() {
        let span = Span::in_part(part.start, &table.key(name)?.span()?);
        let written = span.of(text);
        path.push(Segment { name: if written == name { Cow::Borrowed(written) } else { Cow::Owned(name.to_owned()) }, span });
        let header = match item {
            Item::Value(value) => {
                let place = definitions.value(&path)?;
                visit(Statement { path, offset: part.start, written: Written::Value(place, value) });
                return Some(());
            }
            Item::Table(below) if below.is_implicit() || below.is_dotted() => {
                table = below;
                continue;
            }
            Item::Table(below) => below.span(),
            Item::ArrayOfTables(elements) => elements.get(0)?.span(),
            Item::None => return None,
        };
        let (is_element, span) = (item.is_array_of_tables(), Span::in_part(part.start, &header?));
        let (table, child_above) = definitions.header(&path, is_element, span)?;
        let written = Written::Header { table, is_element, span, child_above };
        visit(Statement { path, offset: part.start, written });
        return Some(());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The statements as `key | written key | written value or header`.
    fn statements(text: &str) -> Option<Vec<String>> {
        let mut found = Vec::new();
        read_statements(text, |statement| {
            let (key, part) = match statement.written {
                Written::Header { table, span, .. } => (table.key.clone(), span),
                Written::Value(place, value) => (place.key, Span::in_part(statement.offset, &value.span().unwrap_or_default())),
            };
            let path: Vec<&str> = statement.path.iter().map(|segment| segment.span.of(text)).collect();
            found.push(format!("{key} | {} | {}", path.join("."), part.of(text)));
        })?;
        Some(found)
    }

    #[test]
    fn every_statement_is_visited_with_its_place() {
        let text = "# top\n\na = [\n 1, # one\n]\n[\"b.c\"] # two\nd . \"e\\u0041\" = {f = \"\"\"\n[x]\n\"\"\"}\n\n[[g.h]]\r\n[[g.h]]\ni = 1";
        let expected = [
            "a | a | [\n 1, # one\n]",
            "'b.c' | \"b.c\" | [\"b.c\"]",
            "'b.c'.d.eA | d.\"e\\u0041\" | {f = \"\"\"\n[x]\n\"\"\"}",
            "g.h[] | g.h | [[g.h]]",
            "g.h[] | g.h | [[g.h]]",
            "g.h[].i | i | 1",
        ];
        assert_eq!(statements(text).expect("valid"), expected);
        let comments = read_statements(text, |_| ()).expect("valid");
        assert_eq!(read_statements(text, |_| ()).as_ref(), Some(&comments), "the second time from what is kept");
        assert_eq!(comments.iter().map(|comment| comment.of(text)).collect::<Vec<_>>(), ["# top", "# one", "# two"]);
    }

    #[test]
    fn what_toml_edit_refuses_is_refused() {
        for text in ["a = [1\nb = 2\n", "a = 1 ]\n", "[a\nb = 1]\n", "a = 1\rb = 2\n", "# \u{1}\n", "a", "a = 1\n# \u{0}"] {
            assert!(statements(text).is_none() && Document::parse(text).is_err(), "{text:?}");
        }
    }

    const KEY: &str = "[ab](\\.[ab]){0,2}";

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn definitions_contradict_each_other_as_for_toml_edit(
            lines in proptest::collection::vec(
                (KEY, "\\[_\\]|\\[\\[_\\]\\]|_ = (1|\\[\\]|\\{a\\.b = 1\\}|\\[\\{a = 1\\}\\])"),
                0..7,
            ),
        ) {
            let lines: Vec<String> = lines.into_iter().map(|(key, line)| line.replace('_', &key)).collect();
            let text = lines.join("\n");
            prop_assert_eq!(statements(&text).is_some(), Document::parse(text.as_str()).is_ok(), "{}", text);
        }

        #[test]
        fn a_text_is_refused_where_toml_edit_refuses_it(
            parts in proptest::collection::vec("[a-c.=\\[\\]{}\"'#,1\n\r\t ]|\"\"\"|'''|a = |\n", 0..24),
        ) {
            let text = parts.concat();
            prop_assert_eq!(statements(&text).is_some(), Document::parse(text.as_str()).is_ok(), "{:?}", text);
        }
    }
}
