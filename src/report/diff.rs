//! Unified diffs of what would be written, secrets masked.

use std::fmt::Write;
use std::time::Duration;

use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, TextDiff};

use super::displayed;

/// How long to search for the shortest diff. A longer one is just as correct.
const PATIENCE: Duration = Duration::from_secs(2);

/// The unified diff from `old` to `new`, two contents of the file shown as `path`; coloured for a terminal if `color`. Lines that differ only
/// in a secret are included.
pub fn unified(path: &str, old: &str, new: &str, color: bool) -> String {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let groups = diff.grouped_ops(3);
    let mut text = String::new();
    if groups.is_empty() {
        return text;
    }
    let (old, new) = (DisplayedLines::of(old, diff.old_slices()), DisplayedLines::of(new, diff.new_slices()));
    let shown = path.trim_start_matches('/');
    let mut line = |code: &str, line: &str| {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        // Writing to a String cannot fail.
        let _ = if color && !code.is_empty() {
            write!(text, "\u{1b}[{code}m{content}\u{1b}[0m{end}")
        } else {
            write!(text, "{line}")
        };
    };
    line("1", &format!("--- a/{shown}\n"));
    line("1", &format!("+++ b/{shown}\n"));
    for group in &groups {
        line("36", &format!("{}\n", UnifiedHunkHeader::new(group)));
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
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
    text: String,
    starts: Vec<usize>,
}

impl DisplayedLines {
    fn of(text: &str, lines: &[&str]) -> Self {
        let mut starts = vec![0];
        starts.extend(lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        }));
        Self { text: displayed(text), starts }
    }

    fn line(&self, index: usize) -> &str {
        let range = self.starts.get(index).zip(self.starts.get(index + 1));
        range.and_then(|(start, end)| self.text.get(*start..*end)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_lines_and_no_secret() {
        let diff = unified("x.toml", "password = \"abc\"\noffset = \"1\"\n", "password = \"abc\"\noffset = 1\n", false);
        assert_eq!(diff, "--- a/x.toml\n+++ b/x.toml\n@@ -1,2 +1,2 @@\n password = \"***\"\n-offset = \"1\"\n+offset = 1\n");
        assert!(unified("x", "a\n", "b\n", true).contains("\u{1b}[31m-a\u{1b}[0m\n"));
        assert_eq!(unified("x", "a\n", "a\n", false), "");
        let secret = unified("x", "a\npassword=abc", "a\npassword=xyz", false);
        let end = "\\ No newline at end of file\n";
        assert_eq!(secret, format!("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-password=***\n{end}+password=***\n{end}"));
    }
}
