//! Edits of XML files as text: sets values, comments elements out and restores them.

use crate::source::xml::{Attribute, Element, XmlDocument};

use super::toml::TextEdit;

/// Sets the value of an attribute, escaped for its quotes.
pub fn set_attribute(text: &str, attribute: Attribute, value: &str) -> TextEdit {
    let quote = text[..attribute.value.start].chars().next_back().unwrap_or('"');
    let escaped = escape_text(value).replace(quote, if quote == '\'' { "&apos;" } else { "&quot;" });
    (attribute.value, escaped)
}

/// Sets the text of an element. Returns `None` if the element has children, comments, or no end tag.
pub fn set_text(text: &str, element: &Element, value: &str) -> Option<TextEdit> {
    let inner = element.content_span();
    let is_plain = element.children.is_empty() && element.tag != element.span && !inner.of(text).contains("<!--");
    is_plain.then(|| (inner, escape_text(value)))
}

fn escape_text(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const OPEN: &str = "<!-- carbonlint[";
const OPEN_END: &str = "] ";
const CLOSE: &str = " -->";

/// Comments out `element` with a marker that names `rule`. Every `--` inside it becomes `-~-`, because XML does not allow `--` in a
/// comment. Returns `None` if the element could not be restored.
pub fn comment_out(text: &str, element: &Element, rule: &str) -> Option<TextEdit> {
    let written = element.span.of(text);
    // An element that does not parse without the rest of the file, as with entities that the file declares, could not be restored.
    XmlDocument::parse(written).ok()?;
    let hidden = hide_dashes(written)?;
    Some((element.span, format!("{OPEN}{rule}{OPEN_END}{hidden}{CLOSE}")))
}

/// Restores every element that `rule` commented out. A comment that does not contain exactly one element, as after a manual edit, is kept.
pub fn bring_back(text: &str, document: &XmlDocument, rule: &str) -> Vec<TextEdit> {
    let open = format!("{OPEN}{rule}{OPEN_END}");
    let comments = document.comments.iter();
    comments
        .filter_map(|comment| {
            let hidden = comment.of(text).strip_prefix(&open)?.strip_suffix(CLOSE)?;
            let shown = show_dashes(hidden);
            XmlDocument::parse(&shown).is_ok().then_some((*comment, shown))
        })
        .collect()
}

/// Whether a fix wrote this comment.
pub(crate) fn is_marked(comment: &str) -> bool {
    comment.starts_with(OPEN)
}

/// The text of a comment with the dashes restored that a fix had hidden.
pub(crate) fn plain(comment: &str) -> String {
    show_dashes(comment)
}

fn hide_dashes(text: &str) -> Option<String> {
    if text.contains("-~") {
        return None;
    }
    let mut hidden = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '-' && hidden.ends_with('-') {
            hidden.push('~');
        }
        hidden.push(character);
    }
    (!hidden.ends_with('-')).then_some(hidden)
}

fn show_dashes(hidden: &str) -> String {
    hidden.replace("-~", "-")
}

/// The element with the start tag at `start`.
pub(crate) fn element_at(document: &XmlDocument, start: usize) -> Option<&Element> {
    document.elements.iter().find(|element| element.tag.start == start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> XmlDocument {
        XmlDocument::parse(text).expect("well-formed")
    }

    fn replaced(text: &str, edit: &TextEdit) -> String {
        format!("{}{}{}", &text[..edit.0.start], edit.1, &text[edit.0.end..])
    }

    #[test]
    fn values_are_escaped() {
        let text = "<a b='1' c=\"2\">x &amp; y</a>";
        let document = parse(text);
        let root = document.root().expect("a root");
        let b = root.attribute(text, "b").expect("b");
        assert_eq!(replaced(text, &set_attribute(text, b, "it's <&")), "<a b='it&apos;s &lt;&amp;' c=\"2\">x &amp; y</a>");
        assert_eq!(replaced(text, &set_text(text, root, "1 < 2").expect("plain")), "<a b='1' c=\"2\">1 &lt; 2</a>");
    }

    #[test]
    fn an_element_with_children_or_comments_keeps_its_text() {
        for text in ["<a>1<b/></a>", "<a>1<!-- x -->2</a>", "<a/>"] {
            let document = parse(text);
            assert_eq!(set_text(text, document.root().expect("a root"), "3"), None, "{text}");
        }
    }

    #[test]
    fn a_commented_element_is_restored_unchanged() {
        for inner in [
            "<b c=\"1\"/>",
            "<b><!-- was on -- no: - -->x</b>".replace("-- no", "no").as_str(),
            "<b>\r\n  <!--- deep --><c d='--'/>\r\n</b>",
        ] {
            let text = format!("<a>\n  {inner}\n</a>\n");
            let document = parse(&text);
            let edit = comment_out(&text, &document.elements[1], "some-rule").expect("possible");
            let commented = replaced(&text, &edit);
            let document = parse(&commented);
            assert_eq!(document.elements.len(), 1, "{commented}");
            assert!(bring_back(&commented, &document, "another-rule").is_empty());
            let back = bring_back(&commented, &document, "some-rule");
            assert_eq!(back.len(), 1);
            assert_eq!(replaced(&commented, &back[0]), text);
        }
    }

    #[test]
    fn an_element_that_could_not_be_restored_is_kept() {
        for text in ["<a><b c=\"-~-\"/></a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a><b>&x;</b></a>"] {
            assert_eq!(comment_out(text, &parse(text).elements[1], "r"), None);
        }
    }
}
