//! The properties and methods that reflection in Java finds on values.

mod list;
mod map;
mod slice;
mod text;
mod unsupported;

#[cfg(test)]
mod tests;

pub(super) use slice::slice;

use self::list::item;
use self::unsupported::is_unsupported;
use super::coerce::described;
use super::fault::EvaluationError;
use super::release::Release;
use super::value::Value;

/// `base.name` or `base[name]`. The server fails if a name follows an array, which only has indexes (ArrayELResolver.java).
pub(super) fn property_of(base: &Value, name: &str) -> Result<Value, EvaluationError> {
    if matches!(base, Value::Array(_)) && name.parse::<i64>().is_err() {
        return Err(format!("an array has no property `{name}`").into());
    }
    Ok(property(base, name))
}

/// The value of a property, or null if there is no such property.
pub(super) fn property(base: &Value, name: &str) -> Value {
    match base {
        Value::Map(map) => map.borrow().get(name).cloned().unwrap_or_default(),
        Value::List(items) => match name {
            "empty" => Value::Boolean(items.borrow().is_empty()),
            _ => name.parse::<i64>().map(|index| item(&items.borrow(), index)).unwrap_or_default(),
        },
        Value::Array(items) => name.parse::<i64>().map(|index| item(&items.borrow(), index)).unwrap_or_default(),
        Value::Text(text) => match name {
            "empty" => Value::Boolean(text.is_empty()),
            "blank" => Value::Boolean(text.trim().is_empty()),
            _ => Value::Null,
        },
        Value::Entry(entry) => match name {
            "key" => Value::Text(entry.0.clone()),
            "value" => entry.1.clone(),
            _ => Value::Null,
        },
        Value::Loop { index, length } => loop_property(*index, *length, name),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Double(_) => Value::Null,
    }
}

/// The properties of the variable `loop` (ForLoop.java): `index` counts up from 1, `revindex` and `revcounter` count down to 1.
fn loop_property(index: usize, length: usize, name: &str) -> Value {
    let number = |number: usize| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    match name {
        "index" | "counter" => number(index + 1),
        "index0" => number(index),
        "first" => Value::Boolean(index == 0),
        "last" => Value::Boolean(index + 1 >= length),
        "length" => number(length),
        "revindex" | "revcounter" => number(length.saturating_sub(index)),
        "revindex0" => number(length.saturating_sub(index + 1)),
        "depth" => number(1),
        "depth0" => number(0),
        _ => Value::Null,
    }
}

/// `base.name(arguments)`. A method of null returns null.
pub(super) fn call(base: &Value, name: &str, arguments: &[Value], release: Release) -> Result<Value, EvaluationError> {
    let found = match base {
        Value::Null => return Ok(Value::Null),
        Value::Map(_) if name == "keys" && !release.has_map_keys() => None,
        Value::Map(map) => map::change(base, name, arguments).or_else(|| map::call(&map.borrow(), name, arguments)),
        Value::List(_) if list::PYTHON_METHODS.contains(&name) && !release.has_python_list_methods() => None,
        Value::List(_) => list::call(base, name, arguments)?,
        // Either could be the method that takes a character.
        Value::Text(_) if matches!(name, "indexOf" | "lastIndexOf") && !release.chooses_overloads_by_type() => None,
        Value::Text(text) => text::call(text, name, arguments)?,
        Value::Entry(entry) => match name {
            "getKey" => Some(Value::Text(entry.0.clone())),
            "getValue" => Some(entry.1.clone()),
            _ => None,
        },
        Value::Loop { index, .. } if name == "cycle" && !arguments.is_empty() => Some(arguments[index % arguments.len()].clone()),
        _ => None,
    };
    let of_any_object = || match name {
        "toString" => Some(Value::text(base.to_java())),
        "equals" => arguments.first().map(|other| Value::Boolean(base.equals(other))),
        _ => None,
    };
    if let Some(value) = found.or_else(of_any_object) {
        return Ok(value);
    }
    let described = described(base);
    if is_unsupported(base, name) {
        return Err(EvaluationError::unsupported(&format!("the method `{name}` of {described}")));
    }
    let count = match arguments.len() {
        1 => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    };
    Err(format!("{described} has no method `{name}` with {count}").into())
}
