//! Stage 2: keys are renamed by key-mappings.json (config-mapper KeyMapper.java).

use indexmap::IndexMap;
use serde_json::{Map as Json, Value as JsonValue};

use super::effective::{Effective, Origin};
use super::fault::{FaultKind, MappingFault};
use super::flatten::Setting;
use super::value::Value;
use crate::server::java::hash::HashOrdered;

/// Two keys of the user that map to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// What they map to.
    pub target: String,
    /// The key whose value is lost.
    pub lost: String,
    /// The key whose value counts.
    pub kept: String,
}

/// The user's keys under the names that templates use. Keys with a common target go into `collisions`.
pub(super) fn map_keys(
    settings: &IndexMap<String, Setting>,
    mappings: &Json<String, JsonValue>,
    collisions: &mut Vec<Collision>,
    faults: &mut Vec<MappingFault>,
) -> HashOrdered<Effective> {
    let flat = HashOrdered::from_all(settings.iter().map(|(key, setting)| (key.clone(), setting)).collect());
    let mut mapped: IndexMap<String, Effective> = IndexMap::new();
    for (key, setting) in flat.in_order() {
        for target in targets(mappings, key) {
            let effective = Effective { value: setting.value.clone(), origin: Origin::User { key: key.to_owned() } };
            if let Some(before) = mapped.insert(target.to_owned(), effective)
                && let Origin::User { key: lost } = before.origin
            {
                collisions.push(Collision { target: target.to_owned(), lost, kept: key.to_owned() });
            }
        }
    }
    rename_in_elements(&mut mapped, mappings, faults);
    flat.refilled(mapped)
}

/// What a key is renamed to.
pub(super) fn targets<'a>(mappings: &'a Json<String, JsonValue>, key: &'a str) -> Vec<&'a str> {
    match mappings.get(key) {
        Some(JsonValue::String(target)) => vec![target],
        Some(JsonValue::Array(targets)) => targets.iter().filter_map(JsonValue::as_str).collect(),
        // Anything else maps the key to nothing.
        Some(_) => Vec::new(),
        None => vec![key],
    }
}

/// Mappings with a colon rename keys inside the elements of a list.
fn rename_in_elements(
    mapped: &mut IndexMap<String, Effective>,
    mappings: &Json<String, JsonValue>,
    faults: &mut Vec<MappingFault>,
) {
    for (key, target) in mappings {
        let parts: Vec<&str> = key.split(':').collect();
        let [list, attribute] = parts[..] else {
            if parts.len() > 2 {
                faults.push(MappingFault::new(
                    FaultKind::KeyMapping,
                    Some(key),
                    format!("key-mappings.json maps `{key}`, which has more than one colon"),
                ));
            }
            continue;
        };
        let Some(Value::List(elements)) = mapped.get_mut(list).map(|effective| &mut effective.value) else { continue };
        for element in elements {
            let Value::Table(element) = element else { continue };
            let Some(value) = element.shift_remove(attribute) else { continue };
            let names = match target {
                JsonValue::String(target) => vec![target.as_str()],
                JsonValue::Array(targets) => targets.iter().filter_map(JsonValue::as_str).collect(),
                _ => Vec::new(),
            };
            for name in names {
                match name.split(':').collect::<Vec<_>>()[..] {
                    [_, attribute] => {
                        element.insert(attribute.to_owned(), value.clone());
                    }
                    _ => faults.push(MappingFault::new(
                        FaultKind::KeyMapping,
                        Some(key),
                        format!("key-mappings.json maps `{key}` to `{name}`, which is not a key of an element"),
                    )),
                }
            }
        }
    }
}
