//! The text of an XML element as runs between its children and comments.

use super::Span;
use super::xml::Element;
use super::xml_text::resolve;

impl Element {
    /// The text directly inside the element, split at children and comments: each run with its span, references resolved.
    pub fn runs(&self, text: &str) -> Vec<(Span, String)> {
        let mut runs: Vec<(Span, String)> = Vec::new();
        for part in &self.text {
            let content = resolve(part.of(text));
            match runs.last_mut() {
                Some((span, run)) if span.end == part.start => {
                    span.end = part.end;
                    run.push_str(&content);
                }
                _ => runs.push((*part, content.into_owned())),
            }
        }
        runs
    }
}
