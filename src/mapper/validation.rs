//! Problem 7: values are held against validator.json (config-mapper Validator.java). Only a rule with `regex` is run.

use regex_lite::Regex;
use serde_json::{Map as Json, Value as JsonValue};

use super::java_hash::HashOrdered;
use super::value::Value;
use super::{Effective, Fault, Problem};

/// Holds the values against the rules; what does not match stops the start.
pub fn validate(map: &HashOrdered<Effective>, rules: &Json<String, JsonValue>, faults: &mut Vec<Fault>) {
    for (key, rules) in rules {
        for rule in rules.as_array().into_iter().flatten().filter_map(JsonValue::as_object) {
            if !applies(map, rule) {
                continue;
            }
            check(map, key, rule, faults);
        }
    }
}

/// Whether every value under `if` is as the rule asks.
fn applies(map: &HashOrdered<Effective>, rule: &Json<String, JsonValue>) -> bool {
    let conditions = rule.get("if").and_then(JsonValue::as_object);
    conditions
        .into_iter()
        .flatten()
        .all(|(key, expected)| map.get(key).is_some_and(|effective| effective.value == Value::of_json(expected)))
}

/// The server casts every value to a string, even where the rule has no `regex`.
fn check(map: &HashOrdered<Effective>, key: &str, rule: &Json<String, JsonValue>, faults: &mut Vec<Fault>) {
    let (list, attribute) = key.split_once(':').map_or((key, None), |(list, attribute)| (list, Some(attribute)));
    let values: Vec<Value> = match (attribute, map.get(list).map(|effective| &effective.value)) {
        (None, Some(value)) => vec![value.clone()],
        (None, None) => vec![Value::Text(String::new())],
        (Some(attribute), Some(Value::List(elements))) => elements
            .iter()
            .filter_map(|element| match element {
                Value::Table(map) => Some(map.get(attribute).cloned().unwrap_or_else(|| Value::Text(String::new()))),
                _ => None,
            })
            .collect(),
        (Some(_), _) => Vec::new(),
    };
    let pattern = rule.get("regex").and_then(JsonValue::as_str);
    // Java's `matches` wants the whole text. A pattern that is none here may be one in Java: nothing is said then.
    // `\\Z` is Java's end of the text.
    let regex = pattern.and_then(|pattern| Regex::new(&format!("^(?:{})$", pattern.replace("\\Z", "\\z"))).ok());
    for value in values {
        match value {
            Value::Text(text) => {
                if regex.as_ref().is_some_and(|regex| !regex.is_match(&text)) {
                    let own = rule.get("error_message").and_then(JsonValue::as_str).map(ToOwned::to_owned);
                    let said = own.unwrap_or_else(|| format!("`{key}` does not match `{}`", pattern.unwrap_or_default()));
                    faults.push(Fault::new(Problem::Validation, Some(list), said));
                }
            }
            Value::Null => {}
            _ => faults.push(Fault::new(
                Problem::Validation,
                Some(list),
                format!("`{key}` must be a string: the server's validator fails on any other type"),
            )),
        }
    }
}
