//! What the server makes of deployment.toml: a stage per file, from the text to the rendered files (wso2/config-mapper). Every value
//! knows whether the user, an inference or a default has set it.

mod context;
mod defaults;
pub mod environment;
mod flatten;
mod infer;
mod key_mapping;
pub mod key_table;
pub mod key_usage;
pub mod known_keys;
pub mod metadata;
mod references;
mod release;
mod render;
pub mod resources;
pub mod schema;
pub mod units;
mod validation;
pub mod value;

use std::collections::BTreeMap;

use indexmap::IndexMap;

pub use context::segments;
pub use environment::Environment;
pub use flatten::Setting;
pub use key_mapping::Collision;
pub use references::placeholders;
pub use release::Release;
pub use render::{Output, Renderer};
pub use resources::{JsonFile, Resources};

use crate::server::java::hash::HashOrdered;
use references::Secrets;
use value::Value;

/// A value that the server works with, and who has set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The value.
    pub value: Value,
    /// Who has set it.
    pub origin: Origin,
}

/// Who has set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The user, under this key of deployment.toml.
    User {
        /// The key as the user has written it, flattened.
        key: String,
    },
    /// infer.json, because of another key.
    Inferred {
        /// The key whose value it follows from, after mapping.
        from: String,
    },
    /// default.json.
    Default,
}

/// What the mapper cannot do with a value. Each stops the start of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The key whose value it is, after mapping.
    pub key: Option<String>,
    /// The placeholder in the value: `$ref{server.hostname}`.
    pub placeholder: Option<String>,
    /// In words.
    pub message: String,
}

/// What can be wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// key-mappings.json maps the key in a way that the mapper does not know.
    KeyMapping,
    /// `$secret{}` without an alias.
    UndefinedSecret,
    /// `$secret{}` whose value is not encrypted.
    PlainSecret,
    /// A secret that is no string.
    SecretType,
    /// `$sys{}` of a property that is not set.
    UnsetProperty,
    /// `$env{}` of a variable that is not set.
    UnsetVariable,
    /// `$sys{}` whose value has characters that the server fails on.
    PropertyCharacters,
    /// `$env{}` whose value has characters that the server fails on.
    VariableCharacters,
    /// `$ref{}` that names no key.
    UnknownReference,
    /// `$ref{}` that leads back to itself.
    CircularReference,
    /// A time without a number, or with an unknown unit.
    Time,
    /// A value that validator.json refuses.
    Validation,
    /// A key with a quote that is not closed.
    UnclosedQuote,
}

impl MappingFault {
    fn new(kind: FaultKind, key: Option<&str>, message: String) -> Self {
        Self { kind, key: key.map(ToOwned::to_owned), placeholder: None, message }
    }

    fn placeholder(kind: FaultKind, name: &str, key: &str, what: &str) -> Self {
        let function = match kind {
            FaultKind::UndefinedSecret | FaultKind::PlainSecret => "secret",
            FaultKind::UnsetProperty | FaultKind::PropertyCharacters => "sys",
            FaultKind::UnsetVariable | FaultKind::VariableCharacters => "env",
            _ => "ref",
        };
        let placeholder = format!("${function}{{{name}}}");
        let message = format!("`{placeholder}` {what}");
        Self { kind, key: Some(key.to_owned()), placeholder: Some(placeholder), message }
    }
}

/// What the server knows of its configuration before it renders anything.
#[derive(Debug)]
pub struct Configuration {
    /// Every key of deployment.toml, in the order of the server's parser.
    pub settings: IndexMap<String, Setting>,
    /// Every effective value under its key, after mapping.
    effective: HashOrdered<Effective>,
    /// The secrets' aliases.
    pub secrets: Secrets,
    /// Keys of the user of which another one takes the place.
    pub collisions: Vec<Collision>,
    /// What stops the start.
    pub faults: Vec<MappingFault>,
    tree: crate::server::jinjava::value::Value,
    /// Keys of the user with what they are mapped to.
    targets: BTreeMap<String, Vec<String>>,
}

impl Configuration {
    /// Runs every stage but the last on a deployment.toml. `None` if it is not valid TOML.
    pub fn resolve(toml: &str, resources: &Resources, environment: &Environment, release: &Release) -> Option<Self> {
        let settings = flatten::flatten(toml)?;
        let mut faults = Vec::new();
        let mut collisions = Vec::new();
        let secrets = Secrets::read(&settings, release, &mut faults);
        let mappings = resources.json(JsonFile::KeyMappings);
        let user = key_mapping::map_keys(&settings, mappings, &mut collisions, &mut faults);
        let mut effective = infer::infer(&user, resources.json(JsonFile::Infer));
        defaults::add_defaults(&mut effective, resources.json(JsonFile::Default));
        references::resolve(&mut effective, &secrets, environment, release, &mut faults);
        if let Some(units) = resources.json(JsonFile::UnitResolve).get("time").and_then(serde_json::Value::as_object) {
            units::convert(&mut effective, units, &mut faults);
        }
        validation::validate(&effective, resources.json(JsonFile::Validator), &mut faults);
        let tree = context::grow(&effective, &mut faults);
        let targets = settings
            .keys()
            .map(|key| (key.clone(), key_mapping::targets(mappings, key).into_iter().map(ToOwned::to_owned).collect()))
            .collect();
        Some(Self { settings, effective, secrets, collisions, faults, tree, targets })
    }

    /// The effective value of a key, after mapping.
    pub fn get(&self, key: &str) -> Option<&Effective> {
        self.effective.get(key)
    }

    /// Every effective value under its key, sorted by it.
    pub fn values(&self) -> BTreeMap<&str, &Effective> {
        self.effective.in_order().into_iter().collect()
    }

    /// What a key of the user is mapped to: itself, or what key-mappings.json says.
    pub fn targets(&self, key: &str) -> &[String] {
        self.targets.get(key).map_or(&[], Vec::as_slice)
    }

    /// The setting of the user that an effective key comes from.
    pub fn setting_of(&self, key: &str) -> Option<(&str, &Setting)> {
        match &self.get(key)?.origin {
            Origin::User { key } => self.settings.get_key_value(key.as_str()).map(|(key, setting)| (key.as_str(), setting)),
            Origin::Inferred { .. } | Origin::Default => None,
        }
    }
}
