//! The statements of the text that was parsed last: a deployment.toml is read by the rules and by the mapper, and parsed for both at once.

use std::cell::RefCell;
use std::vec;

use toml_edit::Document;

use super::Span;

/// The longest text whose statements are kept, in bytes: parsed, they take fifty times as much. Real files have a tenth of it.
const MAX_KEPT: usize = 128 * 1024;

/// A text with its statements.
type Parsed = (String, Vec<Document<String>>);

thread_local! {
    static LAST: RefCell<Option<Parsed>> = const { RefCell::new(None) };
}

/// Parses the statements of a text one after the other, or takes those that are kept.
pub(super) struct StatementParser<'t> {
    text: &'t str,
    /// Those that are kept from the last time.
    known: vec::IntoIter<Document<String>>,
    /// Those to keep for the next time; `None` if the text is too long, or this was the next time.
    kept: Option<Vec<Document<String>>>,
}

impl<'t> StatementParser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        match LAST.with_borrow_mut(|last| last.take_if(|(known, _)| known == text)) {
            Some((_, documents)) => Self { text, known: documents.into_iter(), kept: None },
            None => Self { text, known: Vec::new().into_iter(), kept: (text.len() <= MAX_KEPT).then(Vec::new) },
        }
    }

    /// The next statement, which is this part of the text. `None` if it is not valid TOML.
    pub(super) fn next(&mut self, part: Span) -> Option<Document<String>> {
        self.known.next().or_else(|| Document::parse(part.of(self.text).to_owned()).ok())
    }

    /// Keeps a statement for the next time.
    pub(super) fn keep(&mut self, statement: Document<String>) {
        if let Some(kept) = &mut self.kept {
            kept.push(statement);
        }
    }

    /// All of the text was parsed.
    pub(super) fn finish(self) {
        if let Some(kept) = self.kept {
            LAST.set(Some((self.text.to_owned(), kept)));
        }
    }
}
