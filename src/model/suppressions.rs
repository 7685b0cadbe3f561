//! Comments in the files of a home that suppress findings, and what each is for.

use super::content::Covering;
use super::{Content, LoadedFile, Model};
use crate::source::Span;
use crate::source::suppression::{Suppression, may_have_suppressions, suppressions_in};

impl Model {
    /// The comments in the files of this home that suppress findings, found on the first call.
    pub(crate) fn suppressions(&self) -> &[Covering] {
        self.suppressions.get_or_init(|| of_home(self))
    }
}

fn of_home(model: &Model) -> Vec<Covering> {
    let mut found = Vec::new();
    for (file, loaded) in model.files().filter(|(_, loaded)| may_have_suppressions(loaded.source.text_of_server())) {
        let text = loaded.source.text_of_server();
        let (comments, statements) = (comments_of(loaded.content()), statements_of(loaded.content()));
        // The comments are in file order.
        let is_comment = |span: Span| {
            let around = |comments: &[Span]| comments[..begin_before(comments, span.start + 1)].last().copied();
            comments.is_none_or(|comments| around(comments).is_some_and(|comment| span.end <= comment.end))
        };
        let suppressions: Vec<Suppression> =
            suppressions_in(text).into_iter().filter(|found| is_comment(found.comment)).collect();
        let lines = lines_of(&suppressions, text);
        for (suppression, line) in suppressions.into_iter().zip(lines) {
            let covered = (!suppression.of_file).then(|| covered_by(&suppression, line, &statements));
            found.push(Covering { file, suppression, covered });
        }
    }
    found
}

/// The comments that a parser has found; `None` where it keeps none.
fn comments_of(content: &Content) -> Option<&[Span]> {
    match content {
        Content::Toml(document) => Some(&document.comments),
        Content::Xml(document) => Some(&document.comments),
        Content::Properties(properties) => Some(&properties.comments),
        _ => None,
    }
}

/// The line that each comment is for: the one that it ends, or the first one below that is neither blank nor another such comment.
fn lines_of(suppressions: &[Suppression], text: &str) -> Vec<Span> {
    let mut lines: Vec<Span> = Vec::new();
    // From the last one: comments above each other are for the same line.
    for (number, suppression) in suppressions.iter().enumerate().rev() {
        let end = suppression.comment.end;
        let below = suppressions.get(number + 1).filter(|below| below.is_alone);
        let is_directly_above = below.is_some_and(|below| Span::new(end, below.comment.start).of(text).trim().is_empty());
        lines.push(match lines.last() {
            _ if !suppression.is_alone => line_around(text, suppression.comment.start),
            Some(line) if is_directly_above => *line,
            _ => line_below(text, end),
        });
    }
    lines.reverse();
    lines
}

/// What a comment for `line` covers: the line with the whole statement on it.
fn covered_by(suppression: &Suppression, line: Span, statements: &[Span]) -> Span {
    let (first, last) = (begin_before(statements, line.start), begin_before(statements, line.end));
    let before = statements[..first].last().filter(|statement| line.start < statement.end);
    let widened = |whole: Span, statement: &Span| Span::new(whole.start.min(statement.start), whole.end.max(statement.end));
    let whole = before.into_iter().chain(&statements[first..last.max(first)]).fold(line, widened);
    // A comment at the end of a line is for what ends there, one above for what begins below.
    if suppression.is_alone { Span::new(line.start, whole.end) } else { Span::new(whole.start, line.end) }
}

/// The statement around `at`, or the rest of its line.
pub(crate) fn statement_at(loaded: &LoadedFile, at: usize) -> Span {
    let statements = statements_of(loaded.content());
    let around = statements[..begin_before(&statements, at + 1)].last().copied().filter(|statement| at < statement.end);
    around.unwrap_or_else(|| rest_of_line(loaded.source.text_of_server(), at))
}

/// The line that `at` is on, without blanks before it and without its line break.
pub(crate) fn rest_of_line(text: &str, at: usize) -> Span {
    let line = line_around(text, at);
    Span::new(line.end - line.of(text).trim_start().len(), line.end)
}

/// How many of `spans`, which are in file order, begin before `at`.
fn begin_before(spans: &[Span], at: usize) -> usize {
    spans.partition_point(|span| span.start < at)
}

/// Values with their keys, headers, and start tags, in file order. None of them is inside another.
fn statements_of(content: &Content) -> Vec<Span> {
    match content {
        Content::Toml(document) => {
            document.entries.iter().map(|entry| Span::new(entry.key_span.start, entry.value_span.end)).collect()
        }
        Content::Xml(document) => document.elements.iter().map(|element| element.tag).collect(),
        _ => Vec::new(),
    }
}

/// The line that `at` is on, without its line break.
pub(crate) fn line_around(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    Span::new(start, text[at..].find('\n').map_or(text.len(), |end| at + end))
}

/// The first line below `at` that is not blank; the end of the text if there is none.
fn line_below(text: &str, at: usize) -> Span {
    let rest = &text[line_around(text, at).end..];
    let start = text.len() - rest.trim_start().len();
    if start == text.len() { Span::at(start) } else { line_around(text, start) }
}
