//! The tests of a condition: whether the value of a subject passes them.

use serde_json::Value as Json;

use super::subject::{Subject, SubjectOf, subjects};
use crate::rule_info::{Condition, ValueType};
use crate::rules::context::HomeContext;
use crate::server::mapper::has_placeholder;
use crate::server::mapper::value::Value;

/// Whether `subject` passes the tests of `condition`. Without a value it passes only `set = false`.
pub(super) fn passes(condition: &Condition, subject: &Subject, context: HomeContext) -> bool {
    if !is_about(condition, subject, context) {
        return false;
    }
    if !subject.is_set || condition.set == Some(false) {
        return !subject.is_set && condition.set == Some(false);
    }
    let value = subject.value.as_ref();
    let is_in_file = matches!(subject.of, SubjectOf::InFile { .. });
    // What the environment, a vault or a deployment tool fills in is known in part, so nothing is said of what it is not.
    let whole = value.filter(|value| !is_partial(value));
    let items = || value.map(items_of).unwrap_or_default();
    let whole_items = || whole.map(items_of).unwrap_or_default();
    let is_one_of = |item: &Value, values: &[Json]| values.iter().any(|expected| equals(item, expected, is_in_file));
    let number = || whole.and_then(Value::plain_text).and_then(|text| text.trim().parse::<f64>().ok());
    let other = |key: &String| value_of(key, subject, context);

    (condition.equals.is_empty() || items().into_iter().any(|item| is_one_of(item, &condition.equals)))
        && (condition.not_equals.is_empty() || whole_items().into_iter().any(|item| !is_one_of(item, &condition.not_equals)))
        && condition
            .matches
            .as_ref()
            .is_none_or(|pattern| items().into_iter().any(|item| has_match(item, |text| pattern.is_match(text))))
        && condition
            .not_matches
            .as_ref()
            .is_none_or(|pattern| whole_items().into_iter().any(|item| has_match(item, |text| !pattern.is_match(text))))
        && (condition.types.is_empty() || value.is_some_and(|value| is_of_type(value, &condition.types)))
        && condition.above.is_none_or(|limit| number().is_some_and(|number| number > limit))
        && condition.below.is_none_or(|limit| number().is_some_and(|number| number < limit))
        && condition.plain.is_none_or(|plain| value.is_some_and(|value| is_partial(value) != plain))
        && condition.same_as.as_ref().is_none_or(|key| whole.is_some() && other(key).as_ref() == whole)
        && condition
            .differs_from
            .as_ref()
            .is_none_or(|key| whole.is_some() && other(key).is_some_and(|other| Some(&other) != whole))
}

/// Whether the tests of `condition` need more of the value than is known.
pub(super) fn is_unknown(condition: &Condition, subject: &Subject, context: HomeContext) -> bool {
    let needs_whole = !condition.not_equals.is_empty()
        || !condition.equals.is_empty()
        || condition.not_matches.is_some()
        || condition.matches.is_some()
        || condition.above.is_some()
        || condition.below.is_some()
        || condition.same_as.is_some()
        || condition.differs_from.is_some();
    needs_whole && is_about(condition, subject, context) && subject.is_set && subject.value.as_ref().is_none_or(is_partial)
}

/// Whether the subject is of the kind that the condition asks for, whatever its value.
fn is_about(condition: &Condition, subject: &Subject, context: HomeContext) -> bool {
    let is_by_user = condition.by_user.is_none_or(|wanted| wanted == subject.is_by_user);
    is_by_user
        && match &subject.of {
            SubjectOf::Key { key, .. } => {
                let is_read = |wanted| context.model().schema().is_some_and(|schema| schema.is_read(key) == wanted);
                condition.key_matches.as_ref().is_none_or(|pattern| pattern.is_match(key)) && condition.read.is_none_or(is_read)
            }
            SubjectOf::Listener(listener) => {
                listener.enabled == condition.open.unwrap_or(true)
                    && condition.tls.is_none_or(|wanted| wanted == listener.tls)
                    && condition
                        .bind
                        .as_ref()
                        .is_none_or(|pattern| listener.bind.as_deref().is_some_and(|bind| pattern.is_match(bind)))
            }
            // Beside a deployment.toml, the files of a home are copies of what the server renders.
            SubjectOf::InFile { .. } => condition.rendered.is_none_or(|wanted| wanted == context.model().toml_file().is_some()),
        }
}

/// The value of another key, if it is wholly known.
fn value_of(key: &str, subject: &Subject, context: HomeContext) -> Option<Value> {
    let condition = Condition { key: vec![key.to_owned()], ..Condition::default() };
    let others = subjects(&condition, context, Some(subject));
    let mut values = others.into_iter().filter_map(|other| other.value).filter(|value| !is_partial(value));
    values.next()
}

/// The items of a list, or the value itself.
fn items_of(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(items) => items.iter().collect(),
        single => vec![single],
    }
}

fn has_match(value: &Value, is_match: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::List(_) | Value::Table(_) => false,
        scalar => scalar.plain_text().is_some_and(|text| is_match(&text)),
    }
}

/// Whether a value is the expected one. In files everything is text.
fn equals(value: &Value, expected: &Json, is_text: bool) -> bool {
    match (value, expected) {
        (Value::Text(text), Json::String(expected)) => text == expected,
        (Value::Text(text), Json::Bool(expected)) if is_text => text.parse() == Ok(*expected),
        (Value::Text(text), Json::Number(expected)) if is_text => text.parse().ok() == expected.as_f64(),
        (Value::Boolean(value), Json::Bool(expected)) => value == expected,
        (Value::Integer(value), Json::Number(expected)) if expected.is_i64() => Some(*value) == expected.as_i64(),
        (Value::Integer(_), Json::Number(expected)) => value.plain_text().and_then(|text| text.parse().ok()) == expected.as_f64(),
        (Value::Double(value), Json::Number(expected)) => Some(*value) == expected.as_f64(),
        _ => false,
    }
}

fn is_of_type(value: &Value, types: &[ValueType]) -> bool {
    let own = match value {
        Value::Text(_) => ValueType::String,
        Value::Integer(_) => ValueType::Integer,
        // Every number of default.json is one.
        Value::Double(number) if number.fract() == 0.0 => ValueType::Integer,
        Value::Double(_) => ValueType::Float,
        Value::Boolean(_) => ValueType::Boolean,
        Value::List(_) => ValueType::List,
        Value::Null | Value::Table(_) => return false,
    };
    types.contains(&own)
}

/// Whether a part of the value is filled in when the server starts.
fn is_partial(value: &Value) -> bool {
    value.texts().into_iter().any(has_placeholder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn values_are_compared_with_their_types() {
        assert!(equals(&text("a"), &Json::from("a"), false) && equals(&Value::Integer(1), &Json::from(1), false));
        assert!(equals(&Value::Double(1.0), &Json::from(1), false), "a number of default.json");
        assert!(!equals(&text("1"), &Json::from(1), false) && !equals(&text("true"), &Json::from(true), false));
        assert!(equals(&text("8005"), &Json::from(8005), true) && equals(&text("true"), &Json::from(true), true));
    }

    #[test]
    fn what_is_filled_in_at_startup_is_known_in_part() {
        assert!(is_partial(&text("jdbc:$env{DB}")) && is_partial(&Value::List(vec![text("$secret{a}")])));
        assert!(is_partial(&text("${env:A}")) && !is_partial(&text("a$b")));
    }
}
