//! The words of a table for what it says about a key, used for writing and for reading.

use std::mem::discriminant;

use serde_json::Value as JsonValue;

use crate::server::mapper::key_usage::UseKind;

/// A word for a use, and how to build the use from the value after the word.
type UseWord = (&'static str, fn(&str) -> UseKind);

/// Every word for a use.
const USES: [UseWord; 12] = [
    (">", |_| UseKind::Printed),
    ("list", |_| UseKind::Listed),
    ("other", |_| UseKind::Other),
    ("loop", |_| UseKind::Looped),
    ("entries", |_| UseKind::Entries),
    ("defined", |_| UseKind::Defined),
    ("truth", |_| UseKind::Truth),
    ("same", |value| UseKind::SameAs(value == "true")),
    ("bool", |value| UseKind::EqualsBoolean(value == "true")),
    ("equals", |value| UseKind::EqualsText(unquoted(value))),
    ("number", |_| UseKind::Number),
    ("asked", |value| UseKind::KindAsked(value.to_owned())),
];

/// What a table says about a key besides its uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyProperty {
    /// Its default, as JSON.
    Default,
    /// What key-mappings.json renames it to.
    Maps,
    /// A value from which other keys follow.
    Infers,
    /// A default or an inference takes its value over.
    Referred,
    /// validator.json checks it.
    Validated,
    /// A value that validator.json accepts.
    Allows,
    /// A value on which rules of validator.json depend.
    Condition,
    /// The unit that the server converts it to.
    Unit,
}

/// Every word for a property.
const PROPERTIES: [(&str, KeyProperty); 8] = [
    ("=", KeyProperty::Default),
    ("maps", KeyProperty::Maps),
    ("infers", KeyProperty::Infers),
    ("referred", KeyProperty::Referred),
    ("validated", KeyProperty::Validated),
    ("allows", KeyProperty::Allows),
    ("condition", KeyProperty::Condition),
    ("unit", KeyProperty::Unit),
];

/// A fact that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fact<'a> {
    /// A template uses the key. The value is the file that it prints to, if it prints.
    Use(UseKind, &'a str),
    /// Anything else.
    KeyProperty(KeyProperty, &'a str),
}

impl<'a> Fact<'a> {
    /// Reads a fact; `None` if its word is unknown.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (word, value) = word_and_value(text);
        match USES.iter().find(|(known, _)| *known == word) {
            Some((_, make)) => Some(Self::Use(make(value), value)),
            None => property(word).map(|property| Self::KeyProperty(property, value)),
        }
    }

    /// Whether a fact is a use of its key.
    pub(super) fn is_use(fact: &str) -> bool {
        let (word, _) = word_and_value(fact);
        USES.iter().any(|(known, _)| *known == word)
    }
}

/// Whether a fact makes its key live: defaults, rules and units alone do not.
pub(super) fn makes_live(fact: &str) -> bool {
    let (word, _) = word_and_value(fact);
    matches!(property(word), Some(KeyProperty::Maps | KeyProperty::Infers | KeyProperty::Referred)) || Fact::is_use(fact)
}

/// The fact that a template uses a key in this way, printing it to `file` if it prints it.
pub(super) fn use_fact(kind: &UseKind, file: &str) -> String {
    let same = |(_, make): &&UseWord| discriminant(&make("")) == discriminant(kind);
    let word = USES.iter().find(same).map_or("other", |(word, _)| *word);
    match kind {
        UseKind::Printed => format!("{word}{file}"),
        UseKind::Listed | UseKind::Other => format!("{word} {file}"),
        UseKind::SameAs(boolean) | UseKind::EqualsBoolean(boolean) => format!("{word} {boolean}"),
        UseKind::EqualsText(text) => format!("{word} {}", quoted(text)),
        UseKind::KindAsked(kind) => format!("{word} {kind}"),
        UseKind::Looped | UseKind::Entries | UseKind::Defined | UseKind::Truth | UseKind::Number => word.to_owned(),
    }
}

impl KeyProperty {
    /// The fact that a key has this property with this value.
    pub(super) fn fact(self, value: &str) -> String {
        let word = PROPERTIES.iter().find(|(_, known)| *known == self).map_or("", |(word, _)| *word);
        match self {
            Self::Default => format!("{word}{value}"),
            Self::Maps | Self::Unit => format!("{word} {value}"),
            Self::Infers | Self::Allows | Self::Condition => format!("{word} {}", quoted(value)),
            Self::Referred | Self::Validated => word.to_owned(),
        }
    }
}

fn property(word: &str) -> Option<KeyProperty> {
    PROPERTIES.iter().find(|(known, _)| *known == word).map(|(_, property)| *property)
}

/// `=` and `>` touch their value; every other word has a space after it.
fn word_and_value(fact: &str) -> (&str, &str) {
    if fact.starts_with(['=', '>']) { fact.split_at(1) } else { fact.split_once(' ').unwrap_or((fact, "")) }
}

/// A value in JSON. Most are simple, and reading those directly is faster.
pub(super) fn json(text: &str) -> Option<JsonValue> {
    match text {
        "true" => Some(JsonValue::Bool(true)),
        "false" => Some(JsonValue::Bool(false)),
        _ => match without_escapes(text) {
            Some(plain) => Some(JsonValue::from(plain)),
            None => serde_json::from_str(text).ok(),
        },
    }
}

fn quoted(text: &str) -> String {
    JsonValue::from(text).to_string()
}

/// The text that [`quoted`] wrote.
pub(super) fn unquoted(text: &str) -> String {
    without_escapes(text).map(ToOwned::to_owned).or_else(|| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The content of a JSON string without escapes.
fn without_escapes(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains(['\\', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_for_a_use_is_read_as_it_was_written() {
        let values = ["", "carbon.xml", "true", "false", "\"a \\\"b\\\"\"", "string"];
        for (word, make) in USES {
            for value in values {
                let kind = make(value);
                let fact = use_fact(&kind, "carbon.xml");
                assert_eq!(word_and_value(&fact).0, word, "{kind:?}");
                let Some(Fact::Use(read, value)) = Fact::read(&fact) else { panic!("{fact}") };
                assert_eq!(read, kind, "{fact}");
                assert!(!kind.shows_everything() || value == "carbon.xml", "{fact}");
                assert!(makes_live(&fact), "{fact}");
            }
        }
    }

    #[test]
    fn every_word_for_a_property_is_read_as_it_was_written() {
        for (word, property) in PROPERTIES {
            let fact = property.fact("a \"b\"");
            assert_eq!(word_and_value(&fact).0, word);
            let Some(Fact::KeyProperty(read, value)) = Fact::read(&fact) else { panic!("{fact}") };
            assert_eq!(read, property);
            let expected = match property {
                KeyProperty::Referred | KeyProperty::Validated => "",
                KeyProperty::Infers | KeyProperty::Allows | KeyProperty::Condition => "\"a \\\"b\\\"\"",
                KeyProperty::Default | KeyProperty::Maps | KeyProperty::Unit => "a \"b\"",
            };
            assert_eq!(value, expected, "{fact}");
            assert_eq!(
                makes_live(&fact),
                matches!(property, KeyProperty::Maps | KeyProperty::Infers | KeyProperty::Referred),
                "{fact}"
            );
        }
    }

    #[test]
    fn no_word_has_two_meanings() {
        let mut words: Vec<&str> = USES.iter().map(|(word, _)| *word).chain(PROPERTIES.iter().map(|(word, _)| *word)).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), USES.len() + PROPERTIES.len());
        assert_eq!(Fact::read("unheard-of x"), None);
    }

    #[test]
    fn values_keep_their_types_and_escapes() {
        for text in ["true", "false", "1", "1.5", "\"a\"", "\"a\\nb\"", "[\"a\"]", "null"] {
            assert_eq!(json(text), serde_json::from_str(text).ok(), "{text}");
        }
        assert_eq!(json("\"a"), None);
        for text in ["", "a", "a\"b\\c\n", "é"] {
            assert_eq!(unquoted(&quoted(text)), text);
        }
    }
}
