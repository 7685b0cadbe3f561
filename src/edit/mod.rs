//! Text edits on byte ranges, and applying several fixes to a file at once.

pub(crate) mod toml;
pub(crate) mod toml_mark;
pub(crate) mod xml;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::source::{SourceFile, Span};

/// A replacement of a byte range of a file's decoded text. An empty range inserts; an empty text deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: PathBuf,
    /// The range to replace, in the text as it was read.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// Whether a fix can change what the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// The server provably reads the same configuration, or only one reading is possible.
    Safe,
    /// Behaviour changes, or a person must decide.
    Unsafe,
    /// Unsafe, and so far-reaching that it is applied only if its rule is selected by name: see [`ByName`](crate::ByName).
    #[serde(rename = "unsafe")]
    ByName,
}

/// A fix: its edits, and what they may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative: `set the offset to 1`.
    pub title: String,
    /// Whether it is applied by default.
    pub safety: Safety,
    /// The edits; either all are applied or none.
    pub edits: Vec<Edit>,
    /// The flattened keys of deployment.toml, or the paths of XML elements, that the fix may change, including everything below
    /// them. Also whole comments that it may change, with their markers.
    pub scope: Vec<String>,
    /// What a person should check or do after the fix is applied.
    pub follow_up: Option<String>,
}

impl Fix {
    /// The edited files.
    pub fn files(&self) -> BTreeSet<&PathBuf> {
        self.edits.iter().map(|edit| &edit.file).collect()
    }
}

/// Places of a file that edits take, so that no two edits overlap or touch.
#[derive(Debug, Default)]
pub(crate) struct TakenPlaces(BTreeSet<Span>);

impl TakenPlaces {
    /// Takes the places of all `edits`. Returns `false`, and takes none, if one of them overlaps or touches a place taken before.
    pub(crate) fn take<'a>(&mut self, edits: impl Iterator<Item = &'a Edit> + Clone) -> bool {
        if edits.clone().any(|edit| self.touches(edit.span)) {
            return false;
        }
        self.0.extend(edits.map(|edit| edit.span));
        true
    }

    fn touches(&self, span: Span) -> bool {
        // The places do not overlap, so the last one that starts at or before the end of `span` also ends last.
        self.0.range(..=Span::new(span.end, usize::MAX)).next_back().is_some_and(|taken| taken.end >= span.start)
    }
}

/// `edits` of the text that the server reads, as edits of `source`: of a file inside a YAML file, they are indented as it is.
pub(crate) fn edits_in(source: &SourceFile, edits: Vec<toml::TextEdit>) -> Vec<Edit> {
    let edits = edits.into_iter().map(|(span, text)| match source.embedded() {
        Some(file) => file.edit(&source.text, span, &text),
        None => (span, text),
    });
    edits.map(|(span, text)| Edit { file: source.path.clone(), span, text }).collect()
}

/// Applies to `text` those of `fixes`, each a list of edits of this file, that do not conflict. If the edits of two fixes overlap or
/// touch, the fix that starts first in the file is applied, and the other must wait for the next pass. Returns the new text and, for each
/// fix, whether it was applied.
pub fn apply(text: &str, fixes: &[Vec<Edit>]) -> (String, Vec<bool>) {
    let mut order: Vec<usize> = (0..fixes.len()).collect();
    order.sort_by_key(|fix| fixes[*fix].iter().map(|edit| edit.span).min());
    let mut places = TakenPlaces::default();
    let mut taken: Vec<&Edit> = Vec::new();
    let mut applied = vec![false; fixes.len()];
    for fix in order {
        let edits = &fixes[fix];
        let is_in_text = |edit: &Edit| {
            let (start, end) = (edit.span.start, edit.span.end);
            start <= end && text.is_char_boundary(start) && text.is_char_boundary(end)
        };
        if !edits.is_empty() && edits.iter().all(is_in_text) && are_apart(edits) && places.take(edits.iter()) {
            taken.extend(edits);
            applied[fix] = true;
        }
    }
    taken.sort_by_key(|edit| edit.span);
    let added: usize = taken.iter().map(|edit| edit.text.len()).sum();
    let mut result = String::with_capacity(text.len() + added);
    let mut at = 0;
    for edit in taken {
        result.push_str(&text[at..edit.span.start]);
        result.push_str(&edit.text);
        at = edit.span.end;
    }
    result.push_str(&text[at..]);
    (result, applied)
}

/// Whether the edits of a fix do not overlap.
fn are_apart(edits: &[Edit]) -> bool {
    let mut spans: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    spans.sort();
    spans.windows(2).all(|pair| pair[0].end <= pair[1].start && pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { file: PathBuf::new(), span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_replace_insert_and_delete() {
        let fixes = [vec![edit(0, 1, "X")], vec![edit(3, 3, "+")], vec![edit(5, 7, "")]];
        assert_eq!(apply("abcdefg", &fixes), ("Xbc+de".to_owned(), vec![true, true, true]));
        assert_eq!(apply("abc", &[]), ("abc".to_owned(), vec![]));
    }

    #[test]
    fn overlapping_or_touching_fixes_wait() {
        let overlap = [vec![edit(2, 4, "2")], vec![edit(0, 3, "1")]];
        assert_eq!(apply("abcdef", &overlap), ("1def".to_owned(), vec![false, true]));
        let touch = [vec![edit(0, 2, "1")], vec![edit(2, 3, "2")]];
        assert_eq!(apply("abcdef", &touch).1, [true, false]);
        let same_place = [vec![edit(2, 2, "1")], vec![edit(2, 2, "2")]];
        assert_eq!(apply("abcdef", &same_place).1, [true, false]);
    }

    #[test]
    fn a_fix_is_applied_whole_or_not_at_all() {
        let fixes = [vec![edit(0, 1, "1")], vec![edit(4, 5, "2"), edit(1, 2, "2")]];
        assert_eq!(apply("abcdef", &fixes), ("1bcdef".to_owned(), vec![true, false]));
        let own_overlap = [vec![edit(0, 3, "1"), edit(2, 4, "2")]];
        assert_eq!(apply("abcdef", &own_overlap).1, [false]);
        assert_eq!(apply("aé", &[vec![edit(2, 3, "")]]).1, [false], "inside a character");
    }
}
