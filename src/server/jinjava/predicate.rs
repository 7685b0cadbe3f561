//! The tests of templates: `is defined`, `is sameas true`.

use super::coerce::{to_integer, to_text};
use super::fault::EvaluationError;
use super::operator::{apply as operate, contains, equal};
use super::release::Release;
use super::value::Value;

/// Whether `value is name argument`.
pub(super) fn holds(name: &str, value: &Value, argument: Option<&Value>, release: Release) -> Result<bool, EvaluationError> {
    let expected = || argument.ok_or_else(|| EvaluationError::from(format!("`is {name}` expects a value")));
    Ok(match name {
        "true" | "false" | "in" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "eq" | "ne" | "lt" | "le" | "gt" | "ge"
            if !release.has_operator_tests() =>
        {
            // A syntax error: the parser does not accept these as names of tests.
            return Err(format!("the test `{name}` does not exist before Jinjava 2.5").into());
        }
        "boolean" | "integer" | "float" if !release.has_type_tests() => {
            return Err(EvaluationError::ignored(&format!("the test `{name}` does not exist before Jinjava 2.5")));
        }
        "containing" if !release.tests_containing_like_in() => {
            argument.is_some_and(|wanted| value.iterated().iter().any(|item| item.equals(wanted)))
        }
        "defined" => !matches!(value, Value::Null),
        "undefined" | "none" => matches!(value, Value::Null),
        "string" => matches!(value, Value::Text(_)),
        "number" => matches!(value, Value::Integer(_) | Value::Double(_)),
        "integer" => matches!(value, Value::Integer(_)),
        "float" => matches!(value, Value::Double(_)),
        "boolean" => matches!(value, Value::Boolean(_)),
        "mapping" => matches!(value, Value::Map(_)),
        "iterable" | "sequence" => matches!(value, Value::List(_) | Value::Array(_)),
        "true" => matches!(value, Value::Boolean(true)),
        "false" => matches!(value, Value::Boolean(false)),
        "truthy" => value.is_true(),
        "sameas" => value.is_same(expected()?),
        "equalto" | "eq" | "==" => equal(value, expected()?)?,
        "ne" | "!=" => !equal(value, expected()?)?,
        "lt" | "lessthan" | "<" => operate("<", value, expected()?, release)?.is_true(),
        "le" | "<=" => operate("<=", value, expected()?, release)?.is_true(),
        "gt" | "greaterthan" | ">" => operate(">", value, expected()?, release)?.is_true(),
        "ge" | ">=" => operate(">=", value, expected()?, release)?.is_true(),
        "in" | "within" => contains(expected()?, value, release),
        "containing" => contains(value, expected()?, release),
        "string_containing" | "string_startingwith" => match (value, expected()?) {
            (Value::Text(_), Value::Null) => false,
            (Value::Text(text), part) if name == "string_containing" => text.contains(&*to_text(part)),
            (Value::Text(text), part) => text.starts_with(&*to_text(part)),
            _ => false,
        },
        "even" => is_number(value) && to_integer(value)? % 2 == 0,
        "odd" => is_number(value) && to_integer(value)? % 2 != 0,
        "divisibleby" => return divisible(value, argument),
        "lower" => matches!(value, Value::Text(text) if !text.is_empty() && text.chars().all(char::is_lowercase)),
        "upper" => matches!(value, Value::Text(text) if !text.is_empty() && text.chars().all(char::is_uppercase)),
        "containingall" => return Err(EvaluationError::unsupported("the test `containingall`")),
        _ => return Err(EvaluationError::ignored(&format!("unknown test `{name}`"))),
    })
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Integer(_) | Value::Double(_))
}

/// The test `divisibleby`. Only an integer can be divisible, so any other value is not checked against the divisor
/// (IsDivisibleByExpTest.java).
fn divisible(value: &Value, divisor: Option<&Value>) -> Result<bool, EvaluationError> {
    if !is_number(value) || matches!(value, Value::Double(number) if number.fract() != 0.0) {
        return Ok(false);
    }
    match divisor {
        None => Err("`is divisibleby` expects a value".into()),
        Some(Value::Null) => Ok(false),
        Some(Value::Double(number)) if number.fract() != 0.0 => Err("`is divisibleby` expects an integer".into()),
        Some(divisor) if !is_number(divisor) => Err("`is divisibleby` expects a number".into()),
        Some(divisor) => match to_integer(divisor)? {
            0 => Err("`is divisibleby` cannot divide by zero".into()),
            divisor => Ok(to_integer(value)?.wrapping_rem(divisor) == 0),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_even_or_divisible() {
        for value in [Value::Null, Value::text("4"), Value::list(Vec::new())] {
            assert_eq!(holds("even", &value, None, Release::Since27), Ok(false));
            assert_eq!(holds("divisibleby", &value, Some(&Value::Integer(2)), Release::Since27), Ok(false));
        }
        assert_eq!(holds("divisibleby", &Value::Double(2.5), Some(&Value::Integer(0)), Release::Since27), Ok(false));
        assert!(holds("divisibleby", &Value::Integer(4), Some(&Value::Integer(0)), Release::Since27).is_err());
    }

    #[test]
    fn a_text_is_lower_if_every_character_is_a_lowercase_letter() {
        for (text, expected) in [("abc", true), ("a1", false), ("", false), ("5", false)] {
            assert_eq!(holds("lower", &Value::text(text), None, Release::Since27), Ok(expected), "{text}");
        }
        assert_eq!(
            holds("string_containing", &Value::list(vec![Value::text("b")]), Some(&Value::text("b")), Release::Since27),
            Ok(false)
        );
    }
}
