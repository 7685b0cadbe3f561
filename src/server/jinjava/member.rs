//! The properties and methods of values, as far as Java's reflection gives them to a template.

use std::rc::Rc;

use super::ast::Release;
use super::coerce::{Refusal, kind_of, to_integer, to_text};
use super::value::{Map, Value};

/// `base.name` or `base[name]`. An array has places only, and the server fails on any other name (ArrayELResolver.java).
pub(super) fn property_of(base: &Value, name: &str) -> Result<Value, Refusal> {
    if matches!(base, Value::Array(_)) && name.parse::<i64>().is_err() {
        return Err(format!("an array has no property `{name}`").into());
    }
    Ok(property(base, name))
}

/// The value of a property: nothing where there is no such property.
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

/// Jinjava's ForLoop.java: `index` counts from 1, `revindex` and `revcounter` down to 1.
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

fn item(items: &[Value], index: i64) -> Value {
    position(items, index).map(|at| items[at].clone()).unwrap_or_default()
}

/// The position of `index`, which counts from the end when it is negative.
fn position(items: &[Value], index: i64) -> Option<usize> {
    let from_end = usize::try_from(index.unsigned_abs()).ok()?;
    let at = if index < 0 { items.len().checked_sub(from_end)? } else { from_end };
    (at < items.len()).then_some(at)
}

/// `base.name(arguments)`. Nothing has no methods, and gives nothing.
pub(super) fn call(base: &Value, name: &str, arguments: &[Value], release: Release) -> Result<Value, Refusal> {
    let found = match base {
        Value::Null => return Ok(Value::Null),
        Value::Map(_) if name == "keys" && release < Release::Since27 => None,
        Value::Map(map) => change_map(base, name, arguments).or_else(|| of_map(&map.borrow(), name, arguments)),
        Value::List(_) if release < Release::Since25 && SINCE_25.contains(&name) => None,
        Value::List(_) => of_list(base, name, arguments)?,
        // Java has an `indexOf` for a character too, and takes whichever it comes upon.
        Value::Text(_) if matches!(name, "indexOf" | "lastIndexOf") && release < Release::Since27 => None,
        Value::Text(text) => of_text(text, name, arguments)?,
        Value::Entry(entry) => match name {
            "getKey" => Some(Value::Text(entry.0.clone())),
            "getValue" => Some(entry.1.clone()),
            _ => None,
        },
        Value::Loop { index, .. } if name == "cycle" && !arguments.is_empty() => Some(arguments[index % arguments.len()].clone()),
        _ => None,
    };
    let shared = || match name {
        "toString" => Some(Value::text(base.to_java())),
        "equals" => arguments.first().map(|other| Value::Boolean(base.equals(other))),
        _ => None,
    };
    if let Some(value) = found.or_else(shared) {
        return Ok(value);
    }
    let others: &[&str] = match base {
        Value::Text(_) => &OF_STRINGS,
        Value::Integer(_) | Value::Double(_) => &OF_NUMBERS,
        Value::Boolean(_) => &OF_NUMBERS[..1],
        Value::List(_) => &OF_LISTS,
        Value::Map(_) => &OF_MAPS,
        Value::Entry(_) => &["setValue"],
        _ => &[],
    };
    if others.contains(&name) {
        return Err(Refusal::not_followed(&format!("the method `{name}` of a {}", kind_of(base))));
    }
    Err(format!("a {} has no method `{name}` with {} arguments", kind_of(base), arguments.len()).into())
}

/// The methods of a list that came with Jinjava 2.5 (PyList.java).
const SINCE_25: [&str; 7] = ["insert", "extend", "pop", "count", "reverse", "copy", "index"];

/// Methods that Java's classes have beside those that are followed here, some of them with other arguments.
const OF_STRINGS: [&str; 41] = [
    "charAt",
    "chars",
    "codePointAt",
    "codePointBefore",
    "codePointCount",
    "codePoints",
    "compareTo",
    "compareToIgnoreCase",
    "contentEquals",
    "copyValueOf",
    "describeConstable",
    "format",
    "formatted",
    "getBytes",
    "getChars",
    "indent",
    "indexOf",
    "intern",
    "join",
    "lastIndexOf",
    "lines",
    "matches",
    "offsetByCodePoints",
    "regionMatches",
    "repeat",
    "replace",
    "replaceAll",
    "replaceFirst",
    "split",
    "startsWith",
    "stripIndent",
    "stripLeading",
    "stripTrailing",
    "subSequence",
    "toCharArray",
    "toLowerCase",
    "toUpperCase",
    "transform",
    "translateEscapes",
    "valueOf",
    "resolveConstantDesc",
];
const OF_NUMBERS: [&str; 13] = [
    "compareTo",
    "byteValue",
    "describeConstable",
    "doubleValue",
    "floatValue",
    "intValue",
    "longValue",
    "shortValue",
    "isInfinite",
    "isNaN",
    "parseInt",
    "valueOf",
    "resolveConstantDesc",
];
const OF_LISTS: [&str; 21] = [
    "add",
    "addAll",
    "containsAll",
    "forEach",
    "index",
    "iterator",
    "lastIndexOf",
    "listIterator",
    "parallelStream",
    "remove",
    "removeAll",
    "removeIf",
    "replaceAll",
    "retainAll",
    "set",
    "sort",
    "spliterator",
    "stream",
    "subList",
    "toArray",
    "indexOf",
];
const OF_MAPS: [&str; 10] = [
    "compute",
    "computeIfAbsent",
    "computeIfPresent",
    "forEach",
    "merge",
    "putIfAbsent",
    "replace",
    "replaceAll",
    "toMap",
    "remove",
];

/// The methods of a map that change it.
fn change_map(base: &Value, name: &str, arguments: &[Value]) -> Option<Value> {
    let Value::Map(map) = base else { return None };
    Some(match (name, arguments) {
        ("put", [Value::Text(key), value]) if !base.is_same(value) => {
            map.borrow_mut().insert(key.clone(), value.clone()).unwrap_or_default()
        }
        ("update" | "putAll", [Value::Map(other)]) if !Rc::ptr_eq(map, other) => {
            let other = other.borrow().clone();
            map.borrow_mut().extend(other);
            Value::Null
        }
        ("remove", [key]) => {
            // The key is printed before the map is borrowed: it can be the map itself.
            let key = to_text(key);
            map.borrow_mut().shift_remove(&key).unwrap_or_default()
        }
        ("clear", []) => {
            map.borrow_mut().clear();
            Value::Null
        }
        _ => return None,
    })
}

fn of_map(map: &Map, name: &str, arguments: &[Value]) -> Option<Value> {
    let size = i64::try_from(map.len()).unwrap_or(i64::MAX);
    Some(match (name, arguments) {
        ("items" | "entrySet", []) => {
            Value::list(map.iter().map(|(key, value)| Value::Entry(Rc::new((key.clone(), value.clone())))).collect())
        }
        ("keySet" | "keys", []) => Value::list(map.keys().cloned().map(Value::Text).collect()),
        ("values", []) => Value::list(map.values().cloned().collect()),
        ("size", []) => Value::Integer(size),
        ("isEmpty", []) => Value::Boolean(map.is_empty()),
        ("get", [key]) => map.get(&to_text(key)).cloned().unwrap_or_default(),
        ("getOrDefault", [key, default]) => map.get(&to_text(key)).unwrap_or(default).clone(),
        ("containsKey", [key]) => Value::Boolean(map.contains_key(&to_text(key))),
        ("containsValue", [value]) => Value::Boolean(map.values().any(|other| other.equals(value))),
        _ => return None,
    })
}

fn of_list(base: &Value, name: &str, arguments: &[Value]) -> Result<Option<Value>, Refusal> {
    let Value::List(list) = base else { return Ok(None) };
    let find = |wanted: &Value| list.borrow().iter().position(|item| item.equals(wanted));
    let index_of = |found: Option<usize>| Value::Integer(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1));
    Ok(Some(match (name, arguments) {
        ("append" | "add", [item]) => {
            if base.is_same(item) {
                return Err("a list cannot hold itself".into());
            }
            list.borrow_mut().push(item.clone());
            Value::Boolean(true)
        }
        ("extend" | "addAll", [Value::List(items)]) => {
            let items = items.borrow().clone();
            list.borrow_mut().extend(items);
            Value::Boolean(true)
        }
        ("insert", [at, item]) => {
            let at = to_integer(at)?;
            let mut items = list.borrow_mut();
            let at = if at < 0 {
                items.len().saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX))
            } else {
                usize::try_from(at).unwrap_or(usize::MAX)
            };
            if at >= items.len() {
                return Err(out_of_range());
            }
            items.insert(at, item.clone());
            Value::Null
        }
        ("pop", []) => list.borrow_mut().pop().ok_or_else(out_of_range)?,
        ("pop", [at]) => {
            let at = to_integer(at)?;
            let mut items = list.borrow_mut();
            // The first item cannot be taken by its place from the end (PyList.java).
            let is_there = usize::try_from(at.unsigned_abs()).is_ok_and(|at| at < items.len());
            let at = position(&items, at).filter(|_| is_there).ok_or_else(out_of_range)?;
            items.remove(at)
        }
        ("toList" | "copy", []) => {
            if name == "toList" {
                base.clone()
            } else {
                Value::list(list.borrow().clone())
            }
        }
        ("reverse", []) => {
            list.borrow_mut().reverse();
            Value::Null
        }
        ("clear", []) => {
            list.borrow_mut().clear();
            Value::Null
        }
        ("index" | "indexOf", [item]) => index_of(find(item)),
        ("contains", [item]) => Value::Boolean(find(item).is_some()),
        ("count", [item]) => {
            Value::Integer(i64::try_from(list.borrow().iter().filter(|other| other.equals(item)).count()).unwrap_or(i64::MAX))
        }
        ("get", [at]) => {
            let at = to_integer(at)?;
            list.borrow().get(usize::try_from(at).unwrap_or(usize::MAX)).cloned().ok_or("an index is out of range")?
        }
        ("size", []) => Value::Integer(i64::try_from(list.borrow().len()).unwrap_or(i64::MAX)),
        ("isEmpty", []) => Value::Boolean(list.borrow().is_empty()),
        _ => return Ok(None),
    }))
}

fn of_text(text: &str, name: &str, arguments: &[Value]) -> Result<Option<Value>, Refusal> {
    // Most take a `CharSequence` or a `String`: the first refuses anything else, and both fail on nothing.
    let takes_text_only = matches!(name, "contains" | "replace" | "split" | "startsWith" | "endsWith" | "concat" | "indexOf");
    if takes_text_only && let Some(other) = arguments.iter().find(|argument| !matches!(argument, Value::Text(_))) {
        return match (name, other) {
            ("replace" | "indexOf", Value::Integer(_) | Value::Double(_) | Value::Boolean(_)) => {
                Err(Refusal::not_followed(&format!("`{name}` with a number")))
            }
            ("contains", _) | ("split" | "replace", Value::Null) => Err(format!("`{name}` with a {}", kind_of(other)).into()),
            (_, Value::Null) => Err(Refusal::not_followed(&format!("`{name}` with nothing"))),
            _ => Ok(of_text(text, name, &arguments.iter().map(|argument| Value::Text(to_text(argument))).collect::<Vec<_>>())?),
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
        ("matches" | "replaceAll" | "replaceFirst", _) => return Err(Refusal::not_followed(&format!("the method `{name}`"))),
        _ => return Ok(None),
    }))
}

/// Java's `split`: what is empty at the end goes. The separator is a regular expression there; here it must be plain.
fn split(text: &str, separator: &str) -> Result<Vec<Value>, Refusal> {
    let plain = match separator.strip_prefix('\\') {
        Some(escaped) if escaped.chars().count() == 1 && !escaped.starts_with(char::is_alphanumeric) => escaped,
        _ if separator.contains(['.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\']) => {
            // A single sign that means something is taken as it stands only behind a backslash.
            return Err(Refusal::not_followed("`split` with a pattern"));
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

/// What the server reports and passes over (IndexOutOfRangeException.java).
fn out_of_range() -> Refusal {
    Refusal::ignored("an index is out of range".to_owned())
}

/// From and to count UTF-16 units.
fn substring(text: &str, from: i64, to: Option<i64>) -> Result<String, Refusal> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = |index: i64| usize::try_from(index).ok().filter(|at| *at <= units.len());
    let range =
        at(from).zip(at(to.unwrap_or_else(|| i64::try_from(units.len()).unwrap_or(i64::MAX)))).filter(|(from, to)| from <= to);
    let (from, to) = range.ok_or("an index is out of range")?;
    Ok(text_of(&units[from..to]))
}

/// A text of UTF-16 units, as Java writes it to a file: a half of a pair becomes a question mark.
pub(super) fn text_of(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied()).map(|character| character.unwrap_or('?')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::jinjava::Effect;

    #[test]
    fn split_drops_what_is_empty_at_the_end() {
        let parts = call(&Value::text("a,,b,,"), "split", &[Value::text(",")], Release::Since27);
        let parts: Vec<String> = parts.map(|parts| parts.iterated()).unwrap_or_default().iter().map(Value::printed).collect();
        assert_eq!(parts, ["a", "", "b"]);
    }

    #[test]
    fn nothing_has_no_methods_and_gives_nothing() {
        assert!(matches!(call(&Value::Null, "items", &[], Release::Since27), Ok(Value::Null)));
        assert!(call(&Value::Integer(1), "items", &[], Release::Since27).is_err());
    }

    #[test]
    fn an_index_can_count_from_the_end() {
        let list = Value::list(vec![Value::Integer(1), Value::Integer(2)]);
        assert_eq!(property(&list, "-1").printed(), "2");
        assert_eq!(property(&list, "2").printed(), "");
        assert_eq!(property(&list, "-3").printed(), "");
    }
    #[test]
    fn an_array_has_places_and_no_methods() {
        let array = Value::array(vec![Value::text("a")]);
        assert_eq!(property_of(&array, "0").map(|item| item.printed()), Ok("a".to_owned()));
        assert!(property_of(&array, "length").is_err());
        assert!(call(&array, "toList", &[], Release::Since27).is_err());
    }

    #[test]
    fn a_method_that_java_has_is_not_followed_and_any_other_is_wrong() {
        let effect =
            |name: &str, release| call(&Value::text("a"), name, &[Value::text("b")], release).map_err(|refusal| refusal.effect);
        assert!(matches!(effect("compareTo", Release::Since27), Err(Effect::Unsupported)));
        assert!(matches!(effect("compare", Release::Since27), Err(Effect::Fatal)));
        assert!(matches!(effect("indexOf", Release::Since26), Err(Effect::Unsupported)));
        assert!(effect("indexOf", Release::Since27).is_ok());
        let list = Value::list(vec![Value::Integer(1)]);
        assert!(matches!(
            call(&list, "pop", &[Value::Integer(9)], Release::Since27).map_err(|refusal| refusal.effect),
            Err(Effect::Ignored)
        ));
        assert!(matches!(call(&list, "pop", &[], Release::Until24).map_err(|refusal| refusal.effect), Err(Effect::Fatal)));
    }

    #[test]
    fn a_map_can_be_asked_to_remove_itself() {
        let map = Value::map(Map::from([(Rc::from("k"), Value::Integer(1))]));
        assert_eq!(call(&map, "remove", std::slice::from_ref(&map), Release::Since27).map(|old| old.printed()), Ok(String::new()));
        assert_eq!(map.printed(), "{k=1}");
    }

    #[test]
    fn a_map_can_be_changed() {
        let map = Value::map(Map::new());
        let arguments = [Value::text("k"), Value::Integer(1)];
        assert!(call(&map, "put", &arguments, Release::Since26).is_ok());
        assert_eq!(map.printed(), "{k=1}");
        assert!(call(&map, "keys", &[], Release::Since26).is_err());
        assert_eq!(call(&map, "keys", &[], Release::Since27).map(|keys| keys.printed()), Ok("[k]".to_owned()));
    }
}
