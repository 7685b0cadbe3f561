//! A read-only view of a TOML file: every value under its flattened key, every header and every comment, with spans.

use super::template::{Masked, is_template};
pub(crate) use super::toml_entry::{TomlEntry, TomlTable, TomlValue};
use super::toml_faults::faults_of;
use super::toml_reader::TomlReader;
use super::{Span, SyntaxError};

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
        let TomlReader { entries, tables, filled, comments, .. } = TomlReader::read(text, placeholders)?;
        // A file has at most 16 MiB.
        let mut by_key: Vec<u32> = (0..u32::try_from(entries.len()).ok()?).collect();
        let key = |at: &u32| &entries[*at as usize].key;
        by_key.sort_by(|one, other| key(one).cmp(key(other)));
        Some(Self { entries, tables, comments, is_template: false, filled, has_tags: is_template(text), by_key })
    }

    /// The entry of a flattened key; the first one if the key is in an array of tables.
    pub fn get(&self, key: &str) -> Option<&TomlEntry> {
        self.entries_of(key).next()
    }

    /// The entry of a key with `[]` after each array of tables, in the elements with these indexes.
    pub fn entry_in(&self, key: &str, elements: &[usize]) -> Option<&TomlEntry> {
        // Later elements are written below.
        let is_before = |entry: &TomlEntry| (&*entry.key, &*entry.elements) < (key, elements);
        let first = self.by_key.partition_point(|at| is_before(self.entry(*at)));
        let entry = self.by_key.get(first).map(|at| self.entry(*at))?;
        (*entry.key == *key && *entry.elements == *elements).then_some(entry)
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
