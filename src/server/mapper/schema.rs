//! Which keys of deployment.toml a server reads, and what it takes them for: the schema of a home at its very update level.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as Json, Value as JsonValue};

use super::context::segments;
use super::infer::Pattern;
use super::key_mapping::targets;
use super::key_usage::{KeyUsage, Step, Use, UseKind};
use super::references::placeholders;
use super::value::Value;
use super::{JsonFile, Resources};
use crate::catalog::Version;

/// The keys of a server.
#[derive(Debug, Default)]
pub struct Schema {
    /// What the templates read.
    pub reading: KeyUsage,
    /// The files that the templates render, by the numbers that uses have.
    pub outputs: Vec<String>,
    pub(super) knowledge: SchemaSource,
    pub(super) mappings: Json<String, JsonValue>,
    /// The keys of infer.json with the values from which something follows.
    pub(super) infer: BTreeMap<String, Vec<String>>,
    pub(super) patterns: Vec<(Pattern, String)>,
    pub(super) defaults: Json<String, JsonValue>,
    /// The keys of validator.json with the only values that it lets pass, where it lists them.
    pub(super) validated: BTreeMap<String, Vec<String>>,
    /// The values of other keys on which rules of validator.json depend.
    pub(super) conditions: BTreeMap<String, BTreeSet<String>>,
    pub(super) times: BTreeMap<String, String>,
    /// Keys that `$ref{}` names in a default or an inference, and those of them that stand for several keys.
    pub(super) referred: BTreeSet<String>,
    pub(super) referred_patterns: Vec<Pattern>,
}

/// Where a schema is known from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SchemaSource {
    /// The home's own templates and JSON files.
    #[default]
    Home,
    /// The catalogue, for a product that is known.
    Catalogue {
        /// The product's id.
        product: String,
        /// The versions whose keys these are: two where the wanted one lies between them.
        versions: Vec<Version>,
        /// Whether they are the keys of the very version that was asked for.
        exact: bool,
    },
    /// The catalogue, for a product that is only guessed by the keys.
    Guess {
        /// The product's id.
        product: String,
        /// The version whose keys these are.
        version: Version,
    },
}

impl SchemaSource {
    /// The id of the product whose table of keys it is; `None` for a home's own.
    pub fn product(&self) -> Option<&str> {
        match self {
            Self::Home => None,
            Self::Catalogue { product, .. } | Self::Guess { product, .. } => Some(product),
        }
    }

    /// Whether a key that it does not have is one that the server does not read: not for a product that is guessed, nor for a version
    /// that is newer or older than every one whose keys are known.
    pub fn is_authoritative(&self) -> bool {
        match self {
            Self::Home => true,
            Self::Catalogue { versions, exact, .. } => *exact || versions.len() > 1,
            Self::Guess { .. } => false,
        }
    }
}

/// What a server takes a value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string, or anything that is printed as it stands.
    Text,
    /// An array.
    List,
    /// `[[key]]`.
    Elements,
    /// A table of which every key is read.
    OpenTable,
}

impl Schema {
    /// The schema of a home with these resources and what its templates read.
    pub fn of_home(resources: &Resources, reading: KeyUsage) -> Self {
        let mut schema = Self {
            reading,
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

    pub(super) fn add_inference(&mut self, key: &str, values: Vec<String>) {
        self.patterns.push((Pattern::new(key), key.to_owned()));
        self.infer.insert(key.to_owned(), values);
    }

    /// Adds a key that `$ref{}` names; in an inference `$1` can stand for a part of it.
    pub(super) fn add_reference(&mut self, key: &str) {
        if key.contains('$') {
            self.referred_patterns.push(Pattern::new(key));
        }
        self.referred.insert(key.to_owned());
    }

    /// Adds what a key's rules in validator.json say.
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

    /// Where it is known from.
    pub fn source(&self) -> &SchemaSource {
        &self.knowledge
    }

    /// The places at which the value of a key of the user is found after mapping. A key inside of an array of tables has `[]` behind the
    /// array: `apim.gateway.environment[].name`.
    pub fn places_of(&self, key: &str) -> Vec<Vec<Step>> {
        let (list, attribute) = key.split_once("[].").map_or((key, None), |(list, attribute)| (list, Some(attribute)));
        let list = list.strip_suffix("[]").unwrap_or(list);
        targets(&self.mappings, list)
            .into_iter()
            .flat_map(|target| {
                let attributes = attribute.map_or_else(
                    || vec![None],
                    |attribute| self.attributes_of(target, attribute).into_iter().map(Some).collect(),
                );
                attributes.into_iter().filter_map(move |attribute| steps_of(target, attribute.as_deref()))
            })
            .collect()
    }

    /// What an attribute of the elements of `list` is renamed to.
    fn attributes_of(&self, list: &str, attribute: &str) -> Vec<String> {
        let names: Vec<&str> = match self.mappings.get(&format!("{list}:{attribute}")) {
            Some(JsonValue::String(name)) => vec![name],
            Some(JsonValue::Array(names)) => names.iter().filter_map(JsonValue::as_str).collect(),
            _ => return vec![attribute.to_owned()],
        };
        names.into_iter().filter_map(|name| name.split_once(':')).map(|(_, attribute)| attribute.to_owned()).collect()
    }

    /// Whether anything reads a key of the user.
    pub fn is_read(&self, key: &str) -> bool {
        if is_secret(key) || self.infers_from(key) || self.refers_to(key) {
            return true;
        }
        self.places_of(key).iter().any(|place| !self.reading.uses(place).is_empty())
    }

    /// Whether anything reads the effective `value` of `key`, as it is after mapping.
    pub fn reads_effective(&self, key: &str, value: &Value) -> bool {
        let is_inferred_from = self.patterns.iter().any(|(pattern, written)| written == key || pattern.matches(key));
        let is_referred = self.referred.contains(key) || self.referred_patterns.iter().any(|pattern| pattern.matches(key));
        if is_secret(key) || is_inferred_from || is_referred {
            return true;
        }
        // Of a list of tables, or a table that stands in default.json, templates may use the parts only.
        let has_parts = matches!(value, Value::List(_) | Value::Table(_));
        let place = steps_of(key, None);
        place.is_some_and(|place| !self.reading.uses(&place).is_empty() || has_parts && self.reading.reads_below(&place))
    }

    /// What the templates do with the value of a key of the user.
    pub fn uses(&self, key: &str) -> Vec<&Use> {
        self.places_of(key).iter().flat_map(|place| self.reading.uses(place)).collect()
    }

    /// What the templates do with the value of a key of the user itself, and not with a table that it lies in.
    pub fn own_uses(&self, key: &str) -> Vec<&Use> {
        self.places_of(key).iter().flat_map(|place| self.reading.own_uses(place)).collect()
    }

    /// Whether anything reads a key below the table `key`.
    pub fn reads_below(&self, key: &str) -> bool {
        steps_of(key, None).is_some_and(|place| self.reading.reads_below(&place))
    }

    /// Whether key-mappings.json names a key.
    pub fn is_mapped(&self, key: &str) -> bool {
        self.mappings.contains_key(key)
    }

    /// What a key of the user is renamed to: itself where key-mappings.json does not name it.
    pub fn targets_of<'a>(&'a self, key: &'a str) -> Vec<&'a str> {
        targets(&self.mappings, key)
    }

    fn infers_from(&self, key: &str) -> bool {
        let targets = targets(&self.mappings, key);
        targets
            .into_iter()
            .any(|target| self.patterns.iter().any(|(pattern, written)| written == target || pattern.matches(target)))
    }

    /// Whether a default or an inference takes the value of a key over.
    pub fn refers_to(&self, key: &str) -> bool {
        targets(&self.mappings, key)
            .into_iter()
            .any(|target| self.referred.contains(target) || self.referred_patterns.iter().any(|pattern| pattern.matches(target)))
    }

    /// The values from which something follows for a key of the user, with the key of infer.json.
    pub fn inferring_values(&self, key: &str) -> Option<(&str, Vec<&str>)> {
        let target = *targets(&self.mappings, key).first()?;
        let exact = self.patterns.iter().find(|(_, written)| written == target);
        let (_, written) = exact.or_else(|| self.patterns.iter().find(|(pattern, _)| pattern.matches(target)))?;
        Some((written, self.infer.get(written)?.iter().map(String::as_str).collect()))
    }

    /// The default of a key of the user.
    pub fn default_of(&self, key: &str) -> Option<&JsonValue> {
        targets(&self.mappings, key).into_iter().find_map(|target| self.defaults.get(target))
    }

    /// The unit that the server converts a time to.
    pub fn unit_of(&self, key: &str) -> Option<&str> {
        targets(&self.mappings, key).into_iter().find_map(|target| self.times.get(target)).map(String::as_str)
    }

    /// Whether validator.json names a key: its value must be a string then.
    pub fn is_validated(&self, key: &str) -> bool {
        targets(&self.mappings, key).into_iter().any(|target| self.validated.contains_key(target))
    }

    /// The strings that templates, infer.json, validator.json and default.json know for a key of the user.
    pub fn known_values(&self, key: &str) -> BTreeSet<String> {
        let mut values: BTreeSet<String> =
            self.inferring_values(key).into_iter().flat_map(|(_, values)| values).map(ToOwned::to_owned).collect();
        for used in self.own_uses(key) {
            if let UseKind::EqualsText(text) = &used.kind {
                values.insert(text.clone());
            }
        }
        if let Some(JsonValue::String(default)) = self.default_of(key) {
            values.insert(default.clone());
        }
        for target in targets(&self.mappings, key) {
            values.extend(self.conditions.get(target).into_iter().flatten().cloned());
        }
        values.extend(self.allowed_values(key));
        values
    }

    /// The only values that validator.json lets pass, where its pattern is a list of them.
    pub fn allowed_values(&self, key: &str) -> Vec<String> {
        targets(&self.mappings, key).into_iter().filter_map(|target| self.validated.get(target)).flatten().cloned().collect()
    }

    /// What the server takes the value of a key of the user for, as far as its uses and its default tell.
    pub fn type_of(&self, key: &str) -> Option<KeyType> {
        let places = self.places_of(key);
        let below: BTreeSet<&Step> = places.iter().flat_map(|place| self.reading.steps_below(place)).collect();
        let mut elements = places.iter().filter_map(|place| {
            let mut element = place.clone();
            element.push(Step::Element);
            (!self.reading.steps_below(&element).is_empty()).then_some(())
        });
        if below.contains(&Step::Element) && elements.next().is_some() {
            return Some(KeyType::Elements);
        }
        let kinds: BTreeSet<&UseKind> =
            places.iter().flat_map(|place| self.reading.own_uses(place)).map(|used| &used.kind).collect();
        let has = |wanted: fn(&UseKind) -> bool| kinds.iter().any(|kind| wanted(kind));
        if has(|kind| matches!(kind, UseKind::SameAs(_))) || matches!(self.default_of(key), Some(JsonValue::Bool(_))) {
            return Some(KeyType::Boolean);
        }
        match self.default_of(key) {
            Some(JsonValue::Number(_)) => return Some(KeyType::Number),
            Some(JsonValue::Array(items)) if items.iter().any(JsonValue::is_object) => return Some(KeyType::Elements),
            Some(JsonValue::Array(_)) => return Some(KeyType::List),
            // A loop takes a string for a list of one.
            Some(JsonValue::String(_)) if !has(|kind| matches!(kind, UseKind::Looped)) => return Some(KeyType::Text),
            _ => {}
        }
        if has(|kind| matches!(kind, UseKind::Entries)) {
            return Some(KeyType::OpenTable);
        }
        if has(|kind| matches!(kind, UseKind::Looped | UseKind::Listed)) {
            return Some(KeyType::List);
        }
        if has(|kind| matches!(kind, UseKind::Number)) {
            return Some(KeyType::Number);
        }
        if has(|kind| matches!(kind, UseKind::Printed | UseKind::EqualsText(_) | UseKind::Other)) {
            return Some(KeyType::Text);
        }
        has(|kind| matches!(kind, UseKind::Truth | UseKind::EqualsBoolean(_))).then_some(KeyType::Boolean)
    }

    /// Every key under which a user can set something that is read, with `*` for any key of an open table and `[]` behind arrays of
    /// tables: what templates use, what infer.json and references ask for, and the names that key-mappings.json maps to these.
    pub fn keys(&self) -> BTreeSet<String> {
        let mut keys: BTreeSet<String> = self
            .reading
            .places()
            .into_iter()
            .filter_map(|(path, uses)| {
                let only_defined = uses.iter().all(|used| used.kind == UseKind::Defined) && self.reading.reads_below(&path);
                (!only_defined).then(|| written(&path)).flatten()
            })
            .collect();
        let open = |key: &String| {
            key.split('.').map(|part| if part.starts_with('$') { "*" } else { part }).collect::<Vec<_>>().join(".")
        };
        keys.extend(self.infer.keys().chain(&self.referred).map(open));
        // With a colon it is an attribute of the elements of a list that is renamed.
        let sources = self.mappings.keys().map(|source| source.replacen(':', "[].", 1));
        keys.extend(sources.filter(|source| !source.contains(':') && self.is_read(source)));
        keys
    }

    /// Keys that key-mappings.json renames to what nothing reads.
    pub fn dead_mappings(&self) -> BTreeMap<&str, Vec<&str>> {
        let sources = self.mappings.keys().filter(|source| !source.contains(':') && !self.is_read(source));
        sources.map(|source| (source.as_str(), targets(&self.mappings, source))).collect()
    }

    /// The files that a value reaches as it stands.
    pub fn reached_outputs(&self, key: &str) -> BTreeSet<&str> {
        let shown =
            self.uses(key).into_iter().filter(|used| matches!(used.kind, UseKind::Printed | UseKind::Listed | UseKind::Other));
        shown.filter_map(|used| self.outputs.get(used.template)).map(String::as_str).collect()
    }
}

/// Whether a key lies in a table of which the server reads every key.
fn is_secret(key: &str) -> bool {
    ["secrets.", "runtime_secrets."].iter().any(|table| key.starts_with(table))
}

/// The words of a pattern that is nothing but a list of them: `\Aa\Z|\Ab\Z`.
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

/// The way to the value of a flat key, and to an attribute of its elements.
pub fn steps_of(key: &str, attribute: Option<&str>) -> Option<Vec<Step>> {
    let keys = |key: &str| Some(segments(key)?.into_iter().map(|segment| Step::Key(segment.into())));
    let mut steps: Vec<Step> = keys(key)?.collect();
    let mut rest = attribute;
    while let Some(attribute) = rest {
        steps.push(Step::Element);
        let (own, inner) = attribute.split_once("[].").map_or((attribute, None), |(own, inner)| (own, Some(inner)));
        steps.extend(keys(own.strip_suffix("[]").unwrap_or(own))?);
        rest = inner;
    }
    Some(steps)
}

/// A path as a key that a user can write; `None` for the elements of a list as a whole.
fn written(path: &[Step]) -> Option<String> {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Element => text.push_str("[]"),
            Step::AnyKey | Step::Key(_) => {
                if !text.is_empty() {
                    text.push('.');
                }
                match step {
                    Step::Key(name) if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) => {
                        text.push_str(name);
                    }
                    Step::Key(name) => {
                        text.push('\'');
                        text.push_str(name);
                        text.push('\'');
                    }
                    _ => text.push('*'),
                }
            }
        }
    }
    (!text.ends_with("[]")).then_some(text)
}
