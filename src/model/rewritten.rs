//! Distinguishes changes that a server makes to a file after rendering it from edits by a person.

use std::borrow::Cow;

use super::Model;
use crate::catalog::{Rewrite, catalog};
use crate::source::Span;
use crate::source::xml::{Element, XmlDocument};

impl Model {
    /// The changes that the server makes to a rendered file, given by its path relative to the home; `None` if it makes none.
    pub fn rewrite_of(&self, path: &str) -> Option<&'static Rewrite> {
        let (product, version) = (self.product()?, self.catalogue_version()?);
        catalog()
            .rewrites
            .iter()
            .find(|row| row.file == path && row.products.contains(&product.id) && row.versions.contains(&version))
    }
}

/// The result of comparing a file with the text that the server rendered and then changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// The server made every change.
    Same,
    /// The first change that the server did not make.
    Differs {
        /// The offset in the file, in bytes.
        at: usize,
        /// The offset in the rendered text, in bytes.
        rendered: usize,
    },
}

/// Whether `text` contains a change by the server. The rendered text is not needed.
pub(crate) fn is_rewritten(row: &Rewrite, text: &str) -> bool {
    let Ok(document) = XmlDocument::parse(text) else { return false };
    let pieces = pieces_of(row, text, &document);
    pieces.iter().any(|piece| matches!(&piece.kind, XmlPieceKind::Named(named) if row.folder_of(named).is_some()))
}

/// Compares `text`, the content of a file that the server changed, with the `rendered` text. Returns `None` if either is not well-formed.
pub(crate) fn compare(row: &Rewrite, rendered: &str, text: &str) -> Option<Comparison> {
    let (old, new) = (XmlDocument::parse(rendered).ok()?, XmlDocument::parse(text).ok()?);
    let (old, new) = (pieces_of(row, rendered, &old), pieces_of(row, text, &new));
    let differs = old.iter().zip(&new).find(|(old, new)| !is_same(row, &old.kind, &new.kind));
    if let Some((old, new)) = differs {
        let common = common_prefix(old.span.of(rendered), new.span.of(text));
        return Some(Comparison::Differs { at: new.span.start + common, rendered: old.span.start + common });
    }
    let start =
        |pieces: &[XmlPiece], text: &str, at: usize| pieces.get(at).map_or(text.trim_end().len(), |piece| piece.span.start);
    let shared = old.len().min(new.len());
    Some(if old.len() == new.len() {
        Comparison::Same
    } else {
        Comparison::Differs { at: start(&new, text, shared), rendered: start(&old, rendered, shared) }
    })
}

/// A piece of the root element, normalized for comparison.
struct XmlPiece<'a> {
    span: Span,
    kind: XmlPieceKind<'a>,
}

/// The kind and content of a piece.
#[derive(PartialEq, Eq)]
enum XmlPieceKind<'a> {
    /// A start tag: its name, and its attributes sorted by name.
    Start(&'a str, Vec<(&'a str, Cow<'a, str>)>),
    /// An end tag, or the end of an empty element.
    End,
    /// Text, with references resolved.
    Text(String),
    /// The text of an element that contains the path that the server changes.
    Named(String),
    Comment(String),
}

fn is_same(row: &Rewrite, old: &XmlPieceKind, new: &XmlPieceKind) -> bool {
    if old == new {
        return true;
    }
    let (XmlPieceKind::Named(old), XmlPieceKind::Named(new)) = (old, new) else { return false };
    let folder = old.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    row.folder_of(new).is_some_and(|own| own.replace('\\', "/") == folder.replace('\\', "/"))
}

fn pieces_of<'a>(row: &Rewrite, text: &'a str, document: &XmlDocument) -> Vec<XmlPiece<'a>> {
    let Some(root) = document.root() else { return Vec::new() };
    let mut pieces = Vec::new();
    let wanted: Vec<&str> = row.at.split('/').collect();
    add_element(document, root, text, &wanted, &mut pieces);
    let inside = document.comments.iter().filter(|comment| comment.start > root.span.start && comment.end < root.span.end);
    pieces.extend(inside.map(|comment| XmlPiece { span: *comment, kind: XmlPieceKind::Comment(unix(comment.of(text))) }));
    pieces.sort_by_key(|piece| piece.span.start);
    pieces
}

/// Adds the pieces of `element`. `wanted` is the path of names from it to the element with the path that the server changes.
fn add_element<'a>(document: &XmlDocument, element: &Element, text: &'a str, wanted: &[&str], pieces: &mut Vec<XmlPiece<'a>>) {
    let name = element.local_name(text).to_owned();
    let wanted = wanted.split_first().filter(|(first, _)| **first == name).map(|(_, rest)| rest);
    let mut attributes: Vec<(&str, Cow<str>)> =
        element.attributes.iter().map(|attribute| (attribute.name.of(text), attribute.content(text))).collect();
    attributes.sort_unstable();
    pieces.push(XmlPiece { span: element.tag, kind: XmlPieceKind::Start(element.name.of(text), attributes) });
    if wanted.is_some_and(<[&str]>::is_empty) && element.children.is_empty() {
        pieces
            .push(XmlPiece { span: element.content_span(), kind: XmlPieceKind::Named(element.content(text).trim().to_owned()) });
    } else {
        let runs = element.runs(text).into_iter();
        pieces.extend(runs.map(|(span, content)| XmlPiece { span, kind: XmlPieceKind::Text(unix(&content)) }));
    }
    for child in document.children(element) {
        add_element(document, child, text, wanted.unwrap_or_default(), pieces);
    }
    pieces.push(XmlPiece { span: Span::new(element.span.end - 1, element.span.end), kind: XmlPieceKind::End });
}

/// Normalizes line endings as an XML parser does.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The length of the common prefix of two texts, in bytes.
fn common_prefix(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENDERED: &str = "<?xml version=\"1.0\"?>\n<!-- licence -->\n<parameter name=\"a\" xmlns:s=\"urn:s\">\n  <profile>\n    \
        <servers>*</servers><!-- all -->\n    <TrustStore>\n      <Location>a/b/client-truststore.jks</Location>\n    </TrustStore>\n    \
        <empty/>\n  </profile>\n</parameter>\n\n";

    fn row() -> &'static Rewrite {
        catalog().rewrites.iter().find(|row| row.file.ends_with("sslprofiles.xml")).expect("a row")
    }

    /// The rendered text with the changes of the server.
    fn rewritten() -> String {
        let root = RENDERED.trim_end().split_once("-->\n").expect("a prolog").1;
        root.replace(r#"name="a" xmlns:s="urn:s""#, r#"xmlns:s="urn:s" name="a""#)
            .replace("<empty/>", "<empty></empty>")
            .replace("a/b/client-truststore.jks", "a/b/client-truststore-temp.jks")
    }

    #[test]
    fn a_change_by_the_server_does_not_count() {
        let text = rewritten();
        assert_eq!(compare(row(), RENDERED, &text), Some(Comparison::Same));
        assert_eq!(compare(row(), &RENDERED.replace('\n', "\r\n"), &text), Some(Comparison::Same));
        assert_eq!(compare(row(), RENDERED, &text.replace("a/b/client", r"a\b\client")), Some(Comparison::Same));
        assert!(is_rewritten(row(), &text) && !is_rewritten(row(), RENDERED));
    }

    #[test]
    fn another_change_is_found_at_its_place() {
        for (old, new) in [
            ("<servers>*", "<servers>*.example.com"),
            ("a/b/client", "a/c/client"),
            ("client-truststore-temp.jks", "other.jks"),
            ("name=\"a\"", "name=\"b\""),
            ("<!-- all -->", "<!-- some -->"),
            ("  </profile>", "  <more/>\n  </profile>"),
        ] {
            let text = rewritten().replace(old, new);
            let Some(Comparison::Differs { at, rendered }) = compare(row(), RENDERED, &text) else {
                panic!("{new} is not found")
            };
            let line = |text: &str, at: usize| text[..at].matches('\n').count();
            let expected = text.lines().position(|line| line.contains(new.lines().next().expect("a line"))).expect("the line");
            assert_eq!(line(&text, at), expected, "{new}");
            assert!(rendered <= RENDERED.len());
        }
        assert_eq!(compare(row(), RENDERED, "<parameter>"), None);
    }
}
