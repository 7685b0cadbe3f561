//! Edits of XML files as text: sets values, comments elements out and restores them.

use crate::source::Span;
use crate::source::xml::{Attribute, Element, XmlDocument};

use super::toml::TextEdit;
use super::toml_mark::StuckMark;

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

/// A mark of `rule` for the value of an element, or of its attribute `name`: an edit that adds it after the element. `None` if a comment cannot
/// contain one of the values.
pub(crate) fn mark_of_value(element: &Element, name: Option<&str>, old: &str, new: &str, rule: &str) -> Option<TextEdit> {
    let what = name.map_or_else(String::new, |name| format!("{name} "));
    let text = format!("{what}{SET}{new}{WAS}{old}");
    let is_plain = !text.contains("--") && !text.ends_with('-') && !text.contains('\n');
    is_plain.then(|| (Span::at(element.span.end), format!("{OPEN}{rule}{OPEN_END}{text}{CLOSE}")))
}

const SET: &str = "set to ";
const WAS: &str = ", was ";

/// A value that a mark names: the attribute, or `None` for the text of the element; its value now, and what it was before.
struct MarkedValue<'a> {
    attribute: Option<&'a str>,
    now: &'a str,
    was: &'a str,
}

impl<'a> MarkedValue<'a> {
    fn read(mark: &'a str) -> Option<Self> {
        let (attribute, values) = mark.split_once(SET)?;
        let (now, was) = values.split_once(WAS)?;
        Some(Self { attribute: Some(attribute.trim_end()).filter(|name| !name.is_empty()), now, was })
    }
}

/// Restores every element that `rule` commented out, and every value that it set. Returns the edits, and the marks that cannot be undone, as
/// after a manual edit.
pub fn bring_back(text: &str, document: &XmlDocument, rule: &str) -> (Vec<TextEdit>, Vec<StuckMark>) {
    let open = format!("{OPEN}{rule}{OPEN_END}");
    let (mut edits, mut stuck) = (Vec::new(), Vec::new());
    for comment in &document.comments {
        let Some(hidden) = comment.of(text).strip_prefix(&open).and_then(|rest| rest.strip_suffix(CLOSE)) else { continue };
        if let Some(value) = MarkedValue::read(hidden).filter(|_| !hidden.trim_start().starts_with('<')) {
            match restored(text, document, *comment, &value) {
                Ok(edit) => edits.extend([edit, (*comment, String::new())]),
                Err(help) => stuck.push(StuckMark { span: *comment, help }),
            }
            continue;
        }
        let shown = show_dashes(hidden);
        if XmlDocument::parse(&shown).is_ok() {
            edits.push((*comment, shown));
        } else if hidden.trim_start().starts_with('<') {
            let help = "the comment was changed and no longer contains one element: remove its marks by hand".to_owned();
            stuck.push(StuckMark { span: *comment, help });
        }
    }
    (edits, stuck)
}

/// The edit that restores a value. Fails with what to do by hand.
fn restored(text: &str, document: &XmlDocument, comment: Span, value: &MarkedValue) -> Result<TextEdit, String> {
    let what = value.attribute.map_or_else(|| "the element".to_owned(), |name| format!("`{name}`"));
    let element = document.elements.iter().find(|element| element.span.end == comment.start);
    let at = element.and_then(|element| match value.attribute {
        Some(name) => element.attribute(text, name).map(|attribute| attribute.value),
        None => Some(element.content_span()),
    });
    match at.filter(|at| at.of(text) == value.now) {
        Some(at) => Ok((at, value.was.to_owned())),
        None => Err(format!("{what} was changed after the fix: write `{}` to restore it", value.was)),
    }
}

/// The element that a fix commented out; `None` for any other comment.
pub(crate) fn commented_out(comment: &str) -> Option<String> {
    let (_, hidden) = comment.strip_prefix(OPEN)?.strip_suffix(CLOSE)?.split_once(OPEN_END)?;
    Some(show_dashes(hidden))
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
    // The elements are in the order of their start tags.
    let number = document.elements.binary_search_by_key(&start, |element| element.tag.start).ok()?;
    document.elements.get(number)
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
            assert_eq!(bring_back(&commented, &document, "another-rule"), (vec![], vec![]));
            let (back, _) = bring_back(&commented, &document, "some-rule");
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

    #[test]
    fn a_value_comes_back_unless_it_was_changed_since() {
        let text = "<a><b c='1'/><d>0</d></a>";
        let document = parse(text);
        let (b, d) = (&document.elements[1], &document.elements[2]);
        let mut marked = replaced(text, &mark_of_value(d, None, "0", "2", "r").expect("plain")).replace("<d>0", "<d>2");
        let mark = mark_of_value(b, Some("c"), "1", "3", "r").expect("plain");
        marked = replaced(&marked, &mark).replace("'1'", "'3'");
        assert_eq!(
            marked,
            "<a><b c='3'/><!-- carbonlint[r] c set to 3, was 1 --><d>2</d><!-- carbonlint[r] set to 2, was 0 --></a>"
        );
        let (edits, stuck) = bring_back(&marked, &parse(&marked), "r");
        assert_eq!((edits.len(), stuck.len()), (4, 0));
        assert_eq!(edits.iter().rev().fold(marked.clone(), |text, edit| replaced(&text, edit)), text);
        let changed = marked.replace("<d>2", "<d>5");
        let (_, stuck) = bring_back(&changed, &parse(&changed), "r");
        assert_eq!(stuck[0].help, "the element was changed after the fix: write `0` to restore it");
        assert_eq!(mark_of_value(d, None, "0--1", "2", "r"), None);
    }
}
