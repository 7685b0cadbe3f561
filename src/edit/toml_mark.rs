//! Marks in deployment.toml that say what a fix set, added or removed, so that it can be undone exactly.
//!
//! ```toml
//! enable = false # carbonlint[RULE] set to false, was true # the operator's own comment stays last
//! enable = false # carbonlint[RULE] set to false, key added
//! # carbonlint[RULE] removed port = 9444
//! ```

use super::toml::{TextEdit, TomlFile};
use crate::source::Span;
use crate::source::toml::{TomlDocument, TomlEntry};

const OPEN: &str = "# carbonlint[";
const REMOVED: &str = "] removed ";
const SET: &str = "] set to ";
const WAS: &str = ", was ";

/// What a fix added along with a value, as its mark says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Added {
    text: &'static str,
    /// Whether the header above the key was added too.
    table: bool,
    blank_lines: usize,
}

const ADDED: [Added; 5] = [
    Added { text: ", key added", table: false, blank_lines: 0 },
    Added { text: ", key and blank line added", table: false, blank_lines: 1 },
    Added { text: ", table added", table: true, blank_lines: 0 },
    Added { text: ", table and blank line added", table: true, blank_lines: 1 },
    Added { text: ", table and blank lines added", table: true, blank_lines: 2 },
];

/// A mark of a fix that cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckMark {
    /// The mark.
    pub span: Span,
    /// What to do instead.
    pub help: String,
}

/// Whether a fix wrote this comment.
pub(crate) fn is_marked(comment: &str) -> bool {
    comment.starts_with(OPEN)
}

impl TomlFile<'_> {
    /// [`set`](TomlFile::set), with a mark from which [`bring_back`](TomlFile::bring_back) restores what was there. A value in an inline table, or on more than one
    /// line, is set without a mark.
    pub(crate) fn set_marked(&self, key: &str, literal: &str, rule: &str) -> Option<Vec<TextEdit>> {
        let mut edits = self.set(key, literal)?;
        let [(span, text)] = edits.as_mut_slice() else { return Some(edits) };
        let mark = format!(" {OPEN}{rule}{SET}{literal}");
        if let Some(entry) = self.document.get(key) {
            let old = entry.value_span.of(self.text);
            if !old.contains('\n') && self.ends_its_line(entry) {
                *text = format!("{literal}{mark}{WAS}{old}");
            }
            return Some(edits);
        }
        if text.starts_with(',') {
            return Some(edits);
        }
        let breaks = |text: &str| text.matches('\n').count();
        let (start, end) = (text.trim_start_matches(['\r', '\n']), text.trim_end_matches(['\r', '\n']).len());
        let (above, below) = (breaks(&text[..text.len() - start.len()]), breaks(&text[end..]));
        // Where the text before has no line break at its end, the first one of the edit ends that line.
        let above = above - above.min(usize::from(!self.text[..span.start].ends_with('\n')));
        let (table, blank_lines) = (start.starts_with('['), above + below.saturating_sub(1));
        let added = ADDED.iter().find(|added| added.table == table && added.blank_lines == blank_lines);
        text.insert_str(end, &added.map_or_else(String::new, |added| format!("{mark}{}", added.text)));
        Some(edits)
    }

    /// Comments out the line of an entry, with a mark. Returns `None` for a value on more than one line, or in an inline table.
    pub(crate) fn remove_marked(&self, entry: &TomlEntry, rule: &str) -> Option<TextEdit> {
        let starts_line = self.text[..entry.key_span.start].rsplit('\n').next().is_none_or(|before| before.trim().is_empty());
        let is_one_line = !entry.value_span.of(self.text).contains('\n');
        (starts_line && is_one_line && self.ends_its_line(entry))
            .then(|| (Span::at(entry.key_span.start), format!("{OPEN}{rule}{REMOVED}")))
    }

    /// Whether nothing but a comment comes after the value on its line.
    fn ends_its_line(&self, entry: &TomlEntry) -> bool {
        let rest = self.text[entry.value_span.end..].split('\n').next().unwrap_or_default().trim();
        rest.is_empty() || rest.starts_with('#')
    }

    /// Undoes what the marks of `rule` say. Returns the edits, and the marks that cannot be undone.
    pub(crate) fn bring_back(&self, rule: &str) -> (Vec<TextEdit>, Vec<StuckMark>) {
        let (mut edits, mut stuck) = (Vec::new(), Vec::new());
        let open = format!("{OPEN}{rule}");
        for comment in &self.document.comments {
            let Some(mark) = comment.of(self.text).strip_prefix(&open) else { continue };
            if mark.starts_with(REMOVED) {
                edits.push((Span::new(comment.start, comment.start + open.len() + REMOVED.len()), String::new()));
            } else if let Some(set) = mark.strip_prefix(SET) {
                match self.unset(*comment, set) {
                    Ok(undone) => edits.extend(undone),
                    Err(help) => stuck.push(StuckMark { span: *comment, help }),
                }
            }
        }
        (edits, stuck)
    }

    /// Undoes one mark; `set` is its text after `set to `. Fails with what to do by hand.
    fn unset(&self, comment: Span, set: &str) -> Result<Vec<TextEdit>, String> {
        let number = self.document.entries.partition_point(|entry| entry.value_span.end <= comment.start);
        let entry = number.checked_sub(1).and_then(|number| self.document.entries.get(number));
        let entry = entry.filter(|entry| self.text[entry.value_span.end..comment.start].trim_matches([' ', '\t']).is_empty());
        let Some(entry) = entry else { return Err("nothing is set on this line: remove the comment".to_owned()) };
        let name = entry.key_span.of(self.text);
        let is_ours = set.strip_prefix(entry.value_span.of(self.text));
        let Some(rest) = is_ours.filter(|rest| rest.starts_with(", ")) else {
            let by_hand = match set.split_once(WAS) {
                Some((_, was)) => format!("write `{name} = {}` to restore it", value_at_start(was).unwrap_or(was)),
                None => format!("remove `{name}` to restore it"),
            };
            return Err(format!("the value was changed after the fix: {by_hand}"));
        };
        let end = comment.end - rest.len();
        if let Some(was) = rest.strip_prefix(WAS) {
            let old = value_at_start(was).ok_or_else(|| "the comment was changed after the fix".to_owned())?;
            let mark_end = end + WAS.len() + old.len();
            return Ok(vec![(Span::new(entry.value_span.start, mark_end), old.to_owned())]);
        }
        let added = ADDED.iter().find_map(|added| Some((*added, rest.strip_prefix(added.text)?)));
        let (added, own) =
            added.ok_or_else(|| format!("the comment was changed after the fix: remove `{name}` to restore it"))?;
        if !own.trim().is_empty() {
            // A comment that was written behind the mark stays.
            return Ok(vec![(Span::new(entry.key_span.start, comment.end - own.trim_start().len()), String::new())]);
        }
        Ok(vec![(self.added_lines(entry, comment, added), String::new())])
    }

    /// The lines that a fix added for an entry.
    fn added_lines(&self, entry: &TomlEntry, comment: Span, added: Added) -> Span {
        let mut lines = Span::new(self.line_start(entry.key_span.start), self.after_line_break(comment.end));
        let header = entry.table.and_then(|number| self.document.tables.get(number)).filter(|_| added.table);
        let mut blank_lines = added.blank_lines;
        if let Some(header) = header {
            let is_alone = self.document.entries.iter().filter(|other| other.table == entry.table).count() == 1;
            if is_alone && self.text[header.span.end..entry.key_span.start].trim().is_empty() {
                lines.start = self.line_start(header.span.start);
            } else {
                // The table is in use now.
                blank_lines = 0;
            }
        }
        let is_last = lines.end == self.text.len();
        if blank_lines > 0 && self.after_line_break(lines.end) > lines.end {
            lines.end = self.after_line_break(lines.end);
            blank_lines -= 1;
        }
        // A file without a final line break had none before either.
        for _ in 0..blank_lines + usize::from(is_last && !self.text.ends_with('\n')) {
            lines.start = self.before_line_break(lines.start);
        }
        lines
    }

    /// The end of the line break at `at`, if there is one.
    fn after_line_break(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        at + ["\r\n", "\n"].iter().find(|line_break| rest.starts_with(**line_break)).map_or(0, |line_break| line_break.len())
    }

    /// The start of the line break that ends at `at`, if there is one.
    fn before_line_break(&self, at: usize) -> usize {
        let before = &self.text[..at];
        before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).map_or(at, str::len)
    }
}

/// The TOML value at the start of `text`, before a comment or the end.
fn value_at_start(text: &str) -> Option<&str> {
    let ends = text.match_indices('#').map(|(at, _)| at).chain([text.len()]);
    ends.map(|end| text[..end].trim_end()).find(|value| TomlDocument::parse(&format!("x = {value}\n")).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply};

    fn edited(text: &str, edits: Vec<TextEdit>) -> String {
        let edits = edits.into_iter().map(|(span, text)| Edit { file: "x".into(), span, text }).collect();
        let (result, applied) = apply(text, &[edits]);
        assert_eq!(applied, [true], "{text}");
        result
    }

    fn on<T>(text: &str, act: impl FnOnce(TomlFile) -> T) -> T {
        act(TomlFile { text, document: &TomlDocument::parse(text).expect("valid") })
    }

    fn set(text: &str, key: &str) -> String {
        edited(text, on(text, |file| file.set_marked(key, "false", "r")).expect("possible"))
    }

    fn back(text: &str) -> String {
        let (edits, stuck) = on(text, |file| file.bring_back("r"));
        assert_eq!(stuck, [], "{text}");
        edited(text, edits)
    }

    #[test]
    fn a_value_that_was_set_comes_back() {
        let text = "[a]\nx = true # open\ny = \"#1\"";
        assert_eq!(set(text, "a.x"), "[a]\nx = false # carbonlint[r] set to false, was true # open\ny = \"#1\"");
        assert_eq!(set(text, "a.y"), "[a]\nx = true # open\ny = false # carbonlint[r] set to false, was \"#1\"");
        assert_eq!(back(&set(&set(text, "a.x"), "a.y")), text);
        assert_eq!(on(&set(text, "a.x"), |file| file.bring_back("other")), (vec![], vec![]));
    }

    #[test]
    fn what_was_added_goes_again_with_its_blank_lines() {
        for text in [
            "[s]\nx = 1\n",
            "[s]\nx = 1",
            "[s]\r\nx = 1\r\n",
            "[s]\r\nx = 1",
            "[s]\n\n",
            "",
            "\u{feff}",
            "# note",
            "[s]\n[secrets]\np = \"[x]\"\n",
            "[s]\n\n# last\n[secrets]\np = \"[x]\"\n",
            "[a.b.c]\nx = 1\n",
            "x = 1\n[a]\ny = 1\n",
            "[a]\n[a.b]\n  x = 1\n  y = 2\n[z]",
            "a.b.x = 1\n",
        ] {
            for key in ["a.b.enable", "top", "s.enable"] {
                let marked = set(text, key);
                assert!(marked.contains(" # carbonlint[r] set to false, "), "{marked}");
                assert_eq!(back(&marked), text, "{marked:?}");
            }
        }
    }

    #[test]
    fn a_table_that_is_used_meanwhile_stays() {
        let marked = set("[s]\n", "a.b.enable") + "mine = 1\n";
        assert_eq!(back(&marked), "[s]\n\n[a.b]\nmine = 1\n");
        let marked = set("", "a.b.enable").replace("added", "added # mine");
        assert_eq!(back(&marked), "[a.b]\n# mine\n");
    }

    #[test]
    fn a_removed_line_comes_back() {
        let text = "[a]\n  port = 9444 # moved\n";
        let edit = on(text, |file| file.remove_marked(&file.document.entries[0], "r")).expect("possible");
        let marked = edited(text, vec![edit]);
        assert_eq!(marked, "[a]\n  # carbonlint[r] removed port = 9444 # moved\n");
        assert_eq!(back(&marked), text);
    }

    #[test]
    fn what_was_changed_since_is_left_with_what_to_write() {
        let help = |text: &str| {
            let (edits, stuck) = on(text, |file| file.bring_back("r"));
            assert_eq!((edits.len(), stuck.len()), (0, 1));
            stuck[0].help.clone()
        };
        let changed = "x = 1 # carbonlint[r] set to false, was true # open\n";
        assert_eq!(help(changed), "the value was changed after the fix: write `x = true` to restore it");
        assert_eq!(
            help("x = 1 # carbonlint[r] set to false, key added\n"),
            "the value was changed after the fix: remove `x` to restore it"
        );
        assert_eq!(help("# carbonlint[r] set to false, key added\n"), "nothing is set on this line: remove the comment");
    }

    #[test]
    fn a_value_in_an_inline_table_has_no_mark() {
        assert_eq!(set("a = {b = 1, c = 2}\n", "a.b"), "a = {b = false, c = 2}\n");
        assert_eq!(set("a = {b = 1}\n", "a.c"), "a = {b = 1, c = false}\n");
        assert!(on("a = {b = 1}\n", |file| file.remove_marked(&file.document.entries[0], "r")).is_none());
    }
}
