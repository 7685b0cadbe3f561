//! A schema that grows line by line while a table of keys is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use serde_json::{Map as Json, Value as JsonValue};

use super::line::KeyLine;
use super::words::{Fact, KeyProperty, json, unquoted};
use crate::server::mapper::key_path::{self, KeyStep};
use crate::server::mapper::key_usage::{UsageNode, Use};
use crate::server::mapper::schema::{Schema, SchemaSource};
use crate::source::Span;
use crate::source::key::{Key, is_bare};

/// More defaults than most products have, so that the map of them need not grow.
const DEFAULTS: usize = 3000;

pub(super) struct SchemaBuilder<'a> {
    chosen: RangeInclusive<usize>,
    schema: Schema,
    files: HashMap<&'a str, usize>,
    /// Renamed keys with their targets, and the chosen versions that rename them.
    renamed: BTreeMap<String, (Vec<JsonValue>, BTreeSet<usize>)>,
    inferring: BTreeMap<String, Vec<String>>,
    allowed: BTreeMap<String, Vec<String>>,
}

impl<'a> SchemaBuilder<'a> {
    /// A builder for the chosen versions; `files` are the rendered files with the names that the table has for them.
    pub(super) fn new(files: &[(&'a str, &'a str)], chosen: RangeInclusive<usize>) -> Self {
        // Uses that do not name a file get the first output.
        let outputs = std::iter::once("").chain(files.iter().map(|(_, file)| *file)).map(ToOwned::to_owned).collect();
        Self {
            chosen,
            schema: Schema { outputs, defaults: Json::with_capacity(DEFAULTS), ..Schema::default() },
            files: files.iter().enumerate().map(|(number, (name, _))| (*name, number + 1)).collect(),
            renamed: BTreeMap::new(),
            inferring: BTreeMap::new(),
            allowed: BTreeMap::new(),
        }
    }

    /// Adds the lines of a table of keys.
    pub(super) fn section(&mut self, table: &str, lines: impl Iterator<Item = KeyLine<'a>>) {
        let mut uses_by_name: Vec<(&str, Vec<Use>)> = Vec::new();
        for line in lines {
            let versions = *line.versions.start().max(self.chosen.start())..=*line.versions.end().min(self.chosen.end());
            if versions.is_empty() {
                continue;
            }
            let mut key: Option<String> = None;
            // Most keys have one.
            let mut uses = Vec::with_capacity(1);
            for fact in line.facts.split('\t').filter_map(Fact::read) {
                match fact {
                    Fact::Use(kind, file) => {
                        let template =
                            if kind.shows_everything() { self.files.get(file).copied().unwrap_or_default() } else { 0 };
                        uses.push(Use { kind, template, span: Span::default() });
                    }
                    Fact::KeyProperty(property, value) => {
                        let key = key.get_or_insert_with(|| Key::new(table).join(Key::new(line.name)));
                        self.property(key, property, value, &versions);
                    }
                }
            }
            if !uses.is_empty() {
                uses_by_name.push((line.name, uses));
            }
        }
        if uses_by_name.is_empty() {
            return;
        }
        let node = self.schema.usage.node_at(&key_path::parse(table));
        for (name, uses) in uses_by_name {
            let node = if is_bare(name) {
                node.below(KeyStep::Key(name.into()))
            } else {
                key_path::parse(name).into_iter().fold(&mut *node, UsageNode::below)
            };
            node.add_all(uses);
        }
    }

    /// Adds a property that a key has in these of the chosen versions.
    fn property(&mut self, key: &str, property: KeyProperty, value: &str, versions: &RangeInclusive<usize>) {
        let schema = &mut self.schema;
        match property {
            // Lines are sorted by version: the default of the newest comes last and wins.
            KeyProperty::Default => {
                schema.defaults.extend(json(value).map(|value| (key.to_owned(), value)));
            }
            KeyProperty::Unit => {
                schema.times.insert(key.to_owned(), value.to_owned());
            }
            KeyProperty::Maps => {
                let (targets, renaming) = self.renamed.entry(key.to_owned()).or_default();
                targets.push(JsonValue::from(value));
                renaming.extend(versions.clone());
            }
            KeyProperty::Infers => self.inferring.entry(key.to_owned()).or_default().push(unquoted(value)),
            KeyProperty::Referred => schema.add_reference(key),
            // A check that only some of the chosen versions make is left out.
            KeyProperty::Validated => {
                if *versions == self.chosen {
                    schema.validated.insert(key.to_owned(), Vec::new());
                }
            }
            KeyProperty::Allows => self.allowed.entry(key.to_owned()).or_default().push(unquoted(value)),
            KeyProperty::Condition => {
                schema.conditions.entry(key.to_owned()).or_default().insert(unquoted(value));
            }
        }
    }

    /// The schema, which is known from `source`.
    pub(super) fn finish(self, source: SchemaSource) -> Schema {
        let Self { chosen, mut schema, renamed, inferring, mut allowed, .. } = self;
        for (key, (mut targets, versions)) in renamed {
            if !chosen.clone().all(|version| versions.contains(&version)) {
                targets.push(JsonValue::from(key.as_str()));
            }
            targets.retain(|target| target != "");
            schema.mappings.insert(key, JsonValue::Array(targets));
        }
        for (key, values) in inferring {
            schema.add_inference(&key, values);
        }
        for (key, values) in &mut schema.validated {
            values.append(allowed.entry(key.clone()).or_default());
        }
        schema.source = source;
        schema
    }
}
