//! Patches that `git apply` and `patch` take: unified diffs, byte for byte, without a secret in them.

use std::fmt::Write;

use similar::udiff::UnifiedHunkHeader;
use similar::{DiffOp, DiffTag};

use super::{colored, without_hidden};
use crate::source::Span;
use crate::source::line_diff::operations;
use crate::source::secrets::{secrets_in, touches_secret};

/// The number of lines around a change.
const CONTEXT: usize = 3;

/// Why a change has no patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPatch {
    /// A changed line, or the line next to one, has a secret.
    Secret,
    /// A patch that is printed as text cannot have these bytes.
    Encoding,
}

impl NoPatch {
    /// The reason as the end of a sentence.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "its patch would show a secret",
            Self::Encoding => "it is not UTF-8",
        }
    }
}

/// The patch from `old` to `new`, two contents of the file at `path`, which is relative to the folder where the patch is applied; coloured, and
/// without hidden characters, for a terminal.
pub(crate) fn patch(path: &str, old: &[u8], new: &[u8], for_terminal: bool) -> Result<String, NoPatch> {
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else { return Err(NoPatch::Encoding) };
    let (old, new) = (Lines::of(old), Lines::of(new));
    let groups = groups(&old, &new)?;
    let mut text = String::new();
    if groups.is_empty() {
        return Ok(text);
    }
    let mut line = |code: &str, line: &str| {
        let content = line.strip_suffix('\n').unwrap_or(line);
        // Writing to a String cannot fail.
        let _ = if for_terminal {
            writeln!(text, "{}", colored(&without_hidden(content), code))
        } else {
            writeln!(text, "{content}")
        };
        if !line.ends_with('\n') {
            text.push_str("\\ No newline at end of file\n");
        }
    };
    line("1", &format!("--- {}\n", name("a", path)));
    line("1", &format!("+++ {}\n", name("b", path)));
    for group in &groups {
        line("36", &format!("{}\n", UnifiedHunkHeader::new(group)));
        for operation in group {
            let (is_equal, old_range, new_range) =
                (operation.tag() == DiffTag::Equal, operation.old_range(), operation.new_range());
            for number in old_range {
                let (sign, code) = if is_equal { (' ', "") } else { ('-', "31") };
                line(code, &format!("{sign}{}", old.lines[number]));
            }
            for number in new_range.filter(|_| !is_equal) {
                line("32", &format!("+{}", new.lines[number]));
            }
        }
    }
    Ok(text)
}

/// The name of a file in a header: in quotes if it has characters that end it, and with a tab after it if it has blanks, as git writes it.
fn name(side: &str, path: &str) -> String {
    let path = format!("{side}/{}", path.trim_start_matches('/'));
    if path.contains(|character: char| character.is_control() || matches!(character, '"' | '\\')) {
        let mut quoted = String::from("\"");
        for byte in path.bytes() {
            // Writing to a String cannot fail.
            let _ = match byte {
                b'"' | b'\\' => write!(quoted, "\\{}", char::from(byte)),
                b' '..=b'~' => write!(quoted, "{}", char::from(byte)),
                _ => write!(quoted, "\\{byte:03o}"),
            };
        }
        quoted.push('"');
        return quoted;
    }
    let end = if path.contains(' ') { "\t" } else { "" };
    format!("{path}{end}")
}

/// The lines of a text as patches have them, which end with a line feed only.
struct Lines<'a> {
    lines: Vec<&'a str>,
    /// Whether a line has a secret.
    is_secret: Vec<bool>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let secrets = secrets_in(text);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut start = 0;
        let mut has_secret = |line: &&str| {
            let span = Span::new(start, start + line.len());
            start = span.end;
            touches_secret(&secrets, span)
        };
        let is_secret = lines.iter().map(&mut has_secret).collect();
        Self { lines, is_secret }
    }
}

/// The changes in groups with the lines around them, of which none has a secret. Fails if that is impossible.
fn groups(old: &Lines, new: &Lines) -> Result<Vec<Vec<DiffOp>>, NoPatch> {
    let operations: Vec<DiffOp> = operations(&old.lines, &new.lines);
    let mut groups: Vec<Vec<DiffOp>> = Vec::new();
    let mut changes: Vec<DiffOp> = Vec::new();
    let equal = |old_index: usize, new_index: usize, len: usize| DiffOp::Equal { old_index, new_index, len };
    let close = |changes: &mut Vec<DiffOp>, groups: &mut Vec<Vec<DiffOp>>| -> Result<(), NoPatch> {
        let (Some(first), Some(last)) = (changes.first().copied(), changes.last().copied()) else { return Ok(()) };
        let (before, after) = (first.old_range().start, last.old_range().end);
        let is_open = |line: &usize| !old.is_secret[*line];
        let mut lead = (before.saturating_sub(CONTEXT)..before).rev().take_while(is_open).count();
        let mut trail = (after..old.lines.len().min(after + CONTEXT)).take_while(is_open).count();
        // Both tools take uneven context for the beginning or the end of the file, and none at all after a change for its end.
        if trail < lead && after + trail < old.lines.len() {
            lead = trail;
        }
        if lead < trail && lead < before {
            trail = lead;
        }
        if trail == 0 && after < old.lines.len() {
            return Err(NoPatch::Secret);
        }
        let mut group = Vec::with_capacity(changes.len() + 2);
        if lead > 0 {
            group.push(equal(before - lead, first.new_range().start - lead, lead));
        }
        group.append(changes);
        if trail > 0 {
            group.push(equal(after, last.new_range().end, trail));
        }
        groups.push(group);
        Ok(())
    };
    for operation in operations {
        let (old_range, new_range) = (operation.old_range(), operation.new_range());
        if operation.tag() == DiffTag::Equal {
            let has_secret = old_range.clone().take(2 * CONTEXT + 1).any(|line| old.is_secret[line]);
            if old_range.len() > 2 * CONTEXT || has_secret {
                close(&mut changes, &mut groups)?;
            } else if !changes.is_empty() {
                changes.push(operation);
            }
        } else {
            if old_range.clone().any(|line| old.is_secret[line]) || new_range.clone().any(|line| new.is_secret[line]) {
                return Err(NoPatch::Secret);
            }
            changes.push(operation);
        }
    }
    if changes.last().is_some_and(|last| last.tag() == DiffTag::Equal) {
        changes.pop();
    }
    close(&mut changes, &mut groups)?;
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(old: &str, new: &str) -> Result<String, NoPatch> {
        patch("x.toml", old.as_bytes(), new.as_bytes(), false)
    }

    #[test]
    fn the_lines_around_a_change_end_at_a_secret() {
        let old = "a = 1\nb = 1\npassword = \"abc\"\nc = 1\nd = 1\ne = 1\nf = 1\n";
        let patch = of(old, &old.replace("d = 1", "d = 2")).expect("a patch");
        assert_eq!(patch, "--- a/x.toml\n+++ b/x.toml\n@@ -4,3 +4,3 @@\n c = 1\n-d = 1\n+d = 2\n e = 1\n");
        let patch = of(old, &old.replace("b = 1", "b = 2"));
        assert_eq!(patch, Err(NoPatch::Secret), "a change without a line after it is taken for the end of the file");
        assert_eq!(of(old, &old.replace("abc", "xyz")), Err(NoPatch::Secret));
    }

    #[test]
    fn changes_apart_by_a_secret_are_two_hunks() {
        let old = "a = 1\nb = 1\npassword = \"abc\"\nc = 1\nd = 1\ne = 1\n";
        let patch = of(old, &old.replace("a = 1", "a = 2").replace("d = 1", "d = 2")).expect("a patch");
        let heads: Vec<&str> = patch.lines().filter(|line| line.starts_with("@@")).collect();
        assert_eq!(heads, ["@@ -1,2 +1,2 @@", "@@ -4,3 +4,3 @@"], "{patch}");
    }

    #[test]
    fn names_are_quoted_as_git_does() {
        assert_eq!(name("a", "it's a home/é.toml"), "a/it's a home/é.toml\t");
        assert_eq!(name("b", "x\"\n\u{e9}"), "\"b/x\\\"\\012\\303\\251\"");
    }

    #[test]
    fn a_missing_line_break_and_other_line_ends_are_kept() {
        assert_eq!(
            of("a\r\nb", "a\r\nc\n").as_deref(),
            Ok("--- a/x.toml\n+++ b/x.toml\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n")
        );
        assert_eq!(patch("x", b"\xff", b"", false), Err(NoPatch::Encoding));
        assert_eq!(of("a\n", "a\n").as_deref(), Ok(""));
    }
}
