//! The methods of maps (PyMap.java).

use std::rc::Rc;

use crate::server::jinjava::coerce::to_text;
use crate::server::jinjava::value::{Map, Value};

/// The methods of a map that change it.
pub(super) fn change(base: &Value, name: &str, arguments: &[Value]) -> Option<Value> {
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

/// The methods of a map that only read it.
pub(super) fn call(map: &Map, name: &str, arguments: &[Value]) -> Option<Value> {
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
