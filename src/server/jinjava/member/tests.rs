//! Tests of properties and methods.

use std::rc::Rc;

use super::*;
use crate::server::jinjava::fault::Effect;
use crate::server::jinjava::value::Map;

#[test]
fn split_drops_empty_parts_at_the_end() {
    let parts = call(&Value::text("a,,b,,"), "split", &[Value::text(",")], Release::Since27);
    let parts: Vec<String> = parts.map(|parts| parts.iterated()).unwrap_or_default().iter().map(Value::printed).collect();
    assert_eq!(parts, ["a", "", "b"]);
}

#[test]
fn a_method_of_null_returns_null() {
    assert!(matches!(call(&Value::Null, "items", &[], Release::Since27), Ok(Value::Null)));
    assert!(call(&Value::Integer(1), "items", &[], Release::Since27).is_err());
}

#[test]
fn a_negative_index_counts_from_the_end() {
    let list = Value::list(vec![Value::Integer(1), Value::Integer(2)]);
    assert_eq!(property(&list, "-1").printed(), "2");
    assert_eq!(property(&list, "2").printed(), "");
    assert_eq!(property(&list, "-3").printed(), "");
}

#[test]
fn an_array_has_indexes_and_no_methods() {
    let array = Value::array(vec![Value::text("a")]);
    assert_eq!(property_of(&array, "0").map(|item| item.printed()), Ok("a".to_owned()));
    assert!(property_of(&array, "length").is_err());
    assert!(call(&array, "toList", &[], Release::Since27).is_err());
}

#[test]
fn methods_of_java_are_supported_unsupported_or_unknown() {
    let effect =
        |name: &str, release| call(&Value::text("a"), name, &[Value::text("b")], release).map_err(|error| error.effect());
    assert!(matches!(effect("compareTo", Release::Since27), Err(Effect::Unsupported)));
    assert!(matches!(effect("compare", Release::Since27), Err(Effect::Fatal)));
    assert!(matches!(effect("indexOf", Release::Since26), Err(Effect::Unsupported)));
    assert!(effect("indexOf", Release::Since27).is_ok());
    let list = Value::list(vec![Value::Integer(1)]);
    assert!(matches!(
        call(&list, "pop", &[Value::Integer(9)], Release::Since27).map_err(|error| error.effect()),
        Err(Effect::Ignored)
    ));
    assert!(matches!(call(&list, "pop", &[], Release::Until24).map_err(|error| error.effect()), Err(Effect::Fatal)));
}

#[test]
fn a_map_can_be_the_key_that_it_removes() {
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
