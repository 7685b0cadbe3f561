//! Paths to values as text: dots between segments, single quotes around a segment that is not bare, `*` for any key of a table and `[]`
//! for the elements of a list.

use std::borrow::Cow;
use std::rc::Rc;

/// A step on the path to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyStep {
    /// This key of a table.
    Key(Rc<str>),
    /// Any key of a table: the template loops over them.
    AnyKey,
    /// Any element of a list.
    Element,
}

/// The text of a path.
pub(super) fn text_of(path: &[KeyStep]) -> String {
    let mut text = String::new();
    for step in path {
        if !matches!(step, KeyStep::Element) && !text.is_empty() {
            text.push('.');
        }
        match step {
            KeyStep::Element => text.push_str("[]"),
            KeyStep::AnyKey => text.push('*'),
            KeyStep::Key(name) => text.push_str(&segment_text(name)),
        }
    }
    text
}

/// The path that a text describes.
pub(super) fn parse(text: &str) -> Vec<KeyStep> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('\'').and_then(|rest| rest.split_once('\'')) {
            Some(parts) => parts,
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        steps.push(if name == "*" && !rest.starts_with('\'') { KeyStep::AnyKey } else { KeyStep::Key(name.into()) });
        rest = after;
        while let Some(after) = rest.strip_prefix("[]") {
            steps.push(KeyStep::Element);
            rest = after;
        }
        rest = rest.strip_prefix('.').unwrap_or_default();
    }
    steps
}

/// The text of a segment, in quotes if it needs them.
pub(crate) fn segment_text(name: &str) -> Cow<'_, str> {
    if is_bare(name) { Cow::Borrowed(name) } else { Cow::Owned(format!("'{name}'")) }
}

/// Whether a segment needs no quotes.
pub(super) fn is_bare(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The table of a key, and the key's name in it.
pub(super) fn table_and_name(key: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut dot = None;
    for (at, character) in key.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '.' if !quoted => dot = Some(at),
            _ => {}
        }
    }
    dot.map_or(("", key), |dot| (&key[..dot], &key[dot + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_being_written() {
        for text in ["a", "a.b", "a.'b.c'.d", "a[].b", "a.*.b", "a[][].'*'", "a.'é'[]", "*", "''.a"] {
            assert_eq!(text_of(&parse(text)), text);
        }
        let any_and_star = [KeyStep::AnyKey, KeyStep::Key("*".into()), KeyStep::Element];
        assert_eq!(parse("*.'*'[]"), any_and_star);
    }

    #[test]
    fn a_name_is_separated_from_its_table_outside_of_quotes() {
        assert_eq!(table_and_name("a.b.c"), ("a.b", "c"));
        assert_eq!(table_and_name("a.'b.c'"), ("a", "'b.c'"));
        assert_eq!(table_and_name("a"), ("", "a"));
        assert_eq!(table_and_name("a[].b"), ("a[]", "b"));
    }
}
