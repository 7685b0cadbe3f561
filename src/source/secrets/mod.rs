//! Finds the secrets in a text, so that no output repeats them. Works without parsing, because malformed files contain secrets too.

mod assigned;
mod elements;
mod literals;
mod names;

pub(crate) use names::{HIDDEN, Secrecy, hides};

use std::path::Path;

use super::Span;

/// The ranges of the secrets in a text: sorted, apart, and without line breaks.
pub(crate) fn secrets_in(text: &str) -> Vec<Span> {
    find(text, false)
}

fn find(text: &str, is_value: bool) -> Vec<Span> {
    let mut spans = Vec::new();
    assigned::find(text, is_value, &mut spans);
    elements::find(text, &mut spans);
    elements::find_beside_names(text, &mut spans);
    literals::find(text, &mut spans);
    on_lines(text, spans)
}

/// The same for the text of the file at `path`, of which every value can be a secret.
pub(crate) fn secrets_in_file(path: &Path, text: &str) -> Vec<Span> {
    if !names::is_secret_file(path) {
        return secrets_in(text);
    }
    let mut spans = Vec::new();
    assigned::find_all(text, &mut spans);
    on_lines(text, spans)
}

/// Joins ranges that overlap, and divides them at line breaks.
pub(crate) fn on_lines(text: &str, mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    let mut parts = Vec::new();
    for span in joined {
        let mut start = span.start;
        for line in span.of(text).split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let blank = content.len() - content.trim_start_matches([' ', '\t']).len();
            if blank < content.len() {
                parts.push(Span::new(start + blank, start + content.len()));
            }
            start += line.len();
        }
    }
    parts
}

/// Replaces every secret by asterisks.
pub fn masked(text: &str) -> String {
    Masked::of(text, &secrets_in(text)).text
}

/// Replaces every secret in the value of a key that says nothing about it.
pub(crate) fn masked_value(value: &str) -> String {
    Masked::of(value, &find(value, true)).text
}

/// Whether a part of `span` is in one of `secrets`, which are sorted and apart.
pub(crate) fn touches_secret(secrets: &[Span], span: Span) -> bool {
    let first = secrets.partition_point(|secret| secret.end <= span.start);
    secrets.get(first).is_some_and(|secret| secret.start < span.end.max(span.start + 1))
}

/// A text with asterisks in place of secrets, and where its parts were before.
#[derive(Debug, Clone)]
pub(crate) struct Masked {
    pub(crate) text: String,
    /// The secrets, and where the asterisks start that replace them.
    replaced: Vec<(Span, usize)>,
}

impl Masked {
    /// `text` with asterisks in place of `secrets`, which are sorted and apart.
    pub(crate) fn of(text: &str, secrets: &[Span]) -> Self {
        let mut masked = Self { text: String::with_capacity(text.len()), replaced: Vec::with_capacity(secrets.len()) };
        let mut at = 0;
        for secret in secrets {
            masked.text.push_str(&text[at..secret.start]);
            masked.replaced.push((*secret, masked.text.len()));
            masked.text.push_str(HIDDEN);
            at = secret.end;
        }
        masked.text.push_str(&text[at..]);
        masked
    }

    /// What is shown of a range of the original text.
    pub(crate) fn of_span(&self, span: Span) -> &str {
        self.span(span).of(&self.text)
    }

    /// Where the byte at `offset` of the original text is now. One in a secret is at its asterisks.
    pub(crate) fn offset(&self, offset: usize) -> usize {
        match self.replaced.partition_point(|(secret, _)| secret.start <= offset).checked_sub(1).map(|at| self.replaced[at]) {
            None => offset,
            Some((secret, start)) if offset < secret.end => start,
            Some((secret, start)) => start + HIDDEN.len() + (offset - secret.end),
        }
    }

    /// Where a range of the original text is now.
    pub(crate) fn span(&self, span: Span) -> Span {
        let last =
            self.replaced.partition_point(|(secret, _)| secret.start < span.end).checked_sub(1).map(|at| self.replaced[at]);
        let end = match last {
            // A range that ends inside of a secret ends after its asterisks.
            Some((secret, start)) if span.end < secret.end => start + HIDDEN.len(),
            _ => self.offset(span.end),
        };
        Span::new(self.offset(span.start), end)
    }
}

#[cfg(test)]
mod tests;
