//! Edits of deployment.toml as text: existing text is kept, and new text is formatted like its neighbours.

use crate::source::Span;
use crate::source::key::{Key, names_in_toml};
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::toml::{TomlDocument, TomlEntry, TomlTable};

/// A range of the text and its replacement.
pub type TextEdit = (Span, String);

/// A deployment.toml: its text and the parsed document.
#[derive(Debug, Clone, Copy)]
pub struct TomlFile<'a> {
    /// The text.
    pub text: &'a str,
    /// The parsed text.
    pub document: &'a TomlDocument,
}

impl TomlFile<'_> {
    /// Sets the flattened `key` to `literal`, a value in TOML syntax. Replaces an existing value; otherwise adds the key to its table, or
    /// to a new table. Returns `None` if the key is in an array of tables, one of its tables is one or a value, or the key is a table.
    pub fn set(&self, key: &str, literal: &str) -> Option<Vec<TextEdit>> {
        let key = Key::new(key);
        if key.is_in_list() {
            return None;
        }
        if let Some(entry) = self.document.get(key.as_str()) {
            return Some(vec![(entry.value_span, literal.to_owned())]);
        }
        let is_table = self.document.keys().any(|other| key.is_above(Key::new(other)));
        if is_table || key.tables().any(|(table, _)| self.document.get(table.as_str()).is_some()) {
            return None;
        }
        let (table, name) = key.table_and_name();
        if let Some(header) = self.document.table(table.as_str()) {
            return Some(vec![self.insert_in_table(header, &format!("{name} = {literal}"))]);
        }
        if key.tables().any(|(table, _)| self.has_elements(table)) {
            return None;
        }
        if let Some(sibling) = self.dotted_sibling(table) {
            return self.insert_beside(sibling, key, literal);
        }
        let (outer, inner) = table.table_and_name();
        if !outer.is_root()
            && let Some(header) = self.document.table(outer.as_str())
        {
            // A dotted key in the parent table needs no new header.
            return Some(vec![self.insert_in_table(header, &format!("{inner}.{name} = {literal}"))]);
        }
        if table.is_root() {
            return Some(vec![self.insert_at_root(&format!("{name} = {literal}"))]);
        }
        Some(vec![self.insert_table(table, &format!("{name} = {literal}"))])
    }

    /// Removes the entry and its line, but keeps a comment after it. Returns `None` inside an inline table.
    pub fn remove(&self, entry: &TomlEntry) -> Option<TextEdit> {
        let line = self.lines_of(Span::new(entry.key_span.start, entry.value_span.end));
        let before = &self.text[line.start..entry.key_span.start];
        let rest = self.text[entry.value_span.end..line.end].trim_end_matches(['\r', '\n']);
        if !before.trim().is_empty() {
            // Inside an inline table.
            return None;
        }
        if rest.trim_start().starts_with('#') {
            let comment = line.end - self.text[entry.value_span.end..line.end].trim_start().len();
            return Some((Span::new(entry.key_span.start, comment), String::new()));
        }
        rest.trim().is_empty().then(|| (self.with_line_breaks_above(line), String::new()))
    }

    /// Replaces the key of the entry with `written`, in the same table.
    pub fn rename(&self, entry: &TomlEntry, written: &str) -> TextEdit {
        (entry.key_span, written.to_owned())
    }

    /// Moves the table of `header`, with its keys and the comments above it, before the table with the header at `child`. Returns `None`
    /// if it is already there.
    pub fn move_before(&self, header: &TomlTable, child: Span) -> Option<Vec<TextEdit>> {
        let block = self.block_of(header);
        let target = self.with_comments_above(child.start);
        if target >= block.start {
            return None;
        }
        let removed = self.with_line_breaks_above(block);
        // At the end of a file, the line breaks above the table now separate it from what follows.
        let moved = [block.of(self.text), Span::new(removed.start, block.start).of(self.text)].concat();
        Some(vec![(Span::at(target), moved), (removed, String::new())])
    }

    /// The range to remove for whole `lines`. At the end of a file without a final line break it includes the line breaks above, so that
    /// the file still ends without one.
    fn with_line_breaks_above(&self, lines: Span) -> Span {
        if lines.end < self.text.len() || self.text.ends_with('\n') {
            return lines;
        }
        Span::new(self.text[..lines.start].trim_end_matches(['\r', '\n']).len(), lines.end)
    }

    /// The range of a table, from the comments above its header to those above the next header.
    fn block_of(&self, header: &TomlTable) -> Span {
        let start = self.with_comments_above(header.span.start);
        let tables = &self.document.tables;
        let next = tables.get(tables.partition_point(|next| next.span.start <= header.span.start));
        let end = next.map_or(self.text.len(), |next| self.with_comments_above(next.span.start));
        Span::new(start, end)
    }

    /// The start of the line at `at`, or of the comment lines directly above it.
    fn with_comments_above(&self, at: usize) -> usize {
        let mut start = self.line_start(at);
        while self.text[..start].ends_with('\n') {
            let above = self.line_start(start - 1);
            let line = &self.text[above..start];
            let comment = above + line.len() - line.trim_start().len();
            // A line that looks like a comment can be part of a multi-line string.
            let is_comment = self.document.comments.binary_search_by_key(&comment, |comment| comment.start).is_ok();
            if line.trim().is_empty() || !is_comment {
                break;
            }
            start = above;
        }
        start
    }

    /// Inserts `line` after the last key of the table itself, before its subtables.
    fn insert_in_table(&self, header: &TomlTable, line: &str) -> TextEdit {
        let number = self.document.tables.binary_search_by_key(&header.span.start, |table| table.span.start).ok();
        let last = self.document.entries.iter().rfind(|entry| entry.table.is_some() && entry.table == number);
        let (anchor, indentation) = match last {
            Some(entry) => (entry.value_span.end, self.indentation(entry.key_span.start)),
            None => (header.span.end, self.indentation(header.span.start)),
        };
        self.insert_below(anchor, &format!("{indentation}{line}"))
    }

    fn insert_at_root(&self, line: &str) -> TextEdit {
        if let Some(last) = self.document.entries.iter().rfind(|entry| entry.table.is_none()) {
            return self.insert_below(last.value_span.end, line);
        }
        let Some(first) = self.document.tables.first() else {
            // Nothing but comments.
            return self.insert_below(self.text.len(), line);
        };
        let at = self.with_comments_above(first.span.start);
        let line_break = self.line_break_near(at);
        (Span::at(at), format!("{line}{line_break}{line_break}"))
    }

    /// Inserts a new table after its ancestors, before its first descendant, and before `[secrets]`, which cipher-tool expects last.
    fn insert_table(&self, table: Key, line: &str) -> TextEdit {
        let tables = &self.document.tables;
        let below = |other: &&TomlTable| table.is_above(Key::new(&other.key));
        let family = table.outermost();
        let related = |other: &&TomlTable| family.covers(Key::new(&other.key));
        let last_related = tables.iter().rposition(|other| related(&other)).and_then(|at| tables.get(at + 1));
        let before = match tables.iter().find(below) {
            Some(child) => Some(child),
            None if tables.iter().any(|other| related(&other)) => last_related,
            None => tables.iter().find(|other| Key::new(&other.key).secrets_table().is_some()),
        };
        let at = before.map_or(self.text.len(), |next| self.with_comments_above(next.span.start));
        let line_break = self.line_break_near(at);
        let above = &self.text[..at];
        let gap = match above {
            _ if above.trim_matches(['\r', '\n', BYTE_ORDER_MARK]).is_empty()
                || above.ends_with("\n\n")
                || above.ends_with("\r\n\r\n") =>
            {
                String::new()
            }
            _ if above.ends_with('\n') => line_break.to_owned(),
            _ => line_break.repeat(2),
        };
        let end = match before {
            Some(_) => line_break.repeat(2),
            // A file without a final line break stays without one.
            None if above.is_empty() || above.ends_with('\n') => line_break.to_owned(),
            None => String::new(),
        };
        (Span::at(at), format!("{gap}[{}]{line_break}{line}{end}", table.as_str()))
    }

    /// The last entry that defines `table` by a dotted key or an inline table rather than by a header.
    fn dotted_sibling(&self, table: Key) -> Option<&TomlEntry> {
        if table.is_root() {
            return None;
        }
        self.document.entries.iter().rfind(|entry| table.is_above(Key::new(&entry.key)) && !table.covers(self.header_of(entry)))
    }

    /// The table that the header above an entry opens.
    fn header_of(&self, entry: &TomlEntry) -> Key<'_> {
        Key::new(entry.table.and_then(|number| self.document.tables.get(number)).map_or("", |header| &*header.key))
    }

    /// Whether `table` is an array of tables, written with headers or inline.
    fn has_elements(&self, table: Key) -> bool {
        let elements = table.elements();
        let is_element = |key: &str| Key::new(&elements).covers(Key::new(key));
        self.document.tables.iter().any(|header| is_element(&header.key))
            || self.document.entries.iter().any(|entry| is_element(&entry.key))
    }

    fn insert_beside(&self, sibling: &TomlEntry, key: Key, literal: &str) -> Option<Vec<TextEdit>> {
        let line = self.lines_of(Span::new(sibling.key_span.start, sibling.value_span.end));
        if !self.text[line.start..sibling.key_span.start].trim().is_empty() {
            // Keys in an inline table are relative to it.
            let (table, name) = key.table_and_name();
            let is_one_name = names_in_toml(sibling.key_span.of(self.text)).is_some_and(|names| names.len() == 1);
            let is_direct = Key::new(&sibling.key).table() == table && is_one_name;
            return is_direct.then(|| vec![(Span::at(sibling.value_span.end), format!(", {name} = {literal}"))]);
        }
        let relative = key.relative_to(self.header_of(sibling))?.as_str();
        let indentation = self.indentation(sibling.key_span.start);
        Some(vec![self.insert_below(sibling.value_span.end, &format!("{indentation}{relative} = {literal}"))])
    }

    /// Inserts `line` below the line at `at`.
    fn insert_below(&self, at: usize, line: &str) -> TextEdit {
        let lines = self.lines_of(Span::at(at));
        let line_break = self.line_break_near(at);
        let above = &self.text[..lines.end];
        if above.ends_with('\n') || above.strip_prefix(BYTE_ORDER_MARK).unwrap_or(above).is_empty() {
            (Span::at(lines.end), format!("{line}{line_break}"))
        } else {
            (Span::at(lines.end), format!("{line_break}{line}"))
        }
    }

    /// The whole lines that contain `span`, including the last line break.
    fn lines_of(&self, span: Span) -> Span {
        let end = self.text[span.end..].find('\n').map_or(self.text.len(), |len| span.end + len + 1);
        Span::new(self.line_start(span.start), end)
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        let start = self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        // Nothing may be inserted before a byte-order mark.
        let mark = BYTE_ORDER_MARK;
        if start == 0 && self.text.starts_with(mark) && at >= mark.len_utf8() { mark.len_utf8() } else { start }
    }

    fn indentation(&self, at: usize) -> &str {
        let line = &self.text[self.line_start(at)..at];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// The line break of the line at `at`, or of the previous line if it has none.
    fn line_break_near(&self, at: usize) -> &'static str {
        let following = self.text[at..].find('\n').map(|len| at + len);
        let line_feed = following.or_else(|| self.text[..at].rfind('\n'));
        if line_feed.is_some_and(|line_feed| self.text[..line_feed].ends_with('\r')) { "\r\n" } else { "\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply};

    fn edited(text: &str, edits: Option<Vec<TextEdit>>) -> String {
        let edits = edits.expect("possible").into_iter();
        let edits: Vec<Edit> = edits.map(|(span, text)| Edit { file: "x".into(), span, text }).collect();
        let (result, applied) = apply(text, &[edits]);
        assert_eq!(applied, [true]);
        assert!(TomlDocument::parse(&result).is_ok(), "{result}");
        result
    }

    fn set(text: &str, key: &str, literal: &str) -> String {
        let document = TomlDocument::parse(text).expect("valid");
        edited(text, TomlFile { text, document: &document }.set(key, literal))
    }

    #[test]
    fn a_value_is_replaced_and_the_rest_is_kept() {
        assert_eq!(set("[s]\r\noffset = \"1\" # one\r\n", "s.offset", "1"), "[s]\r\noffset = 1 # one\r\n");
        assert_eq!(set("a = {b = 1}", "a.b", "2"), "a = {b = 2}");
    }

    #[test]
    fn a_key_is_added_at_the_end_of_its_own_table() {
        assert_eq!(set("[a]\nx = 1 # x\n\n# next\n[b]\ny = 1\n", "a.z", "2"), "[a]\nx = 1 # x\nz = 2\n\n# next\n[b]\ny = 1\n");
        assert_eq!(set("[a]\n[a.b]\ny = 1", "a.z", "2"), "[a]\nz = 2\n[a.b]\ny = 1");
        assert_eq!(set("[a]\r\n  x = 1", "a.z", "2"), "[a]\r\n  x = 1\r\n  z = 2");
        assert_eq!(set("[a]\nx = [\n 1,\n]\n", "a.z", "2"), "[a]\nx = [\n 1,\n]\nz = 2\n");
    }

    #[test]
    fn dotted_keys_and_inline_tables_are_extended() {
        assert_eq!(set("[t]\nhttp.port = 1\n", "t.http.on", "false"), "[t]\nhttp.port = 1\nhttp.on = false\n");
        assert_eq!(set("t.http.port = 1\n", "t.http.on", "false"), "t.http.port = 1\nt.http.on = false\n");
        assert_eq!(set("[t]\nhttp = {port = 1}\n", "t.http.on", "false"), "[t]\nhttp = {port = 1, on = false}\n");
        assert_eq!(set("[t]\nhttp = {\"a.b\" = 1}\n", "t.http.'c.d'", "2"), "[t]\nhttp = {\"a.b\" = 1, 'c.d' = 2}\n");
        assert_eq!(set("t.http.'a.b' = 1\n", "t.http.'c.d'", "2"), "t.http.'a.b' = 1\nt.http.'c.d' = 2\n");
    }

    #[test]
    fn a_table_is_added_where_the_server_survives_it() {
        assert_eq!(set("[a]\nx = 1\n", "b.c", "2"), "[a]\nx = 1\n\n[b]\nc = 2\n");
        assert_eq!(set("[a]\nx = 1", "b.c", "2"), "[a]\nx = 1\n\n[b]\nc = 2");
        assert_eq!(set("", "b.c", "2"), "[b]\nc = 2\n");
        assert_eq!(set("# b d\n[b.c.d]\nx = 1\n", "b.c.y", "2"), "[b.c]\ny = 2\n\n# b d\n[b.c.d]\nx = 1\n");
        assert_eq!(set("[b]\nx = 1\n\n[z]\n", "b.c.y", "2"), "[b]\nx = 1\nc.y = 2\n\n[z]\n");
        assert_eq!(set("[b]\nx = 1\n\n[z]\n", "b.c.d.y", "2"), "[b]\nx = 1\n\n[b.c.d]\ny = 2\n\n[z]\n");
        assert_eq!(
            set("[a]\n\n# keep last\n[secrets]\np = \"[x]\"\n", "b.c", "2"),
            "[a]\n\n[b]\nc = 2\n\n# keep last\n[secrets]\np = \"[x]\"\n"
        );
        assert_eq!(set("\u{feff}[a]\n", "top", "2"), "\u{feff}top = 2\n\n[a]\n");
        assert_eq!(set("# note", "top", "2"), "# note\ntop = 2");
        assert_eq!(set("# note \u{feff}", "top", "2"), "# note \u{feff}\ntop = 2");
        assert_eq!(set("", "top", "2"), "top = 2\n");
        assert_eq!(set("['b.c'.d]\nx = 1\n\n[z]\n", "'b.c'.e.y", "2"), "['b.c'.d]\nx = 1\n\n['b.c'.e]\ny = 2\n\n[z]\n");
        assert_eq!(set("[secrets.x]\np = \"[x]\"\n", "b.c", "2"), "[b]\nc = 2\n\n[secrets.x]\np = \"[x]\"\n");
        assert_eq!(set("[[b.l]]\nx = 1\n", "b.y", "2"), "[b]\ny = 2\n\n[[b.l]]\nx = 1\n");
    }

    #[test]
    fn arrays_tables_and_values_are_not_taken_for_each_other() {
        for (text, keys) in [
            ("[[a]]\nx = 1\n", &["a[].x", "a.y", "a.b.y", "a.b.c.y"][..]),
            ("a = [{x = 1}]\n[b]\nl = [{x = 1}]\n", &["a.y", "b.l.y"]),
            ("a = 'x'\n[b]\nc.d = 1\n", &["a.y", "b", "b.c", "b.c.d.e"]),
        ] {
            let document = TomlDocument::parse(text).expect("valid");
            let file = TomlFile { text, document: &document };
            for key in keys {
                assert!(file.set(key, "2").is_none(), "{text}{key}");
            }
        }
    }

    #[test]
    fn removing_a_key_keeps_its_comment() {
        for (text, expected) in [
            ("[a]\nx = 1\ny = 2\n", "[a]\ny = 2\n"),
            ("[a]\r\nx = 1 # why\r\ny = 2", "[a]\r\n# why\r\ny = 2"),
            ("[a]\ny = 2\nx = 1", "[a]\ny = 2"),
            ("[a]\r\nx = 1", "[a]"),
        ] {
            let document = TomlDocument::parse(text).expect("valid");
            let file = TomlFile { text, document: &document };
            let entry = document.get("a.x").expect("there");
            assert_eq!(edited(text, file.remove(entry).map(|edit| vec![edit])), expected);
        }
    }

    #[test]
    fn a_parent_moves_before_its_first_child_with_its_comments() {
        let text = "# child\n[a.b]\nx = 1\n\n# parent\n[a]\ny = 2\n\n[c]\n";
        let document = TomlDocument::parse(text).expect("valid");
        let file = TomlFile { text, document: &document };
        let parent = document.table("a").expect("there");
        let moved = edited(text, file.move_before(parent, *parent.child_above.as_deref().expect("a child")));
        assert_eq!(moved, "# parent\n[a]\ny = 2\n\n# child\n[a.b]\nx = 1\n\n[c]\n");
        let text = "[a.b]\nx = 1\n[a]\ny = 2";
        let document = TomlDocument::parse(text).expect("valid");
        let file = TomlFile { text, document: &document };
        let parent = document.table("a").expect("there");
        assert_eq!(
            edited(text, file.move_before(parent, *parent.child_above.as_deref().expect("a child"))),
            "[a]\ny = 2\n[a.b]\nx = 1"
        );
    }

    #[test]
    fn a_file_without_a_final_line_break_stays_without() {
        for (text, expected) in [
            ("[x.y]\na = 1\n\n# parent\n[x]\nb = 2", "# parent\n[x]\nb = 2\n\n[x.y]\na = 1"),
            ("[x.y]\r\na = 1\r\n\r\n[x]\r\nb = 2", "[x]\r\nb = 2\r\n\r\n[x.y]\r\na = 1"),
        ] {
            let document = TomlDocument::parse(text).expect("valid");
            let file = TomlFile { text, document: &document };
            let parent = document.table("x").expect("there");
            assert_eq!(edited(text, file.move_before(parent, *parent.child_above.as_deref().expect("a child"))), expected);
        }
        let text = "[x]\na = 1\n\nb = 2";
        let document = TomlDocument::parse(text).expect("valid");
        let file = TomlFile { text, document: &document };
        let removed = file.remove(document.get("x.b").expect("there")).expect("removable");
        assert_eq!(edited(text, Some(vec![removed])), "[x]\na = 1");
    }

    #[test]
    fn a_line_of_a_multi_line_string_is_not_a_comment() {
        let text = "[a.b]\n[c]\ns = \"\"\"\n# x\"\"\"\n[a]\ny = 2\n";
        let document = TomlDocument::parse(text).expect("valid");
        let parent = document.table("a").expect("there");
        let edits = TomlFile { text, document: &document }.move_before(parent, *parent.child_above.as_deref().expect("a child"));
        assert_eq!(edited(text, edits), "[a]\ny = 2\n[a.b]\n[c]\ns = \"\"\"\n# x\"\"\"\n");
    }
}
