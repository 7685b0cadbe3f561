//! `get --format text`: effective values for people.

use std::fmt::Write;

use super::{origin, shown_value};
use crate::get::EffectiveEntry;
use crate::model::Model;
use crate::paths::DisplayPaths;
use crate::report::{on_one_line, place, printable};
use crate::server::mapper::Origin;

/// Comments are aligned after lines of up to this many columns.
const MAX_ALIGNED: usize = 60;

/// A line per value, as deployment.toml would have it, with a comment that says who set it and where. The comment is below where both together
/// are longer than `width`.
pub(crate) fn render(model: &Model, entries: &[EffectiveEntry], shown: &DisplayPaths, width: Option<usize>) -> String {
    let line = |entry: &EffectiveEntry| format!("{} = {}", on_one_line(&entry.effective.key), shown_value(entry).to_toml());
    let lines: Vec<String> = entries.iter().map(line).collect();
    let aligned = lines.iter().map(|line| line.chars().count()).filter(|width| *width <= MAX_ALIGNED).max().unwrap_or(0);
    let mut text = String::new();
    for (entry, line) in entries.iter().zip(lines) {
        let mut comment = origin(entry).to_owned();
        if let Some(at) = entry.effective.anchor {
            let _ = write!(comment, ", {}", place(model, at, shown));
        }
        if let Some(written) = entry.mapped_from() {
            let _ = write!(comment, ", written as {written}");
        }
        if let Some(Origin::Inferred { from }) = &entry.effective.origin {
            let _ = write!(comment, ", follows from {from}");
        }
        if entry.effective.is_hidden {
            comment.push_str(", hidden: it has a secret, or a variable that `--show-env` shows");
        }
        if entry.live == Some(false) {
            comment.push_str(", nothing reads it");
        }
        let together = format!("{line:<aligned$}  # {comment}");
        if width.is_some_and(|width| together.chars().count() > width) {
            // The value stays on one line, so that it can be copied.
            let _ = writeln!(text, "{line}\n  # {comment}");
        } else {
            let _ = writeln!(text, "{together}");
        }
    }
    printable(&text)
}
