//! Stage 7: values are checked by validator.json (config-mapper Validator.java). Only rules with `regex` are run.

use regex_lite::Regex;
use serde_json::{Map as Json, Value as JsonValue};

use super::effective::Effective;
use super::fault::{FaultKind, MappingFault};
use super::references::is_unresolved;
use super::value::Value;
use crate::server::java::hash::HashOrdered;

/// Checks the values by the rules. A value that does not match stops the server from starting.
pub(super) fn validate(map: &HashOrdered<Effective>, rules: &Json<String, JsonValue>, faults: &mut Vec<MappingFault>) {
    for (key, rules) in rules {
        for rule in rules.as_array().into_iter().flatten().filter_map(JsonValue::as_object) {
            if !applies(map, rule) {
                continue;
            }
            check(map, key, rule, faults);
        }
    }
}

/// Whether every value named in `if` is as the rule requires.
fn applies(map: &HashOrdered<Effective>, rule: &Json<String, JsonValue>) -> bool {
    let conditions = rule.get("if").and_then(JsonValue::as_object);
    conditions
        .into_iter()
        .flatten()
        .all(|(key, expected)| map.get(key).is_some_and(|effective| effective.value == Value::of_json(expected)))
}

/// Checks the value of one key. The server casts it to a string, even if the rule has no `regex`.
fn check(map: &HashOrdered<Effective>, key: &str, rule: &Json<String, JsonValue>, faults: &mut Vec<MappingFault>) {
    let parts: Vec<&str> = key.split(':').filter(|part| !part.is_empty()).collect();
    let (list, attribute) = if let [list, attribute] = parts[..] { (list, Some(attribute)) } else { (key, None) };
    let values: Vec<Value> = match (attribute, map.get(list).map(|effective| &effective.value)) {
        (None, Some(value)) => vec![value.clone()],
        (None, None) => vec![Value::Text(String::new())],
        (Some(attribute), Some(Value::List(elements))) => elements
            .iter()
            .filter_map(|element| match element {
                Value::Table(map) => {
                    let value = map.get(attribute).filter(|value| **value != Value::Null);
                    Some(value.cloned().unwrap_or_else(|| Value::Text(String::new())))
                }
                _ => None,
            })
            .collect(),
        (Some(_), _) => Vec::new(),
    };
    let pattern = rule.get("regex").and_then(JsonValue::as_str);
    // A pattern that is invalid here may be valid in Java, so nothing is reported.
    let regex = pattern.and_then(|pattern| Regex::new(&whole(pattern)).ok());
    for value in values {
        match value {
            Value::Text(text) if is_unresolved(&text) => {}
            Value::Text(text) => {
                if regex.as_ref().is_some_and(|regex| !regex.is_match(&text)) {
                    let own = rule.get("error_message").and_then(JsonValue::as_str).map(ToOwned::to_owned);
                    let said = own.unwrap_or_else(|| format!("`{key}` does not match `{}`", pattern.unwrap_or_default()));
                    faults.push(MappingFault::new(FaultKind::Validation, Some(list), said));
                }
            }
            Value::Null if regex.is_none() => {}
            _ => faults.push(MappingFault::new(FaultKind::NotText, Some(list), format!("`{key}` must be a string"))),
        }
    }
}

/// `pattern` as a pattern for the whole text, which Java's `matches` requires. `\Z`, which shipped rules use, is in Java the end of the
/// text except for a final line break; in a pattern for the whole text it is the end.
fn whole(pattern: &str) -> String {
    let mut translated = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        translated.push(character);
        if character == '\\' {
            translated.extend(characters.next().map(|escaped| if escaped == 'Z' { 'z' } else { escaped }));
        }
    }
    format!("^(?:{translated})$")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::mapper::effective::Origin;

    fn faults(value: Value, rules: &str) -> Vec<String> {
        let mut map = HashOrdered::from_all(indexmap::IndexMap::new());
        map.insert("user_store.type".to_owned(), Effective { value, origin: Origin::Default });
        let mut faults = Vec::new();
        validate(&map, &serde_json::from_str(rules).unwrap_or_default(), &mut faults);
        faults.into_iter().map(|fault| fault.reason).collect()
    }

    #[test]
    fn a_pattern_matches_the_whole_text_and_may_name_its_end() {
        let rules = r#"{"user_store.type": [{"regex": "\\Adatabase\\Z|\\Aread_only_ldap\\Z"}]}"#;
        assert!(faults(Value::Text("database".to_owned()), rules).is_empty());
        assert!(faults(Value::Text("read_only_ldap".to_owned()), rules).is_empty());
        assert_eq!(faults(Value::Text("database_unique_id".to_owned()), rules).len(), 1);
        assert_eq!(faults(Value::Boolean(true), rules).len(), 1);
        assert_eq!(faults(Value::Text("$secret{type}".to_owned()), rules).len(), 1);
        assert!(faults(Value::Text("$env{TYPE}".to_owned()), rules).is_empty(), "its value is unknown");
    }

    #[test]
    fn only_a_regex_is_run() {
        let rules = r#"{"user_store.type": [{"match_regex": "x"}]}"#;
        assert!(faults(Value::Text("database".to_owned()), rules).is_empty());
    }
}
