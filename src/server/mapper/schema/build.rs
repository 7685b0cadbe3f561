//! Builds the schema of a home from its templates and JSON files.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map as Json, Value as JsonValue};

use super::keys::Schema;
use super::properties::{HomeProperties, Properties};
use crate::server::mapper::infer::Pattern;
use crate::server::mapper::key_usage::KeyUsage;
use crate::server::mapper::placeholders::placeholders;
use crate::server::mapper::resources::{JsonFile, Resources};

impl Schema {
    /// The schema of a home with these resources, whose templates read `usage`.
    pub fn of_home(resources: &Arc<Resources>, usage: KeyUsage) -> Self {
        let mut schema = Self {
            usage,
            outputs: resources.templates.clone(),
            properties: Properties::new(HomeProperties::new(resources)),
            ..Self::default()
        };
        let inferences = resources.json(JsonFile::Infer);
        for (key, values) in inferences {
            let values = values.as_object().into_iter().flat_map(Json::keys).cloned().collect();
            schema.add_inference(key, values);
        }
        let mut referred = BTreeSet::new();
        for json in [resources.json(JsonFile::Default), inferences] {
            json.values().for_each(|value| collect_references(value, &mut referred));
        }
        for key in &referred {
            schema.add_reference(key);
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
}

fn collect_references(json: &JsonValue, referred: &mut BTreeSet<String>) {
    match json {
        JsonValue::String(text) => referred.extend(placeholders(text, "ref").into_iter().map(ToOwned::to_owned)),
        JsonValue::Array(items) => items.iter().for_each(|item| collect_references(item, referred)),
        JsonValue::Object(object) => object.values().for_each(|value| collect_references(value, referred)),
        _ => {}
    }
}
