//! Builds the schema of a home from its templates and JSON files.

use std::collections::BTreeSet;

use serde_json::{Map as Json, Value as JsonValue};

use super::keys::Schema;
use crate::server::mapper::infer::Pattern;
use crate::server::mapper::key_usage::KeyUsage;
use crate::server::mapper::placeholders::placeholders;
use crate::server::mapper::resources::{JsonFile, Resources};
use crate::server::mapper::value::Value;

impl Schema {
    /// The schema of a home with these resources, whose templates read `usage`.
    pub fn of_home(resources: &Resources, usage: KeyUsage) -> Self {
        let mut schema = Self {
            usage,
            outputs: resources.templates.clone(),
            mappings: resources.json(JsonFile::KeyMappings).clone(),
            defaults: resources.json(JsonFile::Default).clone(),
            ..Self::default()
        };
        let inferences = resources.json(JsonFile::Infer);
        for (key, values) in inferences {
            let values = values.as_object().into_iter().flat_map(Json::keys).cloned().collect();
            schema.add_inference(key, values);
        }
        let mut referred = BTreeSet::new();
        for json in [&schema.defaults, inferences] {
            json.values().for_each(|value| collect_references(value, &mut referred));
        }
        for key in &referred {
            schema.add_reference(key);
        }
        for (key, rules) in resources.json(JsonFile::Validator) {
            schema.add_validation(key, rules);
        }
        let times = resources.json(JsonFile::UnitResolve).get("time").and_then(JsonValue::as_object);
        for (key, unit) in times.into_iter().flatten() {
            schema.times.extend(unit.as_str().map(|unit| (key.clone(), unit.to_owned())));
        }
        schema
    }

    /// Adds a key of infer.json, with the values from which other keys follow.
    pub(in crate::server::mapper) fn add_inference(&mut self, key: &str, values: Vec<String>) {
        self.patterns.push((Pattern::new(key), key.to_owned()));
        self.infer.insert(key.to_owned(), values);
    }

    /// Adds a key that `$ref{}` names. In an inference it can contain `$1` for any segment.
    pub(in crate::server::mapper) fn add_reference(&mut self, key: &str) {
        if key.contains('$') {
            self.referred_patterns.push(Pattern::new(key));
        }
        self.referred.insert(key.to_owned());
    }

    /// Adds the rules of validator.json for a key.
    fn add_validation(&mut self, key: &str, rules: &JsonValue) {
        let allowed = self.validated.entry(key.to_owned()).or_default();
        for rule in rules.as_array().into_iter().flatten() {
            let Some(conditions) = rule.get("if").and_then(JsonValue::as_object) else {
                allowed.extend(rule.get("regex").and_then(JsonValue::as_str).and_then(listed_words).unwrap_or_default());
                continue;
            };
            for (key, value) in conditions {
                let values = self.conditions.entry(key.clone()).or_default();
                values.extend(value.as_str().map(ToOwned::to_owned));
            }
        }
    }
}

/// The words of a pattern that only lists words: `\Aa\Z|\Ab\Z`.
fn listed_words(pattern: &str) -> Option<Vec<String>> {
    let words = pattern.split('|').map(|word| {
        let word = word.strip_prefix("\\A")?.strip_suffix("\\Z")?;
        word.chars().all(|part| part.is_alphanumeric() || matches!(part, '_' | '-')).then(|| word.to_owned())
    });
    words.collect()
}

fn collect_references(json: &JsonValue, referred: &mut BTreeSet<String>) {
    match Value::of_json(json) {
        Value::Text(text) => referred.extend(placeholders(&text, "ref").into_iter().map(ToOwned::to_owned)),
        Value::List(_) | Value::Table(_) => match json {
            JsonValue::Array(items) => items.iter().for_each(|item| collect_references(item, referred)),
            JsonValue::Object(object) => object.values().for_each(|value| collect_references(value, referred)),
            _ => {}
        },
        _ => {}
    }
}
