//! The text of an XML element, run by run.

use super::Span;
use super::xml::Element;
use super::xml_text::resolve;

impl Element {
    /// The texts directly inside the element with references resolved, each from one child or comment to the next.
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
