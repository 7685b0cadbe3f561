//! The filters that product templates use. Jinjava's other filters are unsupported; any other name is an unknown filter.

use super::coerce::{described, to_double, to_integer, to_text};
use super::fault::EvaluationError;
use super::member::property;
use super::release::Release;
use super::value::{Map, Value};

/// Jinjava's other filters (jinjava 2.6.0 FilterLibrary.java).
const UNSUPPORTED: [&str; 64] = [
    "add",
    "attr",
    "b64decode",
    "b64encode",
    "batch",
    "between_times",
    "bool",
    "center",
    "cut",
    "datetimeformat",
    "dictsort",
    "difference",
    "divide",
    "divisible",
    "escape_jinjava",
    "escapejinjava",
    "escapejs",
    "escapejson",
    "filesizeformat",
    "forceescape",
    "format",
    "fromjson",
    "fromyaml",
    "groupby",
    "indent",
    "intersect",
    "ipaddr",
    "ipv4",
    "ipv6",
    "log",
    "md5",
    "minus_time",
    "multiply",
    "plus_time",
    "pprint",
    "random",
    "regex_replace",
    "reject",
    "rejectattr",
    "render",
    "root",
    "round",
    "select",
    "selectattr",
    "shuffle",
    "slice",
    "sort",
    "strtodate",
    "strtotime",
    "striptags",
    "sum",
    "symmetric_difference",
    "title",
    "tojson",
    "toyaml",
    "truncate",
    "truncatehtml",
    "union",
    "unixtimestamp",
    "urlencode",
    "urlize",
    "wordcount",
    "wordwrap",
    "xmlattr",
];

/// `value|name(arguments, named)`.
#[expect(clippy::too_many_lines, reason = "one arm for each filter")]
pub(super) fn apply(
    name: &str,
    value: &Value,
    arguments: &[Value],
    named: &Map,
    release: Release,
) -> Result<Value, EvaluationError> {
    let argument = |at: usize, name: &str| arguments.get(at).or_else(|| named.get(name));
    Ok(match name {
        "default" | "d" => {
            let default = argument(0, "default_value").ok_or("`default` expects a value")?;
            let by_truth = argument(1, "truthy").is_some_and(Value::is_true);
            let is_there = if by_truth { value.is_true() } else { !matches!(value, Value::Null) };
            match default {
                _ if is_there => value.clone(),
                Value::Null if release.keeps_null_default() => Value::Null,
                Value::List(_) | Value::Map(_) if release.keeps_collection_default() => default.clone(),
                // Anything else becomes a string, even a boolean.
                _ => Value::text(default.to_java()),
            }
        }
        "length" | "count" => Value::Integer(length(value)),
        "join" => {
            let separator = argument(0, "separator").map(to_text).unwrap_or_default();
            let attribute = argument(1, "attribute").map(to_text);
            let items = value.iterated().into_iter().map(|item| match &attribute {
                Some(name) => path(&item, name).printed(),
                None => item.printed(),
            });
            Value::text(items.collect::<Vec<_>>().join(&separator))
        }
        "map" => match (named.get("attribute"), arguments.first()) {
            (Some(name), _) => {
                let name = to_text(name);
                Value::list(value.iterated().iter().map(|item| path(item, &name)).collect())
            }
            (None, Some(_)) => return Err(EvaluationError::unsupported("`map` without `attribute`")),
            (None, None) => return Err("`map` expects an attribute or a filter".into()),
        },
        "list" => match value {
            Value::Null if release.lists_null() => Value::Null,
            Value::Text(text) => Value::list(text.chars().map(|character| Value::text(character.to_string())).collect()),
            Value::List(items) => Value::list(items.borrow().clone()),
            Value::Array(items) if release.lists_arrays() => Value::list(items.borrow().clone()),
            Value::Null => return Err("`list` does not accept a missing value".into()),
            single => Value::list(vec![single.clone()]),
        },
        "lower" => on_string(value, str::to_lowercase),
        "upper" => on_string(value, str::to_uppercase),
        "capitalize" => on_string(value, |text| {
            let mut characters = text.chars();
            characters
                .next()
                .map(|first| first.to_uppercase().chain(characters.flat_map(char::to_lowercase)).collect())
                .unwrap_or_default()
        }),
        // A missing value becomes the string `null` (`Objects.toString`).
        "trim" => Value::text(value.to_java().trim_matches(|character| character <= ' ')),
        "string" => Value::text(value.to_java()),
        "safe" => value.clone(),
        "escape" | "e" => {
            let text = to_text(value).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            Value::text(text.replace('\'', "&#39;").replace('"', "&quot;"))
        }
        "replace" => {
            let (Some(from), Some(to)) = (argument(0, "old"), argument(1, "new")) else {
                return Err("`replace` expects two arguments".into());
            };
            if !release.replaces_in_any_value() && !matches!(value, Value::Text(_) | Value::Null) {
                return Err(format!("`replace` does not accept {}", described(value)).into());
            }
            let (from, to) = (to_text(from), to_text(to));
            let count = match arguments.get(2) {
                None | Some(Value::Null) => usize::MAX,
                Some(count) => usize::try_from(to_integer(count)?).unwrap_or(usize::MAX),
            };
            // An empty string matches nothing (`StringUtils.replace`).
            on_text(value, |text| if from.is_empty() { text.to_owned() } else { text.replacen(&*from, &to, count) })
        }
        "split" => {
            let text = to_text(value);
            let parts = |separator: &dyn Fn(char) -> bool| {
                text.split(separator).map(str::trim).map(ToOwned::to_owned).collect::<Vec<_>>()
            };
            let parts = match argument(0, "separator") {
                None if !release.splits_without_separator() => return Err("`split` expects a separator".into()),
                None | Some(Value::Null) => parts(&char::is_whitespace),
                Some(separator) => match &*to_text(separator) {
                    "" => return Err("`split` expects a separator that is not empty".into()),
                    separator => text.split(separator).map(str::trim).map(ToOwned::to_owned).collect(),
                },
            };
            Value::list(parts.into_iter().filter(|part| !part.is_empty()).map(Value::text).collect())
        }
        "first" => value.iterated().into_iter().next().unwrap_or_default(),
        "last" => value.iterated().pop().unwrap_or_default(),
        "reverse" => match value {
            Value::Text(text) => Value::text(text.chars().rev().collect::<String>()),
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Map(_) | Value::Entry(_) => {
                value.clone()
            }
            _ => Value::array(value.iterated().into_iter().rev().collect()),
        },
        "unique" => {
            let mut seen: Vec<Value> = Vec::new();
            for item in value.iterated() {
                if !seen.iter().any(|other| other.equals(&item)) {
                    seen.push(item);
                }
            }
            Value::list(seen)
        }
        "int" => match value {
            Value::Integer(_) | Value::Double(_) => Value::Integer(to_integer(value)?),
            #[expect(clippy::cast_possible_truncation, reason = "Double.longValue")]
            _ => match number_of(value.to_java().trim()) {
                Some(number) => Value::Integer(number as i64),
                None => Value::Integer(argument(0, "default").and_then(|default| default.to_java().parse().ok()).unwrap_or(0)),
            },
        },
        "float" => {
            let number = match value {
                Value::Integer(_) | Value::Double(_) => Some(to_double(value)?),
                _ => number_of(&value.to_java()),
            };
            let default = || argument(0, "default").and_then(|default| default.to_java().parse().ok()).unwrap_or(0.0);
            // The filter returns a `Float`, which prints fewer digits.
            #[expect(clippy::cast_possible_truncation, reason = "Double.floatValue")]
            let number = number.unwrap_or_else(default) as f32;
            Value::Double(number.to_string().parse().unwrap_or_else(|_| f64::from(number)))
        }
        "abs" => match value {
            Value::Null => Value::Null,
            Value::Integer(number) => Value::Integer(number.wrapping_abs()),
            Value::Double(number) => Value::Double(number.abs()),
            Value::Text(text) if text.parse::<f64>().is_ok() => Value::text(text.trim_start_matches(['-', '+'])),
            _ => return Err("`abs` expects a number".into()),
        },
        _ if UNSUPPORTED.contains(&name) => {
            return Err(EvaluationError::unsupported(&format!("the filter `{name}`")));
        }
        _ => return Err(EvaluationError::ignored(&format!("unknown filter `{name}`"))),
    })
}

/// Changes a string; any other value stays as it is.
fn on_string(value: &Value, change: impl Fn(&str) -> String) -> Value {
    match value {
        Value::Text(text) => Value::text(change(text)),
        other => other.clone(),
    }
}

/// A number as Java's `NumberFormat` parses it, with commas between its digits.
fn number_of(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    is_number.then(|| text.replace(',', "").parse().ok()).flatten()
}

/// Changes a value as a string; null stays null.
fn on_text(value: &Value, change: impl Fn(&str) -> String) -> Value {
    match value {
        Value::Null => Value::Null,
        _ => Value::text(change(&to_text(value))),
    }
}

/// The filter `length`.
fn length(value: &Value) -> i64 {
    let count = match value {
        Value::List(items) | Value::Array(items) => items.borrow().len(),
        Value::Map(map) => map.borrow().len(),
        Value::Text(text) => text.encode_utf16().count(),
        _ => 0,
    };
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The property at a dotted path.
fn path(value: &Value, path: &str) -> Value {
    path.split('.').fold(value.clone(), |value, name| property(&value, name))
}
