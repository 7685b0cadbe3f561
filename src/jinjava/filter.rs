//! The filters of a template, as far as templates of products use them; the others are told from those that Jinjava has not at all.

use std::rc::Rc;

use super::convert::{Refusal, to_double, to_integer, to_text};
use super::member::property;
use super::value::{Map, Value};

/// Jinjava's other filters (jinjava 2.6.0 FilterLibrary.java): a template may use them, but they are not followed here.
const NOT_FOLLOWED: [&str; 64] = [
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

/// `value|name(arguments)`, with the arguments that have a name apart.
pub(super) fn apply(name: &str, value: &Value, arguments: &[Value], named: &Map) -> Result<Value, Refusal> {
    let argument = |at: usize, name: &str| arguments.get(at).or_else(|| named.get(name));
    Ok(match name {
        "default" | "d" => {
            let default = argument(0, "default_value").ok_or("`default` expects a value")?;
            let by_truth = argument(1, "truthy").is_some_and(Value::is_true);
            let is_there = if by_truth { value.is_true() } else { !matches!(value, Value::Null) };
            match default {
                _ if is_there => value.clone(),
                Value::List(_) | Value::Map(_) => default.clone(),
                // Anything else becomes a string, even a boolean (DefaultFilter.java).
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
            (None, Some(_)) => return Err(Refusal::not_followed("`map` without `attribute`")),
            (None, None) => return Err("`map` expects an attribute or a filter".into()),
        },
        "list" => match value {
            Value::Null => Value::Null,
            Value::Text(text) => Value::list(text.chars().map(|character| Value::text(character.to_string())).collect()),
            Value::List(items) => Value::list(items.borrow().clone()),
            single => Value::list(vec![single.clone()]),
        },
        "lower" => on_text(value, |text| text.to_lowercase()),
        "upper" => on_text(value, |text| text.to_uppercase()),
        "capitalize" => on_text(value, |text| {
            let mut characters = text.chars();
            characters
                .next()
                .map(|first| first.to_uppercase().chain(characters.flat_map(char::to_lowercase)).collect())
                .unwrap_or_default()
        }),
        "trim" => on_text(value, |text| text.trim().to_owned()),
        "string" => Value::text(value.to_java()),
        "safe" => value.clone(),
        "escape" | "e" => on_text(value, |text| {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;").replace('\'', "&#39;")
        }),
        "replace" => {
            let (Some(from), Some(to)) = (argument(0, "old"), argument(1, "new")) else {
                return Err("`replace` expects what to replace and with what".into());
            };
            let (from, to) = (to_text(from), to_text(to));
            on_text(value, |text| text.replace(&*from, &to))
        }
        "split" => {
            let separator = argument(0, "separator").map_or_else(|| Rc::from(" "), to_text);
            let parts = to_text(value);
            Value::list(parts.split(&*separator).map(str::trim).filter(|part| !part.is_empty()).map(Value::text).collect())
        }
        "first" => value.iterated().into_iter().next().unwrap_or_default(),
        "last" => value.iterated().pop().unwrap_or_default(),
        "reverse" => match value {
            Value::Text(text) => Value::text(text.chars().rev().collect::<String>()),
            _ => Value::list(value.iterated().into_iter().rev().collect()),
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
        "int" => Value::Integer(to_integer(value).or_else(|_| argument(0, "default").map_or(Ok(0), to_integer))?),
        "float" => Value::Double(to_double(value).or_else(|_| argument(0, "default").map_or(Ok(0.0), to_double))?),
        "abs" => match value {
            Value::Integer(number) => Value::Integer(number.wrapping_abs()),
            Value::Double(number) => Value::Double(number.abs()),
            other => other.clone(),
        },
        _ if NOT_FOLLOWED.contains(&name) => {
            return Err(Refusal::not_followed(&format!("the filter `{name}`")));
        }
        _ => return Err(Refusal::passed(format!("there is no filter `{name}`: the expression prints nothing"))),
    })
}

/// Nothing stays nothing.
fn on_text(value: &Value, change: impl Fn(&str) -> String) -> Value {
    match value {
        Value::Null => Value::Null,
        _ => Value::text(change(&to_text(value))),
    }
}

fn length(value: &Value) -> i64 {
    let count = match value {
        Value::List(items) => items.borrow().len(),
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
