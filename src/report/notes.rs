//! What was not checked and what was left alone, for people: a line for each kind.

use std::fmt::Write;

use super::printable;
use crate::coverage::{Coverage, GapKind, left_alone};
use crate::paths::DisplayPaths;
use crate::workspace::Workspace;

/// A note for each kind of gap that `takes` accepts, with its help.
pub(crate) fn gaps(coverage: &Coverage, shown: &DisplayPaths, takes: impl Fn(GapKind) -> bool) -> String {
    let mut text = String::new();
    for (kind, gaps) in coverage.by_kind().into_iter().filter(|(kind, _)| takes(*kind)) {
        let (who, detail) = match gaps.as_slice() {
            [gap] => (format!("`{}`", shown.path(&gap.path)), gap.detail.as_deref()),
            [first, others @ ..] if kind == GapKind::Foreign => {
                (format!("`{}` and {} more", shown.path(&first.path), others.len()), None)
            }
            _ => (format!("{} {}", gaps.len(), if kind.is_partly_checked() { "homes and files" } else { "files" }), None),
        };
        let message = printable(&kind.message(&who, gaps.len(), detail));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "note: {message}\n  help: {}", kind.help());
    }
    text
}

/// How many files were left alone, and why; empty if none were.
pub(crate) fn left_out(workspace: &Workspace) -> String {
    let left = left_alone(workspace).into_iter();
    let left: Vec<String> = left.map(|(why, count)| format!("{count} {}", why.what(count))).collect();
    if left.is_empty() { String::new() } else { format!("left alone: {}; `--list-files` lists them\n", left.join(", ")) }
}
