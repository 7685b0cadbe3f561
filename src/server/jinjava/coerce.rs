//! Conversion of values to the types that operators and methods need (JUEL TypeConverterImpl.java, Jinjava TruthyTypeConverter.java).

use std::rc::Rc;

use super::fault::EvaluationError;
use super::value::Value;

/// The value as an integer; null is 0.
pub(super) fn to_integer(value: &Value) -> Result<i64, EvaluationError> {
    match value {
        Value::Null => Ok(0),
        Value::Text(text) if text.is_empty() => Ok(0),
        Value::Text(text) => text.parse().map_err(|_| not_a(value, "number")),
        Value::Integer(number) => Ok(*number),
        #[expect(clippy::cast_possible_truncation, reason = "Java's longValue")]
        Value::Double(number) => Ok(*number as i64),
        _ => Err(not_a(value, "number")),
    }
}

/// The value as a floating-point number; null is 0.
pub(super) fn to_double(value: &Value) -> Result<f64, EvaluationError> {
    match value {
        Value::Text(text) if !text.is_empty() => text.trim().parse().map_err(|_| not_a(value, "number")),
        Value::Double(number) => Ok(*number),
        #[expect(clippy::cast_precision_loss, reason = "Java's doubleValue")]
        _ => to_integer(value).map(|number| number as f64),
    }
}

/// The value as a string; null is empty.
pub(super) fn to_text(value: &Value) -> Rc<str> {
    match value {
        Value::Text(text) => text.clone(),
        _ => value.printed().into(),
    }
}

/// The value converted to the type of `model`.
pub(super) fn to_type_of(value: &Value, model: &Value) -> Result<Value, EvaluationError> {
    match model {
        Value::Text(_) => Ok(Value::Text(to_text(value))),
        Value::Integer(_) => to_integer(value).map(Value::Integer),
        Value::Double(_) => to_double(value).map(Value::Double),
        Value::Boolean(_) => Ok(Value::Boolean(value.is_true())),
        _ if std::mem::discriminant(value) == std::mem::discriminant(model) => Ok(value.clone()),
        _ => Err(not_a(value, "value of the expected type")),
    }
}

fn not_a(value: &Value, wanted: &str) -> EvaluationError {
    format!("{} is not a {wanted}", described(value)).into()
}

/// The type of a value, for messages. The value itself can be secret.
pub(super) fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "a missing value",
        Value::Boolean(_) => "a boolean",
        Value::Integer(_) | Value::Double(_) => "a number",
        Value::Text(_) => "a string",
        Value::List(_) => "a list",
        Value::Array(_) => "an array",
        Value::Map(_) => "a map",
        Value::Entry(_) => "a map entry",
        Value::Loop { .. } => "a loop",
    }
}
