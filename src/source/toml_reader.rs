//! Reads the statements of a TOML file into entries and headers.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use toml_edit::{InlineTable, Value};

use super::Span;
use super::key::{Key, is_bare_byte};
use super::toml_entry::{TomlEntry, TomlTable, TomlValue};
use super::toml_statements::{Statement, Written, read_statements};

/// What has been read of a file.
pub(super) struct TomlReader<'a> {
    text: &'a str,
    placeholders: &'a [Span],
    /// Every value, in written order.
    pub(super) entries: Vec<TomlEntry>,
    /// Every header, in written order.
    pub(super) tables: Vec<TomlTable>,
    /// Every comment.
    pub(super) comments: Vec<Span>,
    /// The keys and headers that a deployment tool substitutes.
    pub(super) filled: Vec<Span>,
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

impl<'a> TomlReader<'a> {
    /// Reads `text`, in which a deployment tool substitutes `placeholders`. `None` if it is not valid TOML.
    pub(super) fn read(text: &'a str, placeholders: &'a [Span]) -> Option<Self> {
        let mut reader = Self {
            text,
            placeholders,
            entries: Vec::new(),
            tables: Vec::new(),
            comments: Vec::new(),
            filled: Vec::new(),
            keys: HashSet::new(),
            elements: Vec::new(),
            shared_elements: Arc::from([]),
            offset: 0,
            is_unknown: false,
        };
        reader.comments = read_statements(text, |statement| reader.read_statement(statement))?;
        // The keys of an inline table are in the order of their tables.
        reader.entries.sort_by_key(|entry| entry.key_span.start);
        reader.entries.shrink_to_fit();
        reader.tables.shrink_to_fit();
        Some(reader)
    }

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
        Span::in_part(self.offset, &part)
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
