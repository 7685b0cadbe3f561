//! What the mapper's JSON files say about single keys, read for the keys that are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use elsa::sync::FrozenMap;
use serde_json::Value as JsonValue;

use crate::server::mapper::resources::{JsonFile, Resources};

/// From how many keys on those that have no properties are not kept.
const MAX_KNOWN: usize = 5_000;

/// What is known of a key besides its uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::server::mapper) struct KeyProperties {
    /// What key-mappings.json renames it to; `None` if it does not name the key.
    pub(in crate::server::mapper) targets: Option<Vec<String>>,
    /// Its value in default.json.
    pub(in crate::server::mapper) default: Option<JsonValue>,
    /// The only values that validator.json accepts, empty if it does not list them; `None` if it does not name the key.
    pub(in crate::server::mapper) allowed: Option<Vec<String>>,
    /// The values on which rules of validator.json for other keys depend.
    pub(in crate::server::mapper) conditions: BTreeSet<String>,
    /// The unit that the server converts it to.
    pub(in crate::server::mapper) unit: Option<String>,
}

/// Where the properties of keys are read.
pub(in crate::server::mapper) trait PropertySource: fmt::Debug + Send + Sync {
    /// The properties of a key.
    fn of(&self, key: &str) -> KeyProperties;

    /// The keys that key-mappings.json renames, as deployment.toml has them.
    fn renamed(&self) -> Vec<String>;

    /// Every key with a property.
    fn keys(&self) -> BTreeSet<String>;
}

/// The properties of keys, each read once if there are any.
pub(in crate::server::mapper) struct Properties {
    source: Box<dyn PropertySource>,
    known: FrozenMap<String, Box<KeyProperties>>,
}

impl Properties {
    /// The properties that `source` has.
    pub(in crate::server::mapper) fn new(source: impl PropertySource + 'static) -> Self {
        Self { source: Box::new(source), known: FrozenMap::new() }
    }

    /// The properties of a key.
    pub(in crate::server::mapper) fn of(&self, key: &str) -> &KeyProperties {
        static NONE: KeyProperties =
            KeyProperties { targets: None, default: None, allowed: None, conditions: BTreeSet::new(), unit: None };
        self.known.get(key).unwrap_or_else(|| match self.source.of(key) {
            // Files can have any number of keys that nobody knows.
            unknown if unknown == NONE && self.known.len() >= MAX_KNOWN => &NONE,
            found => self.known.insert(key.to_owned(), Box::new(found)),
        })
    }

    /// Where they are read.
    pub(in crate::server::mapper) fn source(&self) -> &dyn PropertySource {
        &*self.source
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Properties").field(&self.source).finish()
    }
}

impl Default for Properties {
    fn default() -> Self {
        Self::new(HomeProperties::default())
    }
}

/// The properties of keys in the JSON files of a home.
#[derive(Debug, Default)]
pub(super) struct HomeProperties {
    resources: Arc<Resources>,
    conditions: BTreeMap<String, BTreeSet<String>>,
}

impl HomeProperties {
    pub(super) fn new(resources: &Arc<Resources>) -> Self {
        let mut conditions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let rules = resources.json(JsonFile::Validator).values().filter_map(JsonValue::as_array).flatten();
        for (key, value) in rules.filter_map(|rule| rule.get("if")?.as_object()).flatten() {
            conditions.entry(key.clone()).or_default().extend(value.as_str().map(ToOwned::to_owned));
        }
        Self { resources: Arc::clone(resources), conditions }
    }

    /// The unit of each time that the server converts.
    fn times(&self) -> Option<&serde_json::Map<String, JsonValue>> {
        self.resources.json(JsonFile::UnitResolve).get("time")?.as_object()
    }
}

impl PropertySource for HomeProperties {
    fn of(&self, key: &str) -> KeyProperties {
        let json = |file| self.resources.json(file).get(key);
        let targets = json(JsonFile::KeyMappings).map(|target| match target {
            JsonValue::String(target) => vec![target.clone()],
            JsonValue::Array(targets) => targets.iter().filter_map(JsonValue::as_str).map(ToOwned::to_owned).collect(),
            // Anything else maps the key to nothing.
            _ => Vec::new(),
        });
        let allowed = json(JsonFile::Validator).map(|rules| {
            let unconditional =
                rules.as_array().into_iter().flatten().filter(|rule| !rule.get("if").is_some_and(JsonValue::is_object));
            let patterns = unconditional.filter_map(|rule| rule.get("regex").and_then(JsonValue::as_str));
            patterns.filter_map(listed_words).flatten().collect()
        });
        KeyProperties {
            targets,
            default: json(JsonFile::Default).cloned(),
            allowed,
            conditions: self.conditions.get(key).cloned().unwrap_or_default(),
            unit: self.times().and_then(|times| times.get(key)).and_then(JsonValue::as_str).map(ToOwned::to_owned),
        }
    }

    fn renamed(&self) -> Vec<String> {
        self.resources.json(JsonFile::KeyMappings).keys().map(|key| written_in_deployment(key)).collect()
    }

    fn keys(&self) -> BTreeSet<String> {
        let files = [JsonFile::KeyMappings, JsonFile::Default, JsonFile::Validator].map(|file| self.resources.json(file));
        let times = self.times().into_iter().flat_map(serde_json::Map::keys);
        files.into_iter().flat_map(serde_json::Map::keys).chain(times).chain(self.conditions.keys()).cloned().collect()
    }
}

/// A key of key-mappings.json as deployment.toml has it. With a colon, the file renames an attribute of the elements of a list.
pub(in crate::server::mapper) fn written_in_deployment(key: &str) -> String {
    key.replacen(':', "[].", 1)
}

/// The words of a pattern that only lists words: `\Aa\Z|\Ab\Z`.
fn listed_words(pattern: &str) -> Option<Vec<String>> {
    let words = pattern.split('|').map(|word| {
        let word = word.strip_prefix("\\A")?.strip_suffix("\\Z")?;
        word.chars().all(|part| part.is_alphanumeric() || matches!(part, '_' | '-')).then(|| word.to_owned())
    });
    words.collect()
}
