//! Parses the attributes of a start tag, with spans and syntax errors.

use std::borrow::Cow;

use quick_xml::events::BytesStart;
use quick_xml::events::attributes::AttrError;

use super::xml_text::resolve;
use super::{Span, SyntaxError};

/// An attribute of a start tag.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// The qualified name.
    pub name: Span,
    /// The value without its quotes.
    pub value: Span,
}

impl Attribute {
    /// The value, with references resolved.
    pub fn content(self, text: &str) -> Cow<'_, str> {
        resolve(self.value.of(text))
    }
}

/// Parses the attributes of the start tag at `tag`. `name` is the span of the element's name. Fails with the first syntax error.
pub(super) fn attributes_of(text: &str, tag: Span, name: Span) -> Result<Vec<Attribute>, SyntaxError> {
    let end = if tag.of(text).ends_with("/>") { tag.end - 2 } else { tag.end - 1 };
    // Parses a slice of the file's own text, so that the ranges of names and values can be computed.
    let content = Span::new(tag.start + 1, end).of(text);
    let start = BytesStart::from_content(content, name.len());
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        match attribute {
            Ok(attribute) => {
                let (Some(name), Some(value)) = (range_in(content, attribute.key.as_ref()), range_in(content, &attribute.value))
                else {
                    continue;
                };
                let at = |span: Span| Span::new(tag.start + 1 + span.start, tag.start + 1 + span.end);
                if let Some(fault) = invisible_character(text, at(name)) {
                    return Err(fault);
                }
                attributes.push(Attribute { name: at(name), value: at(value) });
            }
            Err(error) => return Err(attribute_fault(text, tag.start + 1, &error)),
        }
    }
    Ok(attributes)
}

/// The error for a name that contains an invisible character, as text copied from a web page does.
fn invisible_character(text: &str, name: Span) -> Option<SyntaxError> {
    let (at, blank) = name.of(text).char_indices().find(|(_, character)| {
        (character.is_whitespace() && !character.is_ascii())
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })?;
    let span = Span::new(name.start + at, name.start + at + blank.len_utf8());
    let message = format!("invisible character U+{:04X} between attributes", u32::from(blank));
    Some(SyntaxError::new(span, message).help("replace it with a plain space: text copied from a web page often has others"))
}

/// The range of `part` in `whole`; `None` if it is not a slice of it.
fn range_in(whole: &str, part: &str) -> Option<Span> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (start + part.len() <= whole.len()).then(|| Span::new(start, start + part.len()))
}

fn attribute_fault(text: &str, content: usize, error: &AttrError) -> SyntaxError {
    let word = |at: usize| {
        let start = text.floor_char_boundary(content + at);
        let ends = |character: char| character.is_whitespace() || matches!(character, '=' | '>' | '/');
        let len = text[start..].find(ends).filter(|len| *len > 0).unwrap_or(1);
        Span::new(start, start + len).clamped(text)
    };
    match error {
        AttrError::Duplicated(at, first) => SyntaxError::new(word(*at), format!("duplicate attribute `{}`", word(*at).of(text)))
            .related(word(*first), "first defined here")
            .help("remove one of the two"),
        AttrError::ExpectedEq(at) => {
            SyntaxError::new(word(at.saturating_sub(1)), "the attribute has no value").help("write `name=\"value\"`")
        }
        AttrError::ExpectedValue(at) | AttrError::UnquotedValue(at) => {
            SyntaxError::new(word(*at), "the attribute value is not in quotes").help("write `name=\"value\"`")
        }
        AttrError::ExpectedQuote(at, _) => {
            SyntaxError::new(word(*at), "the attribute value is not closed").help("add the closing quote")
        }
    }
}
