//! Whitespace control: `{%-` and `-%}`, and the parts of a tag without the spaces around them.

use super::ast::{Node, NodeKind};
use crate::source::Span;

/// A node whose whitespace is not removed yet.
pub(super) struct Piece {
    pub(super) node: Node,
    pub(super) trim_start: bool,
    pub(super) trim_end: bool,
    /// Whether the text after the node loses its leading whitespace: the last `-%}` of the tag asks for it.
    pub(super) trims_next: bool,
}

impl Piece {
    pub(super) fn new(span: Span, kind: NodeKind) -> Self {
        Self { node: Node { span, kind }, trim_start: false, trim_end: false, trims_next: false }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self.node.kind, NodeKind::Text(_))
    }
}

/// The nodes without the whitespace that tags remove.
pub(super) fn trimmed_nodes(pieces: Vec<Piece>) -> Vec<Node> {
    pieces
        .into_iter()
        .map(|mut piece| {
            if let NodeKind::Text(text) = &mut piece.node.kind {
                // A text with a comment inside is shorter than its span.
                let is_whole = text.len() == piece.node.span.len();
                if piece.trim_end {
                    text.truncate(text.trim_end_matches(is_java_space).len());
                    if is_whole {
                        piece.node.span.end = piece.node.span.start + text.len();
                    }
                }
                if piece.trim_start {
                    text.drain(..text.len() - trim_start(text).len());
                    if is_whole {
                        piece.node.span.start = piece.node.span.end - text.len();
                    }
                }
            }
            piece.node
        })
        .collect()
}

/// `text` without its leading whitespace.
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_java_space)
}

/// `Character.isWhitespace`, which excludes non-breaking spaces.
fn is_java_space(character: char) -> bool {
    matches!(character, '\u{1c}'..='\u{1f}')
        || character.is_whitespace() && !matches!(character, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// A tag or an expression without its delimiters and the spaces inside them.
pub(super) fn without_delimiters(text: &str, token: Span) -> Span {
    stripped(text, Span::new(token.start + 2, token.end.saturating_sub(2).max(token.start + 2)))
}

/// The same without the `-` of whitespace control and the spaces inside it.
pub(super) fn without_dashes(text: &str, token: Span) -> Span {
    let bare = without_delimiters(text, token);
    let part = bare.of(text);
    let start = bare.start + usize::from(part.starts_with('-'));
    let end = bare.end - usize::from(part.len() > 1 && part.ends_with('-'));
    stripped(text, Span::new(start, end))
}

/// A span without the whitespace at its ends.
pub(super) fn stripped(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + (part.len() - part.trim_start().len());
    Span::new(start, start + part.trim().len())
}
