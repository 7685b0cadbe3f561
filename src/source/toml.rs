//! A read-only view of a TOML file: every value under its flattened key, every header and every comment, with spans.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use toml_edit::{InlineTable, Value};

use super::key::{Key, is_bare_byte};
use super::template::{Masked, is_template};
use super::toml_faults::faults_of;
use super::toml_statements::{Statement, Written, read_statements};
use super::{Span, SyntaxError};

/// A value as the server's mapper sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum TomlValue {
    /// A string, unescaped.
    String(String),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time, as text.
    Datetime(String),
    /// An array without tables, each item with its span.
    Array(Vec<(TomlValue, Span)>),
    /// A value that a deployment tool substitutes, and that is therefore unknown.
    Placeholder,
}

impl TomlValue {
    /// The text that a template would print for a string, number or boolean; `None` for other values.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(format!("{number:?}")),
            Self::Boolean(boolean) => Some(boolean.to_string()),
            Self::Datetime(_) | Self::Array(_) | Self::Placeholder => None,
        }
    }

    /// Whether it is the same value, wherever its items are.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(items), Self::Array(others)) => {
                items.len() == others.len() && items.iter().zip(others).all(|((item, _), (other, _))| item.is_same(other))
            }
            (Self::Float(number), Self::Float(other)) => number.to_bits() == other.to_bits(),
            _ => self == other,
        }
    }

    /// The strings in this value: the string itself, or the strings of an array.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::String(text) => vec![text],
            Self::Array(items) => items.iter().flat_map(|(item, _)| item.texts()).collect(),
            _ => Vec::new(),
        }
    }
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct TomlEntry {
    /// The key as the config mapper flattens it: segments joined by dots, segments that are not bare keys in single quotes, and `[]`
    /// after an array of tables (`apim.gateway.environment[].name`). Shared by the elements
    /// of an array.
    pub key: Arc<str>,
    /// The key as written: `b.c` in `b.c = 1`.
    pub key_span: Span,
    /// The value.
    pub value: TomlValue,
    /// The value as written, including quotes.
    pub value_span: Span,
    /// The index of its header in [`TomlDocument::tables`]; `None` above the first header.
    pub table: Option<usize>,
    /// For each `[]` in the key, the index of the element, from 0.
    pub elements: Arc<[usize]>,
}

/// A `[table]` or `[[table]]` header.
#[derive(Debug, Clone)]
pub struct TomlTable {
    /// The flattened key; for an element of an array of tables it ends in `[]`.
    pub key: Arc<str>,
    /// The header, including its brackets.
    pub span: Span,
    /// The first header above this one that belongs to a descendant of this table, if any.
    pub child_above: Option<Box<Span>>,
    /// For each `[]` in the key, the index of the element, from 0.
    pub elements: Arc<[usize]>,
}

/// A parsed TOML file.
#[derive(Debug)]
pub struct TomlDocument {
    /// Every value, in written order.
    pub entries: Vec<TomlEntry>,
    /// Every header, in written order.
    pub tables: Vec<TomlTable>,
    /// Every comment with its `#`, without the line break.
    pub comments: Vec<Span>,
    /// Whether the file is valid TOML only with a deployment tool's tags masked.
    pub is_template: bool,
    /// The tags of a deployment tool that print keys, headers or whole lines.
    pub filled: Vec<Span>,
    /// Whether a deployment tool may still substitute something in it.
    pub has_tags: bool,
    /// The indexes of the entries, sorted by their keys.
    by_key: Vec<u32>,
}

impl TomlDocument {
    /// Parses `text`. Fails with all syntax errors.
    pub fn parse(text: &str) -> Result<Self, Vec<SyntaxError>> {
        Self::read(text, &[]).ok_or_else(|| faults_of(text, text))
    }

    /// Parses `text`, in which a deployment tool substitutes `placeholders`. `None` unless all of them are inside strings or comments.
    pub fn parse_filled_in(text: &str, placeholders: &[Span]) -> Option<Self> {
        Self::read(text, placeholders)
    }

    /// Parses `masked`, the masked form of `text`, a deployment tool's template. Fails with all syntax errors.
    pub fn parse_template(masked: &Masked, text: &str) -> Result<Self, Vec<SyntaxError>> {
        let document = Self::read(&masked.text, &masked.placeholders).ok_or_else(|| faults_of(&masked.text, text))?;
        let filled = document.filled.into_iter().chain(masked.lines.iter().copied()).collect();
        Ok(Self { is_template: true, has_tags: true, filled, ..document })
    }

    fn read(text: &str, placeholders: &[Span]) -> Option<Self> {
        let mut reader = TomlReader {
            text,
            placeholders,
            entries: Vec::new(),
            tables: Vec::new(),
            filled: Vec::new(),
            keys: HashSet::new(),
            elements: Vec::new(),
            shared_elements: Arc::from([]),
            offset: 0,
            is_unknown: false,
        };
        let comments = read_statements(text, |statement| reader.read_statement(statement))?;
        Some(Self { has_tags: is_template(text), ..reader.finish(comments) })
    }

    /// The entry of a flattened key; the first one if the key is in an array of tables.
    pub fn get(&self, key: &str) -> Option<&TomlEntry> {
        self.entries_of(key).next()
    }

    /// The entry of a key with `[]` after each array of tables, in the elements with these indexes.
    pub fn entry_in(&self, key: &str, elements: &[usize]) -> Option<&TomlEntry> {
        self.entries_of(key).find(|entry| *entry.elements == *elements)
    }

    /// Every flattened key once, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let keys = self.by_key.iter().map(|at| &*self.entry(*at).key);
        let mut last = None;
        keys.filter(move |key| last.replace(*key) != Some(*key))
    }

    /// The entries of a flattened key, in written order.
    pub fn entries_of(&self, key: &str) -> impl Iterator<Item = &TomlEntry> {
        let first = self.by_key.partition_point(|at| *self.entry(*at).key < *key);
        self.by_key[first..].iter().map(|at| self.entry(*at)).take_while(move |entry| *entry.key == *key)
    }

    fn entry(&self, at: u32) -> &TomlEntry {
        &self.entries[at as usize]
    }

    /// The header of the element of an array of tables with these indexes; `key` has `[]` after each array of tables.
    pub fn element(&self, key: &str, elements: &[usize]) -> Option<&TomlTable> {
        self.tables.iter().find(|table| *table.key == *key && *table.elements == *elements)
    }

    /// The first header of table `key`.
    pub fn table(&self, key: &str) -> Option<&TomlTable> {
        self.tables.iter().find(|table| *table.key == *key)
    }
}

/// Collects the entries and headers of a parsed document.
struct TomlReader<'a> {
    text: &'a str,
    placeholders: &'a [Span],
    entries: Vec<TomlEntry>,
    tables: Vec<TomlTable>,
    filled: Vec<Span>,
    /// The keys in arrays of tables so far.
    keys: HashSet<Arc<str>>,
    /// The indexes of the elements around what is being read.
    elements: Vec<usize>,
    /// The same, shared by the entries of a header.
    shared_elements: Arc<[usize]>,
    /// Where the statement begins. The spans of its value count from here.
    offset: usize,
    /// Whether a deployment tool substitutes a part of the header above.
    is_unknown: bool,
}

impl TomlReader<'_> {
    fn read_statement(&mut self, statement: Statement) {
        self.offset = statement.offset;
        let is_filled = statement.path.iter().any(|segment| self.is_filled(segment.span));
        match statement.written {
            Written::Header { table, span, child_above, .. } => {
                self.is_unknown = is_filled;
                if !is_filled {
                    self.elements.clone_from(&table.elements);
                    let (key, elements) = (self.shared_key(&table.key), self.shared_elements());
                    self.tables.push(TomlTable { key, span, child_above: child_above.map(Box::new), elements });
                }
            }
            Written::Value(place, value) if !is_filled && !self.is_unknown => {
                let start = statement.path.first().map_or(0, |first| first.span.start);
                let end = statement.path.last().map_or(start, |last| last.span.end);
                self.elements = place.elements;
                self.read_value(&place.key, Span::new(start, end), value);
            }
            Written::Value(..) => {}
        }
    }

    fn read_value(&mut self, key: &str, key_span: Span, value: &Value) {
        match value {
            Value::InlineTable(inline) => self.read_inline(inline, key),
            Value::Array(array) if array.iter().any(Value::is_inline_table) => {
                for (index, item) in array.iter().enumerate() {
                    let Some(inline) = item.as_inline_table() else { continue };
                    self.elements.push(index);
                    self.read_inline(inline, &Key::new(key).elements());
                    self.elements.pop();
                }
            }
            _ => {
                let value_span = value.span().map_or(key_span, |span| self.span(span));
                let (value, table) = (self.convert(value), self.tables.len().checked_sub(1));
                let (key, elements) = (self.shared_key(key), self.shared_elements());
                self.entries.push(TomlEntry { key, key_span, value, value_span, table, elements });
            }
        }
    }

    fn read_inline(&mut self, inline: &InlineTable, key: &str) {
        for (name, value) in inline {
            let Some(segment) = inline.key(name).and_then(toml_edit::Key::span).map(|span| self.span(span)) else { continue };
            if !self.is_filled(segment) {
                // toml_edit knows only where the last segment of a dotted key is.
                let key_span = Span::new(start_of_dotted_key(self.text, segment.start), segment.end);
                self.read_value(&Key::new(key).child(name), key_span, value);
            }
        }
    }

    fn shared_key(&mut self, key: &str) -> Arc<str> {
        if let Some(key) = self.keys.get(key) {
            return Arc::clone(key);
        }
        let key: Arc<str> = key.into();
        if Key::new(&key).is_in_list() {
            self.keys.insert(Arc::clone(&key));
        }
        key
    }

    fn shared_elements(&mut self) -> Arc<[usize]> {
        if *self.shared_elements != *self.elements {
            self.shared_elements = self.elements.as_slice().into();
        }
        Arc::clone(&self.shared_elements)
    }

    /// Where a part of the statement is in the text.
    fn span(&self, part: Range<usize>) -> Span {
        Span::new(self.offset + part.start, self.offset + part.end)
    }

    /// Whether a deployment tool substitutes a part of `span`. The placeholders are in order and apart.
    fn has_placeholder(&self, span: Span) -> bool {
        let before = self.placeholders.partition_point(|placeholder| placeholder.end <= span.start);
        self.placeholders.get(before).is_some_and(|placeholder| placeholder.start < span.end)
    }

    /// Whether a deployment tool substitutes a segment of a key, so that what it is the key of is unknown.
    fn is_filled(&mut self, segment: Span) -> bool {
        let is_filled = self.has_placeholder(segment);
        self.filled.extend(is_filled.then_some(segment));
        is_filled
    }

    fn convert(&self, value: &Value) -> TomlValue {
        let span = value.span().map_or_else(Span::default, |span| self.span(span));
        if self.has_placeholder(span) {
            return TomlValue::Placeholder;
        }
        match value {
            Value::String(string) => TomlValue::String(string.value().clone()),
            Value::Integer(integer) => TomlValue::Integer(*integer.value()),
            Value::Float(float) => TomlValue::Float(*float.value()),
            Value::Boolean(boolean) => TomlValue::Boolean(*boolean.value()),
            Value::Datetime(datetime) => TomlValue::Datetime(datetime.value().to_string()),
            Value::Array(array) => {
                let span_of = |item: &Value| item.span().map_or(span, |span| self.span(span));
                TomlValue::Array(array.iter().map(|item| (self.convert(item), span_of(item))).collect())
            }
            Value::InlineTable(_) => TomlValue::Array(Vec::new()),
        }
    }

    fn finish(mut self, comments: Vec<Span>) -> TomlDocument {
        // The keys of an inline table are in the order of their tables.
        self.entries.sort_by_key(|entry| entry.key_span.start);
        self.entries.shrink_to_fit();
        self.tables.shrink_to_fit();
        // A file has at most 16 MiB.
        let mut by_key: Vec<u32> = (0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX)).collect();
        let key = |at: &u32| &self.entries[*at as usize].key;
        by_key.sort_by(|one, other| key(one).cmp(key(other)));
        TomlDocument {
            entries: self.entries,
            tables: self.tables,
            comments,
            is_template: false,
            filled: self.filled,
            has_tags: false,
            by_key,
        }
    }
}

/// The start of the dotted key that has its last segment at `leaf`.
fn start_of_dotted_key(text: &str, leaf: usize) -> usize {
    let mut start = leaf;
    while let Some(before) = text[..start].trim_end_matches([' ', '\t']).strip_suffix('.') {
        let before = before.trim_end_matches([' ', '\t']);
        let segment = match before.chars().next_back() {
            Some(quote @ ('"' | '\'')) => before[..before.len() - 1].rfind(quote),
            _ => before.bytes().rposition(|byte| !is_bare_byte(byte)).map_or(Some(0), |at| Some(at + 1)),
        };
        match segment {
            Some(segment) if segment < start => start = segment,
            _ => break,
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> TomlDocument {
        TomlDocument::parse(text).expect("valid TOML")
    }

    #[test]
    fn keys_are_flattened_as_the_mapper_does() {
        let text = "top = 1\n[a]\nb.c = 'x'\n'd.e' = true\n[[l.m]]\nn = 1.5\n[l.m.o]\np = []\n[[l.m]]\nn = 2\n[q]\nr = {s = 1, t = {u = 2}}\nv = [{w = 3}]\n";
        let document = parse(text);
        let keys: Vec<&str> = document.entries.iter().map(|entry| &*entry.key).collect();
        assert_eq!(keys, ["top", "a.b.c", "a.'d.e'", "l.m[].n", "l.m[].o.p", "l.m[].n", "q.r.s", "q.r.t.u", "q.v[].w"]);
        let headers: Vec<(&str, &str)> = document.tables.iter().map(|table| (&*table.key, table.span.of(text))).collect();
        assert_eq!(headers, [("a", "[a]"), ("l.m[]", "[[l.m]]"), ("l.m[].o", "[l.m.o]"), ("l.m[]", "[[l.m]]"), ("q", "[q]")]);
        assert_eq!(document.entries[0].table, None);
        assert_eq!(document.entries[5].table, Some(3));
        let dotted = document.get("a.b.c").expect("a.b.c");
        assert_eq!((dotted.key_span.of(text), dotted.value_span.of(text)), ("b.c", "'x'"));
    }

    #[test]
    fn the_span_of_a_dotted_key_covers_all_segments() {
        let text = "a.x = 1\na . 'y.z' . w = 2\n";
        let keys: Vec<String> = parse(text).entries.iter().map(|entry| entry.key_span.of(text).to_owned()).collect();
        assert_eq!(keys, ["a.x", "a . 'y.z' . w"]);
    }

    #[test]
    fn a_parent_below_its_child_has_the_header_of_that_child() {
        let text = "[a.b.c]\nx = 1\n[a.b]\ny = 1\n[d]\n[d.e]\n[[f.g]]\n[f]\n";
        let late: Vec<(String, &str)> = parse(text)
            .tables
            .into_iter()
            .filter_map(|table| table.child_above.map(|child| (table.key.to_string(), child.of(text))))
            .collect();
        assert_eq!(late, [("a.b".to_owned(), "[a.b.c]"), ("f".to_owned(), "[[f.g]]")]);
    }

    #[test]
    fn comments_have_spans_and_strings_are_not_comments() {
        let text = "# one\na = \"# no\" # two\r\n";
        let comments: Vec<&str> = parse(text).comments.iter().map(|span| span.of(text)).collect();
        assert_eq!(comments, ["# one", "# two"]);
    }

    #[test]
    fn a_substituted_value_is_a_placeholder() {
        let text = "offset = '__'\n";
        let document = TomlDocument::read(text, &[Span::new(9, 13)]).expect("valid TOML");
        assert_eq!(document.entries[0].value, TomlValue::Placeholder);
    }
}
