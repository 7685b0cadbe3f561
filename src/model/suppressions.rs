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
        let comments = comments_of(loaded.content());
        let is_comment = |span: Span| {
            comments.is_none_or(|comments| comments.iter().any(|comment| comment.start <= span.start && span.end <= comment.end))
        };
        for suppression in suppressions_in(text).into_iter().filter(|suppression| is_comment(suppression.comment)) {
            let covered = (!suppression.of_file).then(|| covered_by(&suppression, loaded, text));
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

/// What a comment for a line covers: the line that it ends, or the next one, with the whole statement on it.
fn covered_by(suppression: &Suppression, loaded: &LoadedFile, text: &str) -> Span {
    let comment = suppression.comment;
    let line = if suppression.is_alone { line_below(text, comment.end) } else { line_around(text, comment.start) };
    let is_on_line = |statement: &Span| statement.start < line.end && line.start < statement.end.max(statement.start + 1);
    let statements = statements_of(loaded.content());
    let whole = statements
        .into_iter()
        .filter(is_on_line)
        .fold(line, |whole, statement| Span::new(whole.start.min(statement.start), whole.end.max(statement.end)));
    // A comment at the end of a line is for what ends there, one above for what begins below.
    if suppression.is_alone { Span::new(line.start, whole.end) } else { Span::new(whole.start, line.end) }
}

/// The statement around `at`, the outermost one, or the rest of its line.
pub(crate) fn statement_at(loaded: &LoadedFile, at: usize) -> Span {
    let mut around =
        statements_of(loaded.content()).into_iter().filter(|span| span.start <= at && at < span.end.max(span.start + 1));
    around.next().unwrap_or_else(|| {
        let text = loaded.source.text_of_server();
        let line = line_around(text, at);
        Span::new(line.end - line.of(text).trim_start().len(), line.end)
    })
}

/// Values with their keys, headers, and start tags.
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

/// The first line below `at` that is neither blank nor another such comment.
fn line_below(text: &str, at: usize) -> Span {
    let mut line = line_around(text, at);
    loop {
        if line.end >= text.len() {
            return Span::at(text.len());
        }
        line = line_around(text, line.end + 1);
        let content = line.of(text).trim();
        if !content.is_empty() && suppressions_in(content).iter().all(|other| !other.is_alone) {
            return line;
        }
    }
}
