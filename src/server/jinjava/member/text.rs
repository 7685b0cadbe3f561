//! The methods of strings (java.lang.String).

use std::ops::Range;

use crate::server::jinjava::coerce::{described, to_integer, to_text};
use crate::server::jinjava::fault::EvaluationError;
use crate::server::jinjava::value::Value;

/// The methods of a string.
pub(super) fn call(text: &str, name: &str, arguments: &[Value]) -> Result<Option<Value>, EvaluationError> {
    // The parameters are a `CharSequence`, which accepts only strings, or a `String`, to which other values are converted. Both
    // methods fail on null.
    let takes_text_only = matches!(name, "contains" | "replace" | "split" | "startsWith" | "endsWith" | "concat" | "indexOf");
    if takes_text_only && let Some(other) = arguments.iter().find(|argument| !matches!(argument, Value::Text(_))) {
        return match (name, other) {
            ("replace" | "indexOf", Value::Integer(_) | Value::Double(_) | Value::Boolean(_)) => {
                Err(EvaluationError::unsupported(&format!("`{name}` with {}", described(other))))
            }
            ("contains", _) | ("split" | "replace", Value::Null) => {
                Err(format!("`{name}` does not accept {}", described(other)).into())
            }
            (_, Value::Null) => Err(EvaluationError::unsupported(&format!("`{name}` with {}", described(other)))),
            _ => Ok(call(text, name, &arguments.iter().map(|argument| Value::Text(to_text(argument))).collect::<Vec<_>>())?),
        };
    }
    let units = |at: Option<usize>| {
        let before = at.map(|at| text[..at].encode_utf16().count());
        Value::Integer(before.and_then(|count| i64::try_from(count).ok()).unwrap_or(-1))
    };
    Ok(Some(match (name, arguments) {
        ("split", [separator]) => Value::array(split(text, &to_text(separator))?),
        ("contains", [part]) => Value::Boolean(text.contains(&*to_text(part))),
        ("startsWith", [part]) => Value::Boolean(text.starts_with(&*to_text(part))),
        ("endsWith", [part]) => Value::Boolean(text.ends_with(&*to_text(part))),
        ("equals", [other]) => Value::Boolean(matches!(other, Value::Text(other) if &**other == text)),
        ("equalsIgnoreCase", [other]) => Value::Boolean(text.to_lowercase() == to_text(other).to_lowercase()),
        ("toLowerCase", []) => Value::text(text.to_lowercase()),
        ("toUpperCase", []) => Value::text(text.to_uppercase()),
        ("trim" | "strip", []) => Value::text(text.trim()),
        ("concat", [other]) => Value::text(format!("{text}{}", to_text(other))),
        ("replace", [from, to]) => Value::text(text.replace(&*to_text(from), &to_text(to))),
        ("length", []) => units(Some(text.len())),
        ("isEmpty", []) => Value::Boolean(text.is_empty()),
        ("isBlank", []) => Value::Boolean(text.trim().is_empty()),
        ("indexOf", [part]) => units(text.find(&*to_text(part))),
        ("lastIndexOf", [part]) => units(text.rfind(&*to_text(part))),
        ("substring", [from]) => Value::text(substring(text, to_integer(from)?, None)?),
        ("substring", [from, to]) => Value::text(substring(text, to_integer(from)?, Some(to_integer(to)?))?),
        _ => return Ok(None),
    }))
}

/// Java's `split`, which drops empty parts at the end. Its separator is a regular expression, which must be plain text here.
fn split(text: &str, separator: &str) -> Result<Vec<Value>, EvaluationError> {
    let plain = match separator.strip_prefix('\\') {
        Some(escaped) if escaped.chars().count() == 1 && !escaped.starts_with(char::is_alphanumeric) => escaped,
        _ if separator.contains(['.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\']) => {
            // A special character is only plain text after a backslash.
            return Err(EvaluationError::unsupported("`split` with a regular expression"));
        }
        _ => separator,
    };
    let mut parts: Vec<Value> = if plain.is_empty() {
        text.chars().map(|character| Value::text(character.to_string())).collect()
    } else {
        text.split(plain).map(Value::text).collect()
    };
    while parts.len() > 1 && matches!(parts.last(), Some(Value::Text(last)) if last.is_empty()) {
        parts.pop();
    }
    Ok(parts)
}

/// Java's `substring`, whose indexes count UTF-16 units.
fn substring(text: &str, from: i64, to: Option<i64>) -> Result<String, EvaluationError> {
    let length = utf16_len(text);
    let at = |index: i64| usize::try_from(index).ok().filter(|at| *at <= length);
    let range = at(from).zip(at(to.unwrap_or_else(|| i64::try_from(length).unwrap_or(i64::MAX)))).filter(|(from, to)| from <= to);
    let (from, to) = range.ok_or("index out of range")?;
    Ok(utf16_slice(text, from..to))
}

/// How many UTF-16 units `text` has.
pub(super) fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The text of a range of UTF-16 units as Java writes it to a file, with a question mark for an unpaired surrogate.
pub(super) fn utf16_slice(text: &str, units: Range<usize>) -> String {
    if text.is_ascii() {
        return text.get(units).unwrap_or_default().to_owned();
    }
    let units = text.encode_utf16().skip(units.start).take(units.len());
    char::decode_utf16(units).map(|character| character.unwrap_or('?')).collect()
}
