//! Paths to values as text: dots between segments, single quotes around a segment that is not bare, `*` for any key of a table and `[]`
//! for the elements of a list.

use std::sync::Arc;

use crate::source::key::{Key, quoted};

/// A step on the path to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum KeyStep {
    /// This key of a table.
    Key(Arc<str>),
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
            KeyStep::Key(name) => text.push_str(&quoted(name)),
        }
    }
    text
}

/// The text of a path, one step longer than `key`.
pub(super) fn extended(key: &str, step: &KeyStep) -> String {
    match step {
        KeyStep::Element => Key::new(key).elements(),
        KeyStep::AnyKey => Key::new(key).join(Key::new("*")),
        KeyStep::Key(name) => Key::new(key).child(name),
    }
}

/// The path that a text describes.
pub(super) fn parse(text: &str) -> Vec<KeyStep> {
    let mut steps = Vec::new();
    for segment in Key::new(text).segments() {
        steps.push(if segment.is_any() { KeyStep::AnyKey } else { KeyStep::Key(segment.name.into()) });
        steps.extend(segment.marks().matches('[').map(|_| KeyStep::Element));
    }
    steps
}

/// The path to the value of a flat key, as the server splits it; `None` if it fails on the key.
pub(super) fn of_flat(key: &str) -> Option<Vec<KeyStep>> {
    Some(Key::new(key).split_by_server()?.into_iter().map(|name| KeyStep::Key(name.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_being_written() {
        for text in ["a", "a.b", "a.'b.c'.d", "a[].b", "a.*.b", "a[][].'*'", "a.'é'[]", "*", "''.a", "a.'it's'.b", "a.'[]'[]"] {
            assert_eq!(text_of(&parse(text)), text);
            assert_eq!(parse(text).iter().fold(String::new(), |text, step| extended(&text, step)), text);
        }
        let any_and_star = [KeyStep::AnyKey, KeyStep::Key("*".into()), KeyStep::Element];
        assert_eq!(parse("*.'*'[]"), any_and_star);
    }
}
