//! Stage 1: flattens deployment.toml, with keys in the order of the server's parser (config-mapper TomlParser.java, cava-toml 0.5.0
//! MutableTomlTable.java and Toml.java).

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use std::rc::Rc;

use indexmap::IndexMap;
use toml_edit::{Array, Datetime, InlineTable, Offset, Value as TomlItem};

use super::value::Value;
use crate::server::java::hash::{hash_of, hash_of_list, in_set_order};
use crate::source::Span;
use crate::source::key::is_bare;
use crate::source::toml_definitions::Segment;
use crate::source::toml_statements::{Statement, Written, read_statements};

/// A value of the flat map as the user wrote it.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// The key; for an array of tables the header of its first element.
    pub key: Span,
    /// Every simple value in it, in order.
    pub values: Vec<Span>,
}

/// Every key of `text`; `None` if it is not valid TOML.
pub(super) fn flatten(text: &str) -> Option<IndexMap<String, Setting>> {
    let (mut root, mut header) = (FlatTable::default(), Vec::new());
    read_statements(text, |statement| {
        let Statement { path, offset, written } = statement;
        let Some((last, parents)) = path.split_last() else { return };
        match written {
            Written::Header { is_element, span, .. } => {
                table_at(&mut root, parents).and_then(|parent| open(parent, last, is_element.then_some(span)));
                header = path;
            }
            Written::Value(_, value) => {
                let table = table_at(&mut root, &header).and_then(|table| table_at(table, parents));
                let entry = ValueReader { text, offset }.entry(value, last.span);
                if let Some(table) = table {
                    table.push(&last.name, entry);
                }
            }
        }
    })?;
    Some(in_java_order(root))
}

/// A table as the parser keeps it, in the order in which its keys first appear. Most tables are small, and there can be many.
#[derive(Default)]
#[expect(clippy::box_collection, reason = "it takes 48 bytes, and most tables have none in them")]
struct FlatTable {
    entries: Vec<(Rc<str>, FlatEntry)>,
    /// Which entries are tables and arrays of tables, if any.
    tables: Option<Box<HashMap<Rc<str>, usize>>>,
}

impl FlatTable {
    /// Adds an entry, which is not in the table yet.
    fn push(&mut self, name: &str, entry: FlatEntry) {
        let name: Rc<str> = name.into();
        if !matches!(entry, FlatEntry::Leaf(_)) {
            self.tables.get_or_insert_default().insert(Rc::clone(&name), self.entries.len());
        }
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact(self.entries.len().max(1));
        }
        self.entries.push((name, entry));
    }
}

/// An entry of a table.
enum FlatEntry {
    Leaf(Setting),
    Table(FlatTable),
    /// An array of tables, with the header of its first element.
    Elements(Vec<FlatTable>, Span),
}

/// The table at `path` below `table`, which is added if it is missing. `None` if there is something else.
fn table_at<'t>(table: &'t mut FlatTable, path: &[Segment]) -> Option<&'t mut FlatTable> {
    path.iter().try_fold(table, |table, segment| open(table, segment, None))
}

/// The table under a name of `table`, which is added if it is missing; with the header of an element, a new element.
fn open<'t>(table: &'t mut FlatTable, segment: &Segment, element: Option<Span>) -> Option<&'t mut FlatTable> {
    let at = table.tables.as_ref().and_then(|tables| tables.get(&*segment.name).copied()).unwrap_or(table.entries.len());
    if at == table.entries.len() {
        let new =
            element.map_or_else(|| FlatEntry::Table(FlatTable::default()), |header| FlatEntry::Elements(Vec::new(), header));
        table.push(&segment.name, new);
    }
    match &mut table.entries[at].1 {
        FlatEntry::Leaf(_) => None,
        FlatEntry::Table(table) => Some(table),
        FlatEntry::Elements(elements, _) => {
            elements.extend(element.map(|_| FlatTable::default()));
            elements.last_mut()
        }
    }
}

/// The joined keys in the order of `dottedKeySet`. A key that the mapper cannot look up again has no value.
fn in_java_order(table: FlatTable) -> IndexMap<String, Setting> {
    let paths = key_paths(table);
    let joined: Vec<(String, bool, Setting)> =
        paths.into_iter().map(|(path, setting)| (join(&path), path.iter().all(|part| is_found_again(part)), setting)).collect();
    in_set_order(joined, |(key, _, _)| hash_of(key))
        .into_iter()
        .map(|(key, found, mut setting)| {
            if !found {
                setting.value = Value::Null;
            }
            (key.replace('"', "'"), setting)
        })
        .collect()
}

/// `keyPathSet`: every level is a `HashMap`, and the paths below it are a `HashSet` of lists.
fn key_paths(table: FlatTable) -> Vec<(Vec<Rc<str>>, Setting)> {
    let mut paths = Vec::new();
    for (key, entry) in in_set_order(table.entries, |(key, _)| hash_of(key)) {
        match entry {
            FlatEntry::Leaf(setting) => paths.push((vec![key], setting)),
            FlatEntry::Elements(elements, header) => paths.push((vec![key], list_of(elements, header))),
            FlatEntry::Table(below) => {
                for (mut path, setting) in key_paths(below) {
                    path.insert(0, Rc::clone(&key));
                    paths.push((path, setting));
                }
            }
        }
    }
    in_set_order(paths, |(path, _)| hash_of_list(&path.iter().map(|part| &**part).collect::<Vec<_>>()))
}

/// `joinKeyPath`: segments that are not bare get double quotes.
fn join(path: &[Rc<str>]) -> String {
    let parts =
        path.iter().map(|part| if is_bare(part) { Cow::Borrowed(&**part) } else { Cow::Owned(format!("\"{}\"", escaped(part))) });
    parts.collect::<Vec<_>>().join(".")
}

/// Whether the mapper can look the key up again: it does so in single quotes, where the escapes of `tomlEscape` have no meaning.
fn is_found_again(part: &str) -> bool {
    is_bare(part) || escaped(part) == part
}

/// `tomlEscape`: escapes single quotes and everything except printable ASCII.
fn escaped(part: &str) -> String {
    let mut text = String::new();
    for character in part.chars() {
        match character {
            '\'' => text.push_str("\\'"),
            ' '..='~' => text.push(character),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\u{c}' => text.push_str("\\f"),
            _ if character.len_utf16() > 1 => write!(text, "\\U{:08x}", u32::from(character)).unwrap_or_default(),
            _ => write!(text, "\\u{:04x}", u32::from(character)).unwrap_or_default(),
        }
    }
    text
}

/// Reads the value of a statement.
#[derive(Clone, Copy)]
struct ValueReader<'a> {
    text: &'a str,
    /// Where the statement begins.
    offset: usize,
}

impl ValueReader<'_> {
    fn entry(self, value: &TomlItem, key: Span) -> FlatEntry {
        match value {
            TomlItem::InlineTable(table) => FlatEntry::Table(self.inline(table)),
            TomlItem::Array(array) => {
                let mut values = Vec::new();
                let value = Value::List(self.array(array, &mut values));
                FlatEntry::Leaf(Setting { value, key, values })
            }
            simple => FlatEntry::Leaf(Setting { value: self.simple(simple), key, values: vec![self.span(simple.span())] }),
        }
    }

    fn inline(self, table: &InlineTable) -> FlatTable {
        let key = |name: &str| self.span(table.key(name).and_then(toml_edit::Key::span));
        let mut flat = FlatTable::default();
        table.iter().for_each(|(name, value)| flat.push(name, self.entry(value, key(name))));
        flat
    }

    fn array(self, array: &Array, spans: &mut Vec<Span>) -> Vec<Value> {
        let mut items = Vec::with_capacity(array.len());
        for item in array {
            items.push(match item {
                TomlItem::Array(inner) => Value::List(self.array(inner, spans)),
                TomlItem::InlineTable(table) => element(self.inline(table), spans),
                simple => {
                    spans.push(self.span(simple.span()));
                    self.simple(simple)
                }
            });
        }
        items
    }

    fn simple(self, value: &TomlItem) -> Value {
        match value {
            TomlItem::String(string) => {
                let written = self.span(string.span()).of(self.text);
                Value::Text(multi_line_string(written).unwrap_or_else(|| string.value().clone()))
            }
            TomlItem::Integer(number) => Value::Integer(*number.value()),
            TomlItem::Float(number) => Value::Double(*number.value()),
            TomlItem::Boolean(boolean) => Value::Boolean(*boolean.value()),
            TomlItem::Datetime(date) => Value::Text(java_date(date.value())),
            TomlItem::Array(_) | TomlItem::InlineTable(_) => Value::Null,
        }
    }

    /// Where a part of the statement is in the text.
    fn span(self, part: Option<Range<usize>>) -> Span {
        part.map_or_else(Span::default, |part| Span::in_part(self.offset, &part))
    }
}

/// A date as `toString` of Java's `LocalDate`, `LocalTime`, `LocalDateTime` and `OffsetDateTime` writes it: without seconds that are 0,
/// and with three, six or nine decimal digits.
fn java_date(date: &Datetime) -> String {
    let day = date.date.map(|day| day.to_string());
    let time = date.time.map(|time| {
        let (second, nanosecond) = (time.second.unwrap_or(0), time.nanosecond.unwrap_or(0));
        let seconds = match (second, nanosecond) {
            (0, 0) => String::new(),
            (_, 0) => format!(":{second:02}"),
            (_, part) if part % 1_000_000 == 0 => format!(":{second:02}.{:03}", part / 1_000_000),
            (_, part) if part % 1000 == 0 => format!(":{second:02}.{:06}", part / 1000),
            (_, part) => format!(":{second:02}.{part:09}"),
        };
        format!("{:02}:{:02}{seconds}", time.hour, time.minute)
    });
    let offset = match date.offset {
        None => String::new(),
        Some(Offset::Z | Offset::Custom { minutes: 0 }) => "Z".to_owned(),
        Some(offset) => offset.to_string(),
    };
    format!("{}{offset}", day.into_iter().chain(time).collect::<Vec<_>>().join("T"))
}

fn list_of(elements: Vec<FlatTable>, key: Span) -> Setting {
    let mut values = Vec::new();
    let items = elements.into_iter().map(|table| element(table, &mut values)).collect();
    Setting { value: Value::List(items), key, values }
}

/// An element of an array of tables as a separate flat map.
fn element(table: FlatTable, spans: &mut Vec<Span>) -> Value {
    Value::table(in_java_order(table).into_iter().map(|(key, setting)| {
        spans.extend(setting.values);
        (key, setting.value)
    }))
}

/// A multi-line string as the server's parser (cava-toml 0.5.0) reads it: a backslash at the end of a line does not remove the line break
/// and the blanks after it, and every line ends in a line feed. `None` for other strings.
fn multi_line_string(written: &str) -> Option<String> {
    let is_basic = written.starts_with("\"\"\"");
    if !is_basic && !written.starts_with("'''") {
        return None;
    }
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '\\' if is_basic && rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']) => {
                let line = rest.trim_start_matches([' ', '\t']);
                rest = line.strip_prefix("\r\n").unwrap_or(&line[1..]);
                text.push_str("\\n");
            }
            '\\' if is_basic => {
                let escaped = rest.chars().next()?;
                rest = &rest[escaped.len_utf8()..];
                text.extend(['\\', escaped]);
            }
            '\r' if rest.starts_with('\n') => {}
            _ => text.push(character),
        }
    }
    text.parse::<TomlItem>().ok()?.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        let mut keys: Vec<String> = flatten(text).unwrap_or_default().into_keys().collect();
        keys.sort();
        keys
    }

    #[test]
    fn tables_are_joined_and_empty_ones_vanish() {
        assert_eq!(keys("[a]\nb = 1\nc.d = {e = 2}\n[f]\n[g]\nh = []\n"), ["a.b", "a.c.d.e", "g.h"]);
    }

    #[test]
    fn a_backslash_at_the_end_of_a_line_removes_nothing() {
        for (written, value) in [
            ("\"\"\"x\\\n   y\"\"\"", "x\n   y"),
            ("\"\"\"x\\  \n\n  y\"\"\"", "x\n\n  y"),
            ("\"\"\"\n x \\\n\"\"\"", " x \n"),
            ("\"\"\"\\\n  y\\\n\\\n z\"\"\"", "\n  y\n\n z"),
            ("\"\"\"x\r\n   y\\t\"\"\"", "x\n   y\t"),
            ("'''x\r\n   y'''", "x\n   y"),
        ] {
            let map = flatten(&format!("a = {written}\n")).unwrap_or_default();
            assert_eq!(map["a"].value, Value::Text(value.to_owned()), "{written}");
        }
    }

    #[test]
    fn segments_that_are_not_bare_get_single_quotes() {
        assert_eq!(keys("[a]\n\"b.c\" = 1\n'd e' = 2\n"), ["a.'b.c'", "a.'d e'"]);
    }

    #[test]
    fn a_key_that_java_cannot_look_up_again_has_no_value() {
        let map = flatten("\"é\" = 1\n\"a b\" = 2\n").unwrap_or_default();
        assert_eq!(map.get("'\\u00e9'").map(|setting| setting.value.clone()), Some(Value::Null));
        assert_eq!(map.get("'a b'").map(|setting| setting.value.clone()), Some(Value::Integer(2)));
    }

    #[test]
    fn dates_print_as_in_java() {
        for (written, expected) in [
            ("1979-05-27", "1979-05-27"),
            ("1979-05-27T07:32:00Z", "1979-05-27T07:32Z"),
            ("1979-05-27T07:32:00", "1979-05-27T07:32"),
            ("07:32:00", "07:32"),
            ("07:32:00.100", "07:32:00.100"),
            ("1979-05-27T00:32:00.999999-07:00", "1979-05-27T00:32:00.999999-07:00"),
            ("1979-05-27T07:32:00.5Z", "1979-05-27T07:32:00.500Z"),
            ("1979-05-27T07:00:30+00:00", "1979-05-27T07:00:30Z"),
        ] {
            let map = flatten(&format!("a = {written}\n")).unwrap_or_default();
            assert_eq!(map.get("a").map(|setting| setting.value.to_java()).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn an_array_of_tables_is_a_list_of_flat_maps_with_the_places_of_its_values() {
        let text = "[[a]]\nb.c = 1\n[a.d]\ne = 'x'\n[[a]]\n";
        let map = flatten(text).unwrap_or_default();
        let setting = &map["a"];
        let Value::List(elements) = &setting.value else { panic!("not a list") };
        let elements: Vec<String> = elements.iter().map(Value::to_java).collect();
        assert_eq!(elements, ["{b.c=1, d.e=x}", "{}"]);
        let mut written: Vec<&str> = setting.values.iter().map(|span| span.of(text)).collect();
        written.sort_unstable();
        assert_eq!(written, ["'x'", "1"]);
    }
}
