//! The tests of a template: `is defined`, `is sameas true`.

use super::convert::{Refusal, to_integer, to_text};
use super::operator::{apply as operate, contains, equal};
use super::value::Value;

/// `value is name argument`.
pub(super) fn holds(name: &str, value: &Value, argument: Option<&Value>) -> Result<bool, Refusal> {
    let expected = || argument.ok_or_else(|| Refusal::from(format!("`is {name}` expects a value")));
    Ok(match name {
        "defined" => !matches!(value, Value::Null),
        "undefined" | "none" => matches!(value, Value::Null),
        "string" => matches!(value, Value::Text(_)),
        "number" => matches!(value, Value::Integer(_) | Value::Double(_)),
        "integer" => matches!(value, Value::Integer(_)),
        "float" => matches!(value, Value::Double(_)),
        "boolean" => matches!(value, Value::Boolean(_)),
        "mapping" => matches!(value, Value::Map(_)),
        "iterable" | "sequence" => matches!(value, Value::List(_)),
        "true" => matches!(value, Value::Boolean(true)),
        "false" => matches!(value, Value::Boolean(false)),
        "truthy" => value.is_true(),
        "sameas" => value.is_same(expected()?),
        "equalto" | "eq" | "==" => equal(value, expected()?)?,
        "ne" | "!=" => !equal(value, expected()?)?,
        "lt" | "lessthan" | "<" => operate("<", value, expected()?)?.is_true(),
        "le" | "<=" => operate("<=", value, expected()?)?.is_true(),
        "gt" | "greaterthan" | ">" => operate(">", value, expected()?)?.is_true(),
        "ge" | ">=" => operate(">=", value, expected()?)?.is_true(),
        "in" | "within" => contains(expected()?, value),
        "containing" => contains(value, expected()?),
        "string_containing" => to_text(value).contains(&*to_text(expected()?)),
        "string_startingwith" => to_text(value).starts_with(&*to_text(expected()?)),
        "even" => to_integer(value)? % 2 == 0,
        "odd" => to_integer(value)? % 2 != 0,
        "divisibleby" => {
            let divisor = to_integer(expected()?)?;
            divisor != 0 && to_integer(value)?.wrapping_rem(divisor) == 0
        }
        "lower" => matches!(value, Value::Text(text) if text.to_lowercase() == **text),
        "upper" => matches!(value, Value::Text(text) if text.to_uppercase() == **text),
        "containingall" => return Err(Refusal::not_followed("the test `containingall`")),
        _ => return Err(Refusal::passed(format!("there is no test `{name}`"))),
    })
}
