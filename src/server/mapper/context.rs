//! Turns the flat map into the tree that templates see (config-mapper JinjaParser.java).

use std::rc::Rc;

use super::effective::Effective;
use super::fault::{FaultKind, MappingFault};
use super::value::{FlatMap, Value};
use crate::server::java::hash::HashOrdered;
use crate::server::jinjava::value::{Map, Value as Seen};
use crate::source::key::Key;

/// Notes the keys of `map`, and of the elements in it, that the server fails to split.
pub(super) fn check(map: &HashOrdered<Effective>, faults: &mut Vec<MappingFault>) {
    for (key, effective) in map.in_order() {
        check_entry(key, &effective.value, faults);
    }
}

fn check_entry(key: &str, value: &Value, faults: &mut Vec<MappingFault>) {
    if Key::new(key).split_by_server().is_some() {
        check_elements(value, faults);
    } else {
        faults.push(MappingFault::new(FaultKind::UnclosedQuote, Some(key), String::new()));
    }
}

fn check_elements(value: &Value, faults: &mut Vec<MappingFault>) {
    let Value::List(items) = value else { return };
    for item in items {
        match item {
            Value::Table(map) => {
                for (key, value) in map.iter() {
                    check_entry(key, value, faults);
                }
            }
            other => check_elements(other, faults),
        }
    }
}

/// The tree of `map`, with its tables in the order of the map's keys.
pub(super) fn grow(map: &HashOrdered<Effective>) -> Seen {
    let tree = Seen::map(Map::new());
    for (key, effective) in map.in_order() {
        put(&tree, key, &effective.value);
    }
    tree
}

fn put(tree: &Seen, key: &str, value: &Value) {
    // See `check`.
    let Some(segments) = Key::new(key).split_by_server() else { return };
    // A key of only dots has no segments, and the server would fail on it; TOML cannot express such a key.
    let Some((last, parents)) = segments.split_last() else { return };
    let mut table = tree.clone();
    for segment in parents {
        let Seen::Map(map) = &table else { return };
        let below = match map.borrow().get(*segment) {
            Some(below @ Seen::Map(_)) => Some(below.clone()),
            _ => None,
        };
        let below = below.unwrap_or_else(|| {
            let below = Seen::map(Map::new());
            map.borrow_mut().insert(Rc::from(*segment), below.clone());
            below
        });
        table = below;
    }
    if let Seen::Map(map) = &table {
        map.borrow_mut().insert(Rc::from(*last), seen(value));
    }
}

fn seen(value: &Value) -> Seen {
    match value {
        Value::Null => Seen::Null,
        Value::Boolean(boolean) => Seen::Boolean(*boolean),
        Value::Integer(number) => Seen::Integer(*number),
        Value::Double(number) => Seen::Double(*number),
        Value::Text(text) => Seen::text(text.as_str()),
        Value::List(items) => Seen::list(items.iter().map(element).collect()),
        // A table outside of a list comes only from default.json, and stays flat.
        Value::Table(map) => Seen::map(map.iter().map(|(key, value)| (Rc::from(key.as_str()), seen(value))).collect()),
    }
}

/// Each element of a list becomes a separate tree.
fn element(value: &Value) -> Seen {
    match value {
        Value::Table(map) => of_element(map),
        other => seen(other),
    }
}

fn of_element(map: &FlatMap) -> Seen {
    let tree = Seen::map(Map::new());
    for (key, value) in map {
        put(&tree, key, value);
    }
    tree
}
