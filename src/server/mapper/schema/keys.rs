//! The keys of a server, and what is known of each: whether it is read, what it is renamed to, its default, its allowed values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde_json::Value as JsonValue;

use super::answers::Answers;
use super::properties::Properties;
use super::provenance::SchemaSource;
use crate::server::mapper::infer::Pattern;
use crate::server::mapper::key_path::{self, KeyStep};
use crate::server::mapper::key_usage::{KeyUsage, Use, UseKind};
use crate::server::mapper::sorted_keys::SortedKeys;
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
    /// What is known of single keys besides.
    pub(in crate::server::mapper) properties: Properties,
    /// The keys of infer.json with the values from which other keys follow.
    pub(in crate::server::mapper) infer: BTreeMap<String, Vec<String>>,
    pub(in crate::server::mapper) patterns: Vec<(Pattern, String)>,
    /// Keys that `$ref{}` names in a default or an inference.
    pub(in crate::server::mapper) referred: BTreeSet<String>,
    /// Those of them that match several keys.
    pub(in crate::server::mapper) referred_patterns: Vec<Pattern>,
    /// Whether keys are read, of those that were asked for.
    pub(in crate::server::mapper) read_keys: Answers<bool>,
    /// Whether other keys follow from keys.
    pub(in crate::server::mapper) inferring_keys: Answers<bool>,
    /// Whether a default or an inference refers to keys.
    pub(in crate::server::mapper) referred_keys: Answers<bool>,
    /// Which keys are spelled like keys, and which are near them.
    pub(in crate::server::mapper) respelled_keys: Answers<Arc<BTreeSet<String>>>,
    pub(in crate::server::mapper) near_keys: Answers<Arc<BTreeSet<String>>>,
    /// The keys as a sorted list, and possibly others. Those of a home are listed on the first use.
    pub(in crate::server::mapper) names: OnceLock<Arc<SortedKeys>>,
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
            return self.targets_of(list_of(Key::new(key)).as_str()).into_iter().filter_map(key_path::of_flat).collect();
        };
        self.targets_of(list.as_str())
            .into_iter()
            .flat_map(|target| {
                let attributes = self.attributes_of(target, attribute.as_str());
                attributes.into_iter().filter_map(move |attribute| path_of_attribute(target, depth, &attribute))
            })
            .collect()
    }

    /// What an attribute of the elements of `list` is renamed to.
    fn attributes_of(&self, list: &str, attribute: &str) -> Vec<String> {
        let Some(names) = &self.properties.of(&format!("{list}:{attribute}")).targets else { return vec![attribute.to_owned()] };
        names.iter().filter_map(|name| name.split_once(':')).map(|(_, attribute)| attribute.to_owned()).collect()
    }

    /// Whether anything reads a key of the user.
    pub fn is_read(&self, key: &str) -> bool {
        self.read_keys.get_or(key, || {
            let is_looked_up = Key::new(key).alias().is_some() || self.infers_from(key) || self.refers_to(key);
            is_looked_up || self.paths_of(key).iter().any(|path| self.usage.is_read(path))
        })
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
        self.properties.of(key).targets.is_some()
    }

    /// What a key of the user is renamed to: itself if key-mappings.json does not name it.
    pub fn targets_of<'a>(&'a self, key: &'a str) -> Vec<&'a str> {
        match &self.properties.of(key).targets {
            Some(targets) => targets.iter().map(String::as_str).collect(),
            None => vec![key],
        }
    }

    pub(super) fn infers_from(&self, key: &str) -> bool {
        let infers = |target: &str| self.patterns.iter().any(|(pattern, written)| written == target || pattern.matches(target));
        self.inferring_keys.get_or(key, || self.targets_of(key).into_iter().any(infers))
    }

    /// Whether a default or an inference copies the value of a key.
    pub fn refers_to(&self, key: &str) -> bool {
        let refers =
            |target: &str| self.referred.contains(target) || self.referred_patterns.iter().any(|pattern| pattern.matches(target));
        self.referred_keys.get_or(key, || self.targets_of(key).into_iter().any(refers))
    }

    /// The key of infer.json that matches a key of the user, and the values from which other keys follow.
    pub fn inferring_values(&self, key: &str) -> Option<(&str, Vec<&str>)> {
        if !self.infers_from(key) {
            return None;
        }
        let target = *self.targets_of(key).first()?;
        let exact = self.patterns.iter().find(|(_, written)| written == target);
        let (_, written) = exact.or_else(|| self.patterns.iter().find(|(pattern, _)| pattern.matches(target)))?;
        Some((written, self.infer.get(written)?.iter().map(String::as_str).collect()))
    }

    /// The default of a key of the user.
    pub fn default_of(&self, key: &str) -> Option<&JsonValue> {
        self.targets_of(key).into_iter().find_map(|target| self.properties.of(target).default.as_ref())
    }

    /// The unit that the server converts a time to.
    pub fn unit_of(&self, key: &str) -> Option<&str> {
        self.targets_of(key).into_iter().find_map(|target| self.properties.of(target).unit.as_deref())
    }

    /// Whether validator.json names a key, whose value must therefore be a string.
    pub fn is_validated(&self, key: &str) -> bool {
        self.targets_of(key).into_iter().any(|target| self.properties.of(target).allowed.is_some())
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
        for target in self.targets_of(key) {
            values.extend(self.properties.of(target).conditions.iter().cloned());
        }
        values.extend(self.allowed_values(key));
        values
    }

    /// The only values that validator.json accepts, if its pattern is a list of them.
    pub fn allowed_values(&self, key: &str) -> Vec<String> {
        self.targets_of(key)
            .into_iter()
            .filter_map(|target| self.properties.of(target).allowed.as_ref())
            .flatten()
            .cloned()
            .collect()
    }

    /// Every key that a user can set and something reads, with `*` for any key of an open table and `[]` after arrays of tables: what
    /// templates use, what infer.json and references look up, and the names that key-mappings.json maps to those.
    pub fn keys(&self) -> BTreeSet<String> {
        let mut keys: BTreeSet<String> = self
            .usage
            .paths()
            .into_iter()
            .filter(|(path, uses)| self.is_used(path, uses))
            .map(|(path, _)| key_path::text_of(&path))
            .collect();
        keys.extend(self.looked_up().map(|key| opened(key).into_owned()));
        let renamed = self.properties.source().renamed();
        keys.extend(renamed.into_iter().filter(|source| self.is_renamed_to_read(source)));
        keys
    }

    /// Whether [`Self::keys`] has a key.
    fn has(&self, key: &str) -> bool {
        let path = key_path::parse(key);
        self.is_used(&path, self.usage.exact_uses(&path))
            || self.infer.contains_key(key)
            || self.referred.contains(key)
            || Key::new(key).is_pattern() && self.looked_up().any(|known| opened(known) == key)
            || self.is_mapped(&key.replacen("[].", ":", 1)) && self.is_renamed_to_read(key)
    }

    /// Whether a user can set the value at `path`, which templates use in these ways.
    fn is_used(&self, path: &[KeyStep], uses: &[Use]) -> bool {
        let only_defined = || uses.iter().all(|used| used.kind == UseKind::Defined) && self.usage.reads_below(path);
        // A user cannot write the elements of a list as a whole.
        let is_element = path.last() == Some(&KeyStep::Element);
        !uses.is_empty() && !is_element && !only_defined()
    }

    /// The keys that infer.json and references look up.
    fn looked_up(&self) -> impl Iterator<Item = &String> {
        self.infer.keys().chain(&self.referred)
    }

    /// Whether something reads what key-mappings.json renames a key to. It fails on one with two colons.
    fn is_renamed_to_read(&self, key: &str) -> bool {
        !key.contains(':') && self.is_read(key)
    }

    /// The keys that differ from `key` at most in what people often get wrong: case, and separators inside names.
    pub(crate) fn spelled_like(&self, key: &str) -> Arc<BTreeSet<String>> {
        self.respelled_keys.get_or(key, || Arc::new(self.known(&self.names().spelled_like(key))))
    }

    /// The keys that differ from `key` in exactly one segment, and there only slightly; `*` matches any segment.
    pub(crate) fn near(&self, key: &str) -> Arc<BTreeSet<String>> {
        self.near_keys.get_or(key, || Arc::new(self.known(&self.names().near(key))))
    }

    /// The tables that have a key of this name, and are `wanted`; each at least once.
    pub(crate) fn tables_with(&self, name: &str, wanted: impl Fn(Key) -> bool) -> impl Iterator<Item = String> {
        let tables = self.names().tables_with(name).map(opened).filter(move |table| wanted(Key::new(table)));
        tables.filter(move |table| self.has(&Key::new(table).join(Key::new(name)))).map(Cow::into_owned)
    }

    /// Those of `keys` that [`Self::keys`] has.
    fn known(&self, keys: &[String]) -> BTreeSet<String> {
        keys.iter().map(|key| opened(key)).filter(|key| self.has(key)).map(Cow::into_owned).collect()
    }

    fn names(&self) -> &SortedKeys {
        self.names.get_or_init(|| Arc::new(SortedKeys::of_keys(self.keys().iter().map(String::as_str))))
    }

    /// The files that a value is copied into.
    pub fn reached_outputs(&self, key: &str) -> BTreeSet<&str> {
        let shown =
            self.uses(key).into_iter().filter(|used| matches!(used.kind, UseKind::Printed | UseKind::Listed | UseKind::Other));
        shown.filter_map(|used| self.outputs.get(used.template)).map(String::as_str).collect()
    }
}

/// A key of infer.json, or one that it refers to, with `*` for each `$1`, which is any segment.
fn opened(key: &str) -> Cow<'_, str> {
    if !key.contains('$') {
        return Cow::Borrowed(key);
    }
    let segments = Key::new(key).segments().map(|segment| if segment.text.starts_with('$') { "*" } else { segment.text });
    Cow::Owned(segments.collect::<Vec<_>>().join("."))
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
