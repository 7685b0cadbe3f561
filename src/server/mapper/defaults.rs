//! Stage 4: keys that are still missing get their values from default.json (config-mapper DefaultParser.java).

use serde_json::{Map as Json, Value as JsonValue};

use super::effective::{Effective, Origin};
use super::value::Value;
use crate::server::java::hash::HashOrdered;

/// Adds the defaults of missing keys.
pub(super) fn add_defaults(map: &mut HashOrdered<Effective>, defaults: &Json<String, JsonValue>) {
    for (key, value) in defaults {
        if map.get(key).is_none() {
            map.insert(key.clone(), Effective { value: Value::of_json(value), origin: Origin::Default });
        }
    }
}
