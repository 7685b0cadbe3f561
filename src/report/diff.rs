//! Unified diffs for people, with secrets masked.

use std::fmt::Write;
use std::path::Path;

use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, DiffableStr, group_diff_ops};

use super::{colored, without_hidden};
use crate::source::Span;
use crate::source::line_diff::operations;
use crate::source::secrets::{Masked, secrets_in_file};

/// A text with its secrets, which are sorted and apart.
pub(crate) struct Contents<'a> {
    pub text: &'a str,
    pub secrets: Vec<Span>,
}

impl<'a> Contents<'a> {
    /// The text of the file at `path`.
    pub(crate) fn of(path: &Path, text: &'a str) -> Self {
        Self { text, secrets: secrets_in_file(path, text) }
    }
}

/// The unified diff from `old` to `new`, two contents of the file shown as `path`; coloured for a terminal if `color`. Lines that differ only
/// in a secret are included.
pub(crate) fn unified(path: &str, old: &Contents, new: &Contents, color: bool) -> String {
    let (old_lines, new_lines) = (old.text.tokenize_lines(), new.text.tokenize_lines());
    let groups = group_diff_ops(operations(&old_lines, &new_lines), 3);
    let mut text = String::new();
    if groups.is_empty() {
        return text;
    }
    let (old, new) = (DisplayedLines::of(old, &old_lines), DisplayedLines::of(new, &new_lines));
    let shown = path.trim_start_matches('/');
    let mut line = |code: &str, line: &str| {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        let content = if color { colored(content, code) } else { content.to_owned() };
        // Writing to a String cannot fail.
        let _ = write!(text, "{content}{end}");
    };
    line("1", &format!("--- a/{shown}\n"));
    line("1", &format!("+++ b/{shown}\n"));
    for group in &groups {
        line("36", &format!("{}\n", UnifiedHunkHeader::new(group)));
        for change in group.iter().flat_map(|operation| operation.iter_changes(&old_lines[..], &new_lines[..])) {
            let (sign, code) = match change.tag() {
                ChangeTag::Equal => (' ', ""),
                ChangeTag::Delete => ('-', "31"),
                ChangeTag::Insert => ('+', "32"),
            };
            let old = change.old_index().map(|index| old.line(index));
            let content = old.or_else(|| change.new_index().map(|index| new.line(index))).unwrap_or_default();
            line(code, &format!("{sign}{content}"));
            if change.missing_newline() {
                line("", "\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// The lines of a text as they may be shown.
struct DisplayedLines {
    text: Masked,
    starts: Vec<usize>,
}

impl DisplayedLines {
    fn of(contents: &Contents, lines: &[&str]) -> Self {
        let mut starts = vec![0];
        starts.extend(lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        }));
        let mut text = Masked::of(contents.text, &contents.secrets);
        text.text = without_hidden(&text.text);
        Self { text, starts }
    }

    fn line(&self, index: usize) -> &str {
        let range = self.starts.get(index).zip(self.starts.get(index + 1));
        range.map(|(start, end)| self.text.of_span(Span::new(*start, *end))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff_of(path: &str, old: &str, new: &str, color: bool) -> String {
        let contents = |text| Contents::of(Path::new(path), text);
        unified(path, &contents(old), &contents(new), color)
    }

    #[test]
    fn a_diff_shows_lines_and_no_secret() {
        let diff = diff_of("x.toml", "password = \"abc\"\noffset = \"1\"\n", "password = \"abc\"\noffset = 1\n", false);
        assert_eq!(diff, "--- a/x.toml\n+++ b/x.toml\n@@ -1,2 +1,2 @@\n password = \"***\"\n-offset = \"1\"\n+offset = 1\n");
        assert!(diff_of("x", "a\n", "b\n", true).contains("\u{1b}[31m-a\u{1b}[0m\n"));
        assert_eq!(diff_of("x", "a\n", "a\n", false), "");
        let secret = diff_of("x", "a\npassword=abc", "a\npassword=xyz", false);
        let end = "\\ No newline at end of file\n";
        assert_eq!(secret, format!("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-password=***\n{end}+password=***\n{end}"));
    }
    #[test]
    fn a_large_file_has_the_hunks_of_its_changes() {
        let lines = |from: usize, to: usize| (from..to).map(|line| format!("key_{line} = {line}\n")).collect::<Vec<_>>().concat();
        let old = format!("a = 1\n{}b = 1\n{}c = 1\n", lines(0, 9000), lines(9000, 20_000));
        let new = format!("a = 2\n{}{}c = 2\n", lines(0, 9000), lines(9000, 20_000));
        let diff = diff_of("x", &old, &new, false);
        let heads: Vec<&str> = diff.lines().filter(|line| line.starts_with("@@")).collect();
        assert_eq!(heads, ["@@ -1,4 +1,4 @@", "@@ -8999,7 +8999,6 @@", "@@ -20000,4 +19999,4 @@"]);
        assert_eq!(diff.lines().filter(|line| line.starts_with(['-', '+'])).count(), 2 + 5);
    }

    #[test]
    fn large_files_without_a_line_in_common_are_one_hunk() {
        let lines = |name: &str| (0..10_000).map(|line| format!("{name}{line}\n")).collect::<Vec<_>>().concat();
        let diff = diff_of("x", &lines("a"), &lines("b"), false);
        assert!(diff.starts_with("--- a/x\n+++ b/x\n@@ -1,10000 +1,10000 @@\n-a0\n-a1\n"), "{}", &diff[..100]);
        assert!(diff.ends_with("+b9998\n+b9999\n") && diff.lines().count() == 3 + 20_000);
    }
}
