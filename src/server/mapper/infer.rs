//! Stage 3: infer.json derives values from those of the user (config-mapper ValueInferrer.java).

use indexmap::IndexMap;
use serde_json::{Map as Json, Value as JsonValue};

use super::effective::{Effective, Origin};
use super::value::Value;
use crate::server::java::hash::HashOrdered;

/// Deeper than any infer.json. On a circle the server overflows its stack.
const MAX_DEPTH: usize = 32;

/// The inferred keys together with the user's, which win.
pub(super) fn infer(user: HashOrdered<Effective>, rules: &Json<String, JsonValue>) -> HashOrdered<Effective> {
    let patterns: Vec<(Pattern, &str, &Json<String, JsonValue>)> =
        rules.iter().filter_map(|(key, values)| Some((Pattern::new(key), key.as_str(), values.as_object()?))).collect();
    let find = |key: &str| {
        let exact = patterns.iter().find(|(_, pattern, _)| *pattern == key);
        exact.or_else(|| patterns.iter().find(|(pattern, _, _)| pattern.matches(key)))
    };
    let mut inferred: IndexMap<String, Effective> = IndexMap::new();
    for (key, effective) in user.in_order() {
        let Some((_, pattern, values)) = find(key) else { continue };
        let Some(found) = values.get(&effective.value.to_java()).and_then(JsonValue::as_object) else { continue };
        let origin = Origin::Inferred { from: key.to_owned() };
        let found: Vec<(String, JsonValue)> = found
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    JsonValue::String(text) => JsonValue::String(substituted(text, pattern, key)),
                    other => other.clone(),
                };
                (substituted(name, pattern, key), value)
            })
            .collect();
        follow(&found, &find, &origin, &mut inferred, MAX_DEPTH);
        for (name, value) in &found {
            inferred.insert(name.clone(), Effective { value: of_json(value), origin: origin.clone() });
        }
    }
    user.into_refilled(|user| {
        if inferred.is_empty() {
            return user;
        }
        inferred.extend(user);
        inferred
    })
}

type Rule<'a> = (Pattern, &'a str, &'a Json<String, JsonValue>);

/// Adds what follows from inferred values. In this step the server does not replace `$1`.
fn follow<'a>(
    found: &[(String, JsonValue)],
    find: &impl Fn(&str) -> Option<&'a Rule<'a>>,
    origin: &Origin,
    inferred: &mut IndexMap<String, Effective>,
    depth: usize,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (key, value) in found {
        let values = find(key).zip(value.as_str()).and_then(|((_, _, values), value)| values.get(value)?.as_object());
        let Some(values) = values else { continue };
        let values: Vec<(String, JsonValue)> = values.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        for (key, value) in &values {
            inferred.insert(key.clone(), Effective { value: of_json(value), origin: origin.clone() });
        }
        follow(&values, find, origin, inferred, depth);
    }
}

/// The value, with whole doubles as integers.
fn of_json(json: &JsonValue) -> Value {
    match Value::of_json(json) {
        #[expect(clippy::cast_possible_truncation, reason = "Double.intValue, which stops at the largest integer")]
        Value::Double(number) if number.fract() == 0.0 => Value::Integer(i64::from(number as i32)),
        value => value,
    }
}

/// `text` with each `$n` replaced by the part of `key` that has the position of `$n` in `pattern`. The server splits both at every dot, in
/// quotes or not.
fn substituted(text: &str, pattern: &str, key: &str) -> String {
    let segments: Vec<&str> = key.split('.').collect();
    let mut text = text.to_owned();
    for (at, name) in pattern.split('.').enumerate() {
        if name.strip_prefix('$').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
            && let Some(segment) = segments.get(at)
        {
            text = text.replace(name, segment);
        }
    }
    text
}

/// A key of infer.json, which the server uses as a regular expression: `$1` matches `\w+`, and a dot any character.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The characters that every match begins with.
    start: String,
    atoms: Vec<Atom>,
}

/// What matches one character, or a `$n`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Atom {
    Exactly(char),
    Any,
    Word,
}

impl Pattern {
    pub(super) fn new(key: &str) -> Self {
        let mut atoms = Vec::new();
        let mut rest = key;
        while let Some(character) = rest.chars().next() {
            let digits = rest.strip_prefix('$').map_or(0, |after| after.bytes().take_while(u8::is_ascii_digit).count());
            if digits > 0 {
                atoms.push(Atom::Word);
                rest = &rest[1 + digits..];
            } else {
                atoms.push(if character == '.' { Atom::Any } else { Atom::Exactly(character) });
                rest = &rest[character.len_utf8()..];
            }
        }
        let start =
            atoms.iter().map_while(|atom| if let Atom::Exactly(character) = atom { Some(character) } else { None }).collect();
        Self { start, atoms }
    }

    pub(super) fn matches(&self, key: &str) -> bool {
        // Fast path: almost every key begins differently.
        if !key.starts_with(&self.start) {
            return false;
        }
        let fixed = self.atoms.iter().take_while(|atom| **atom != Atom::Word);
        let mut characters = key.chars();
        let begins = fixed.clone().all(|atom| match (atom, characters.next()) {
            (Atom::Exactly(wanted), Some(character)) => *wanted == character,
            (_, character) => character.is_some(),
        });
        if !begins {
            return false;
        }
        if fixed.count() == self.atoms.len() {
            return characters.next().is_none();
        }
        // The positions in the pattern that the characters so far can reach.
        let mut reached = vec![false; self.atoms.len() + 1];
        reached[0] = true;
        for character in key.chars() {
            let mut next = vec![false; self.atoms.len() + 1];
            for (at, atom) in self.atoms.iter().enumerate().filter(|(at, _)| reached[*at]) {
                match atom {
                    Atom::Exactly(wanted) => next[at + 1] |= *wanted == character,
                    Atom::Any => next[at + 1] |= character != '\n' && character != '\r',
                    Atom::Word if character.is_ascii_alphanumeric() || character == '_' => {
                        next[at] = true;
                        next[at + 1] = true;
                    }
                    Atom::Word => {}
                }
            }
            reached = next;
        }
        reached[self.atoms.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_matches_word_characters_only() {
        let pattern = Pattern::new("database.$1.type");
        assert!(pattern.matches("database.apim_db.type"));
        assert!(!pattern.matches("database.my-db.type"));
        assert!(!pattern.matches("database..type"));
        assert!(!pattern.matches("database.a.b.type"));
    }

    #[test]
    fn segments_replace_their_numbers() {
        assert_eq!(substituted("database.$1.pool", "database.$1.type", "database.x.type"), "database.x.pool");
    }
}
