//! The keys of a server as a JSON Schema (2020-12) of its deployment.toml, with which an editor completes and checks it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::keys::Schema;
use super::kind::KeyType;
use crate::server::mapper::key_path::{self, KeyStep};
use crate::server::mapper::key_usage::UseKind;
use crate::server::mapper::value::is_secret_default;
use crate::source::key::{Key, SECRETS_TABLES};

/// A number in quotes.
const QUOTED_NUMBER: &str = r"^-?[0-9]+(\.[0-9]+)?$";
/// A boolean in quotes.
const QUOTED_BOOLEAN: &str = "^(true|false)$";
/// As many files as a description names.
const NAMED_FILES: usize = 4;

/// The JSON Schema with this title. `code_keys` are read by code rather than templates; `table.*` is every key of a table.
pub(crate) fn render<'a>(schema: &Schema, code_keys: impl Iterator<Item = &'a str>, title: &str) -> String {
    let mut root = KeyNode::default();
    for key in schema.keys().iter().filter(|key| Key::new(key).is_pattern() || schema.is_read(key)) {
        key_path::parse(key).into_iter().fold(&mut root, |node, step| node.below.entry(step).or_default());
    }
    let writer = JsonSchemaWriter { schema };
    let mut properties = match writer.table(&[&root], "").remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    for table in SECRETS_TABLES {
        let text = "Secrets by their aliases: `$secret{alias}` refers to one";
        properties
            .insert(table.to_owned(), json!({"description": text, "type": "object", "additionalProperties": {"type": "string"}}));
    }
    for key in code_keys {
        add_code_key(&mut properties, Key::new(key));
    }
    properties.sort_keys();
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": {
            "placeholder": {
                "description": "Resolved when the server starts",
                "type": "string",
                "pattern": r"\$(env|sys|ref|secret)\{",
            },
        },
    });
    format!("{document:#}\n")
}

/// A step of keys, with the steps that can follow it.
#[derive(Debug, Default)]
struct KeyNode {
    below: BTreeMap<KeyStep, KeyNode>,
}

struct JsonSchemaWriter<'a> {
    schema: &'a Schema,
}

impl JsonSchemaWriter<'_> {
    /// What can be under `key`. A table that is open but also has named keys has several nodes.
    fn value(&self, nodes: &[&KeyNode], key: &str) -> Value {
        let elements: Vec<&KeyNode> = nodes.iter().filter_map(|node| node.below.get(&KeyStep::Element)).collect();
        let names = nodes.iter().flat_map(|node| node.below.keys()).any(|step| matches!(step, KeyStep::Key(_)));
        let open = nodes.iter().any(|node| node.below.contains_key(&KeyStep::AnyKey));
        let kinds = self.kinds(key);
        let is_open = kinds.contains(&UseKind::Entries);
        let mut object = if elements.iter().any(|element| !element.below.is_empty()) {
            // A loop over a list also accepts a table and takes its values, but no template intends that.
            let mut object = Map::new();
            object.insert("type".to_owned(), "array".into());
            object.insert("items".to_owned(), Value::Object(self.table(&elements, &Key::new(key).elements())));
            object
        } else if (names || open) && !(kinds.contains(&UseKind::Looped) && !names && !is_open) {
            let mut object = self.table(nodes, key);
            // A template that prints a whole table prints any other value, too.
            if kinds.iter().any(|kind| matches!(kind, UseKind::Printed | UseKind::Listed | UseKind::Other)) {
                object.remove("type");
                object.insert("additionalProperties".to_owned(), true.into());
            }
            object
        } else {
            self.simple(key, &kinds)
        };
        self.describe(key, &mut object);
        Value::Object(object)
    }

    fn kinds(&self, key: &str) -> BTreeSet<UseKind> {
        self.schema.own_uses(key).into_iter().map(|used| used.kind.clone()).collect()
    }

    /// A table, with what can be in it.
    fn table(&self, nodes: &[&KeyNode], key: &str) -> Map<String, Value> {
        let any: Vec<&KeyNode> = nodes.iter().filter_map(|node| node.below.get(&KeyStep::AnyKey)).collect();
        let names: BTreeSet<&Arc<str>> = nodes
            .iter()
            .flat_map(|node| node.below.keys())
            .filter_map(|step| if let KeyStep::Key(name) = step { Some(name) } else { None })
            .collect();
        let mut properties = Map::new();
        for name in names {
            let own = nodes.iter().filter_map(|node| node.below.get(&KeyStep::Key(name.clone())));
            let nodes: Vec<&KeyNode> = own.chain(any.iter().copied()).collect();
            properties.insert(name.to_string(), self.value(&nodes, &Key::new(key).child(name)));
        }
        let mut object = Map::new();
        object.insert("type".to_owned(), "object".into());
        if !properties.is_empty() {
            object.insert("properties".to_owned(), Value::Object(properties));
        }
        let others = if any.is_empty() {
            Value::Bool(self.kinds(key).contains(&UseKind::Entries))
        } else {
            // One name represents all. A table whose every key is printed can contain tables.
            let closed = any.iter().any(|node| !node.below.is_empty());
            let below = Key::new(key).child("any");
            if closed { self.value(&any, &below) } else { self.scalar_or_more(&below) }
        };
        object.insert("additionalProperties".to_owned(), others);
        object
    }

    /// A value under any key of a table: whatever the template prints.
    fn scalar_or_more(&self, key: &str) -> Value {
        if self.kinds(key).iter().any(|kind| matches!(kind, UseKind::Printed | UseKind::Listed | UseKind::Other)) {
            return Value::Bool(true);
        }
        let mut object = self.simple(key, &self.kinds(key));
        self.describe(key, &mut object);
        Value::Object(object)
    }

    /// The types of a value that is not a table.
    fn simple(&self, key: &str, kinds: &BTreeSet<UseKind>) -> Map<String, Value> {
        let allowed = self.schema.allowed_values(key);
        if !allowed.is_empty() {
            return or_placeholder(vec![json!({"type": "string", "enum": allowed})]);
        }
        if self.schema.is_validated(key) {
            return typed(json!("string"));
        }
        let tests = |wanted: fn(&UseKind) -> bool| kinds.iter().any(wanted);
        let default = self.schema.default_of(key);
        match self.schema.type_of(key) {
            Some(KeyType::Boolean) => {
                let mut types = vec![json!({"type": "boolean"})];
                // A boolean looks the same with or without quotes when it is printed.
                if !tests(|kind| matches!(kind, UseKind::SameAs(_) | UseKind::Truth | UseKind::EqualsBoolean(_))) {
                    types.push(json!({"type": "string", "pattern": QUOTED_BOOLEAN}));
                }
                or_placeholder(types)
            }
            Some(KeyType::Number) => {
                let is_complete = default.and_then(Value::as_f64).is_some_and(|number| number.fract() == 0.0);
                let mut types = vec![json!({"type": if is_complete { "integer" } else { "number" }})];
                if !tests(|kind| matches!(kind, UseKind::Number)) {
                    types.push(json!({"type": "string", "pattern": QUOTED_NUMBER}));
                }
                or_placeholder(types)
            }
            Some(KeyType::List | KeyType::Elements) => {
                let is_elements = self.schema.type_of(key) == Some(KeyType::Elements);
                let items = if is_elements { json!({}) } else { json!({"type": ["string", "number", "boolean"]}) };
                let mut types = vec![json!({"type": "array", "items": items})];
                if default.is_some_and(Value::is_string) {
                    types.push(json!({"type": "string"}));
                }
                or_placeholder(types)
            }
            Some(KeyType::OpenTable) => {
                let mut object = typed(json!("object"));
                object.insert("additionalProperties".to_owned(), true.into());
                object
            }
            Some(KeyType::Text) if default.and_then(Value::as_str).is_some_and(|text| self.is_word(key, text)) => {
                typed(json!("string"))
            }
            Some(KeyType::Text) | None => typed(json!(["string", "number", "boolean"])),
        }
    }

    /// Whether a default shows that the value is text, not a number, time or boolean in quotes.
    fn is_word(&self, key: &str, default: &str) -> bool {
        let is_number = default.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        !default.is_empty()
            && !is_number
            && !matches!(default, "true" | "false")
            && !default.contains('$')
            && self.schema.unit_of(key).is_none()
    }

    fn describe(&self, key: &str, object: &mut Map<String, Value>) {
        let schema = self.schema;
        let mut parts = Vec::new();
        let places: Vec<String> = if schema.is_mapped(key) {
            schema.targets_of(key).iter().map(|target| format!("`{target}`")).collect()
        } else {
            Vec::new()
        };
        if !places.is_empty() {
            parts.push(format!("Another name of {}", places.join(" and ")));
        }
        let files: Vec<&str> = schema.reached_outputs(key).into_iter().filter(|file| !file.is_empty()).collect();
        if !files.is_empty() {
            let more = files.len().saturating_sub(NAMED_FILES);
            let named = files[..files.len() - more].join(", ");
            parts.push(if more == 0 { format!("Goes to {named}") } else { format!("Goes to {named} and {more} more files") });
        }
        if let Some(unit) = schema.unit_of(key) {
            parts.push(format!("A time in `{unit}`, or with its own unit: `d`, `h`, `m`, `s` or `ms`"));
        }
        if schema.inferring_values(key).is_some() {
            parts.push("Other keys follow from its value".to_owned());
        }
        if !parts.is_empty() {
            object.insert("description".to_owned(), parts.join(". ").into());
        }
        let default = schema.default_of(key).filter(|default| !is_secret_default(key, default));
        let is_array = object.get("type").is_some_and(|kind| kind == "array");
        if let Some(default) = default.filter(|default| !is_array || default.is_array()) {
            object.insert("default".to_owned(), default.clone());
        }
        let is_text = matches!(schema.type_of(key), Some(KeyType::Text) | None);
        if is_text && !Key::new(key).is_secret() && schema.allowed_values(key).is_empty() && !object.contains_key("properties") {
            let values: Vec<String> =
                schema.known_values(key).into_iter().filter(|value| default.is_none_or(|default| default != value)).collect();
            if !values.is_empty() {
                object.insert("examples".to_owned(), values.into());
            }
        }
    }
}

/// Adds a key that the product's own code reads, unless templates read it as well.
fn add_code_key(properties: &mut Map<String, Value>, key: Key) {
    let text = "The server's own code reads it";
    let Some(name) = key.segments().next().map(|segment| segment.name) else { return };
    match key.tables().next().filter(|(_, below)| below.as_str() != "*") {
        // Whether it is a table or an array of tables is not recorded.
        None => {
            properties.entry(name).or_insert_with(|| json!({"description": text}));
        }
        Some((_, rest)) => {
            let table = properties.entry(name).or_insert_with(|| json!({"type": "object", "additionalProperties": false}));
            let Value::Object(table) = table else { return };
            if let Value::Object(below) = table.entry("properties").or_insert_with(|| json!({})) {
                add_code_key(below, rest);
                below.sort_keys();
            }
        }
    }
}

fn typed(kind: Value) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), kind)])
}

/// One of `types`, or a placeholder for it.
fn or_placeholder(mut types: Vec<Value>) -> Map<String, Value> {
    types.push(json!({"$ref": "#/$defs/placeholder"}));
    Map::from_iter([("anyOf".to_owned(), Value::Array(types))])
}
