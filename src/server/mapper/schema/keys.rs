//! The keys of a server, and what is known of each: whether it is read, what it is renamed to, its default, its allowed values.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as Json, Value as JsonValue};

use super::key_index::KeyIndex;
use super::provenance::SchemaSource;
use crate::server::mapper::infer::Pattern;
use crate::server::mapper::key_mapping::targets;
use crate::server::mapper::key_path::{self, KeyStep};
use crate::server::mapper::key_usage::{KeyUsage, Use, UseKind};
use crate::server::mapper::value::Value;
use crate::source::Span;
use crate::source::key::Key;

/// The keys of a server.
#[derive(Debug, Default)]
pub struct Schema {
    /// What the templates read.
    pub(in crate::server::mapper) usage: KeyUsage,
    /// The files that the templates render, by the numbers that uses have.
    pub outputs: Vec<String>,
    pub(in crate::server::mapper) source: SchemaSource,
    pub(in crate::server::mapper) mappings: Json<String, JsonValue>,
    /// The keys of infer.json with the values from which other keys follow.
    pub(in crate::server::mapper) infer: BTreeMap<String, Vec<String>>,
    pub(in crate::server::mapper) patterns: Vec<(Pattern, String)>,
    pub(in crate::server::mapper) defaults: Json<String, JsonValue>,
    /// The keys of validator.json, with the only values that it accepts where it lists them.
    pub(in crate::server::mapper) validated: BTreeMap<String, Vec<String>>,
    /// The values of other keys on which rules of validator.json depend.
    pub(in crate::server::mapper) conditions: BTreeMap<String, BTreeSet<String>>,
    pub(in crate::server::mapper) times: BTreeMap<String, String>,
    /// Keys that `$ref{}` names in a default or an inference.
    pub(in crate::server::mapper) referred: BTreeSet<String>,
    /// Those of them that match several keys.
    pub(in crate::server::mapper) referred_patterns: Vec<Pattern>,
    /// Computed on the first use.
    pub(in crate::server::mapper) index: OnceCell<KeyIndex>,
}

impl Schema {
    /// Where it comes from.
    pub fn source(&self) -> &SchemaSource {
        &self.source
    }

    /// The templates that were not followed to their end, because that takes too many steps: the files that they render, and the place in
    /// the normalized template. They may read any key.
    pub(crate) fn unfollowed(&self) -> impl Iterator<Item = (&str, Span)> {
        let outputs = |number: &usize| self.outputs.get(*number).map(String::as_str);
        self.usage.unfollowed().iter().filter_map(move |(number, span)| Some((outputs(number)?, *span)))
    }

    /// The paths to the value of a key of the user after mapping. A key inside an array of tables has `[]` after the array:
    /// `apim.gateway.environment[].name`.
    pub(super) fn paths_of(&self, key: &str) -> Vec<Vec<KeyStep>> {
        // The elements of a list as a whole are the list.
        let Some((list, depth, attribute)) = Key::new(key).into_list().filter(|(.., attribute)| !attribute.is_root()) else {
            return targets(&self.mappings, list_of(Key::new(key)).as_str()).into_iter().filter_map(key_path::of_flat).collect();
        };
        targets(&self.mappings, list.as_str())
            .into_iter()
            .flat_map(|target| {
                let attributes = self.attributes_of(target, attribute.as_str());
                attributes.into_iter().filter_map(move |attribute| path_of_attribute(target, depth, &attribute))
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
        if Key::new(key).alias().is_some() || self.infers_from(key) || self.refers_to(key) {
            return true;
        }
        self.paths_of(key).iter().any(|path| self.usage.is_read(path))
    }

    /// Whether anything reads the effective `value` of `key`, a key after mapping.
    pub fn reads_effective(&self, key: &str, value: &Value) -> bool {
        let is_inferred_from = self.patterns.iter().any(|(pattern, written)| written == key || pattern.matches(key));
        let is_referred = self.referred.contains(key) || self.referred_patterns.iter().any(|pattern| pattern.matches(key));
        if Key::new(key).alias().is_some() || is_inferred_from || is_referred {
            return true;
        }
        // Templates may read only parts of a list of tables, or of a table in default.json.
        let has_parts = matches!(value, Value::List(_) | Value::Table(_));
        let path = key_path::of_flat(key);
        path.is_some_and(|path| !self.usage.uses(&path).is_empty() || has_parts && self.usage.reads_below(&path))
    }

    /// What templates do with the value of a key of the user, or with a table around it.
    pub fn uses(&self, key: &str) -> Vec<&Use> {
        self.paths_of(key).iter().flat_map(|path| self.usage.uses(path)).collect()
    }

    /// What templates do with the value of a key of the user itself, ignoring the tables around it.
    pub fn own_uses(&self, key: &str) -> Vec<&Use> {
        self.paths_of(key).iter().flat_map(|path| self.usage.own_uses(path)).collect()
    }

    /// Whether anything reads a key below the table `key`.
    pub fn reads_below(&self, key: &str) -> bool {
        key_path::of_flat(key).is_some_and(|path| self.usage.reads_below(&path))
    }

    /// Whether key-mappings.json names a key.
    pub fn is_mapped(&self, key: &str) -> bool {
        self.mappings.contains_key(key)
    }

    /// What a key of the user is renamed to: itself if key-mappings.json does not name it.
    pub fn targets_of<'a>(&'a self, key: &'a str) -> Vec<&'a str> {
        targets(&self.mappings, key)
    }

    pub(super) fn infers_from(&self, key: &str) -> bool {
        let targets = targets(&self.mappings, key);
        targets
            .into_iter()
            .any(|target| self.patterns.iter().any(|(pattern, written)| written == target || pattern.matches(target)))
    }

    /// Whether a default or an inference copies the value of a key.
    pub fn refers_to(&self, key: &str) -> bool {
        targets(&self.mappings, key)
            .into_iter()
            .any(|target| self.referred.contains(target) || self.referred_patterns.iter().any(|pattern| pattern.matches(target)))
    }

    /// The key of infer.json that matches a key of the user, and the values from which other keys follow.
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

    /// Whether validator.json names a key, whose value must therefore be a string.
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

    /// The only values that validator.json accepts, if its pattern is a list of them.
    pub fn allowed_values(&self, key: &str) -> Vec<String> {
        targets(&self.mappings, key).into_iter().filter_map(|target| self.validated.get(target)).flatten().cloned().collect()
    }

    /// Every key that a user can set and something reads, with `*` for any key of an open table and `[]` after arrays of tables: what
    /// templates use, what infer.json and references look up, and the names that key-mappings.json maps to those.
    pub fn keys(&self) -> BTreeSet<String> {
        let mut keys: BTreeSet<String> = self
            .usage
            .paths()
            .into_iter()
            .filter_map(|(path, uses)| {
                let only_defined = uses.iter().all(|used| used.kind == UseKind::Defined) && self.usage.reads_below(&path);
                // A user cannot write the elements of a list as a whole.
                let is_element = path.last() == Some(&KeyStep::Element);
                (!only_defined && !is_element).then(|| key_path::text_of(&path))
            })
            .collect();
        let open = |key: &String| {
            let segments = Key::new(key).segments().map(|segment| if segment.text.starts_with('$') { "*" } else { segment.text });
            segments.collect::<Vec<_>>().join(".")
        };
        keys.extend(self.infer.keys().chain(&self.referred).map(open));
        // With a colon, key-mappings.json renames an attribute of the elements of a list.
        let sources = self.mappings.keys().map(|source| source.replacen(':', "[].", 1));
        keys.extend(sources.filter(|source| !source.contains(':') && self.is_read(source)));
        keys
    }

    /// The keys by their names and spellings.
    pub(crate) fn key_index(&self) -> &KeyIndex {
        self.index.get_or_init(|| KeyIndex::of(self.keys()))
    }

    /// The files that a value is copied into.
    pub fn reached_outputs(&self, key: &str) -> BTreeSet<&str> {
        let shown =
            self.uses(key).into_iter().filter(|used| matches!(used.kind, UseKind::Printed | UseKind::Listed | UseKind::Other));
        shown.filter_map(|used| self.outputs.get(used.template)).map(String::as_str).collect()
    }
}

/// The path to an attribute of the elements of `list`, or of lists in them: as many as `depth` says are directly in each other.
fn path_of_attribute(list: &str, depth: usize, attribute: &str) -> Option<Vec<KeyStep>> {
    let mut steps = key_path::of_flat(list)?;
    steps.extend((0..depth).map(|_| KeyStep::Element));
    let attribute = Key::new(attribute);
    match attribute.into_list() {
        Some((inner, depth, below)) if !below.is_root() => {
            steps.extend(path_of_attribute(inner.as_str(), depth, below.as_str())?);
        }
        _ => steps.extend(key_path::of_flat(list_of(attribute).as_str())?),
    }
    Some(steps)
}

/// The list that a key of elements belongs to; any other key itself.
fn list_of(key: Key) -> Key {
    key.into_list().map_or(key, |(list, ..)| list)
}
