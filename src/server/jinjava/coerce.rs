//! How an operator turns a value into the type that it works on (JUEL TypeConverterImpl.java, Jinjava TruthyTypeConverter.java).

use std::rc::Rc;

use super::Effect;
use super::value::Value;

/// Why an operation has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What is wrong, without values.
    pub message: String,
    /// What the server does about it.
    pub effect: Effect,
}

impl Refusal {
    /// What the server may do, but this implementation does not.
    pub fn not_followed(what: &str) -> Self {
        Self { message: format!("{what} is not followed"), effect: Effect::Unsupported }
    }

    /// What the server reports and passes over.
    pub fn ignored(message: String) -> Self {
        Self { message, effect: Effect::Ignored }
    }
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self { message, effect: Effect::Fatal }
    }
}

impl From<&str> for Refusal {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

/// A whole number: 0 for nothing.
pub(super) fn to_integer(value: &Value) -> Result<i64, Refusal> {
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

/// A floating point number: 0 for nothing.
pub(super) fn to_double(value: &Value) -> Result<f64, Refusal> {
    match value {
        Value::Text(text) if !text.is_empty() => text.trim().parse().map_err(|_| not_a(value, "number")),
        Value::Double(number) => Ok(*number),
        #[expect(clippy::cast_precision_loss, reason = "Java's doubleValue")]
        _ => to_integer(value).map(|number| number as f64),
    }
}

/// A string: empty for nothing.
pub(super) fn to_text(value: &Value) -> Rc<str> {
    match value {
        Value::Text(text) => text.clone(),
        _ => value.printed().into(),
    }
}

/// `value` as a value of the type of `model`.
pub(super) fn to_type_of(value: &Value, model: &Value) -> Result<Value, Refusal> {
    match model {
        Value::Text(_) => Ok(Value::Text(to_text(value))),
        Value::Integer(_) => to_integer(value).map(Value::Integer),
        Value::Double(_) => to_double(value).map(Value::Double),
        Value::Boolean(_) => Ok(Value::Boolean(value.is_true())),
        _ if std::mem::discriminant(value) == std::mem::discriminant(model) => Ok(value.clone()),
        _ => Err(not_a(value, "value of that type")),
    }
}

fn not_a(value: &Value, wanted: &str) -> Refusal {
    format!("a {} is no {wanted}", kind_of(value)).into()
}

/// The kind of a value in words. Values themselves stay out of messages: they can be secret.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "missing value",
        Value::Boolean(_) => "boolean",
        Value::Integer(_) | Value::Double(_) => "number",
        Value::Text(_) => "string",
        Value::List(_) => "list",
        Value::Array(_) => "array",
        Value::Map(_) => "map",
        Value::Entry(_) => "map entry",
        Value::Loop { .. } => "loop",
    }
}
