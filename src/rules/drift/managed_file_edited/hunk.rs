//! The places at which a file differs from what was rendered.

use std::ops::Range;

use similar::DiffOp;

use crate::source::Span;
use crate::source::line_diff::operations;

/// Lines that differ. Either side can be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hunk {
    /// The lines in the rendered text.
    pub was: Span,
    /// The lines in the file.
    pub is: Span,
}

/// Where `text` differs from `rendered`, in order. Carriage returns at the ends of lines do not count.
pub(super) fn hunks(rendered: &str, text: &str) -> Vec<Hunk> {
    let (old, new) = (Lines::of(rendered), Lines::of(text));
    let mut hunks = Vec::new();
    for operation in operations(&old.lines, &new.lines) {
        if matches!(operation, DiffOp::Equal { .. }) {
            continue;
        }
        let (was, is) = (operation.old_range(), operation.new_range());
        // Lines that were replaced together are told apart by what they name.
        for part in operations(&names_of(&old.lines[was.clone()]), &names_of(&new.lines[is.clone()])) {
            let (old_part, new_part) = (part.old_range(), part.new_range());
            let pairs = if old_part.len() == new_part.len() { old_part.len() } else { 0 };
            let hunk = |old_lines: Range<usize>, new_lines: Range<usize>| Hunk {
                was: old.span(was.start + old_lines.start..was.start + old_lines.end),
                is: new.span(is.start + new_lines.start..is.start + new_lines.end),
            };
            if pairs == 0 {
                hunks.push(hunk(old_part, new_part));
                continue;
            }
            for (old_line, new_line) in old_part.zip(new_part) {
                if old.lines[was.start + old_line] != new.lines[is.start + new_line] {
                    hunks.push(hunk(old_line..old_line + 1, new_line..new_line + 1));
                }
            }
        }
    }
    hunks
}

/// What each line names: the part before its first value.
fn names_of<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let name_of = |line: &&'a str| {
        let line = line.trim_start();
        &line[..line.find(['=', '>', '"', ':']).unwrap_or(line.len())]
    };
    lines.iter().map(name_of).collect()
}

/// The lines of a text without their ends, and where each begins.
struct Lines<'a> {
    lines: Vec<&'a str>,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let mut starts = vec![0];
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            starts.push(starts[starts.len() - 1] + line.len());
            lines.push(line.trim_end_matches(['\r', '\n']));
        }
        Self { lines, starts }
    }

    fn span(&self, lines: Range<usize>) -> Span {
        Span::new(self.starts[lines.start], self.starts[lines.end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_removed_and_added_lines_are_found() {
        let found = |rendered: &str, text: &str| {
            let found = hunks(rendered, text).into_iter();
            found.map(|hunk| (hunk.was.of(rendered).to_owned(), hunk.is.of(text).to_owned())).collect::<Vec<_>>()
        };
        let pair = |was: &str, is: &str| (was.to_owned(), is.to_owned());
        assert_eq!(found("a\n  b\nc\n", "a\n  x\nc\n"), [pair("  b\n", "  x\n")]);
        assert_eq!(found("a\nb\nc\n", "a\nc\nd"), [pair("b\n", ""), pair("", "d")]);
        assert_eq!(found("a\n", "a\r\n"), []);
        assert_eq!(
            found("<a>1</a>\n<b>2</b>\n<c>3</c>\n", "<a>7</a>\n<c>8</c>\n"),
            [pair("<a>1</a>\n", "<a>7</a>\n"), pair("<b>2</b>\n", ""), pair("<c>3</c>\n", "<c>8</c>\n")]
        );
    }
}
