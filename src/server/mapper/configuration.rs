//! The stages of the mapper in order: from the text of deployment.toml to everything that templates can see.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use indexmap::{IndexMap, IndexSet};

use super::effective::{Effective, Origin};
use super::environment::Environment;
use super::fault::MappingFault;
use super::flatten::Setting;
use super::key_mapping::Collision;
use super::ref_resolution::References;
use super::references::Secrets;
use super::release::Release;
use super::resources::{JsonFile, Resources};
use super::{context, defaults, flatten, infer, key_mapping, references, trees, units, unset, validation};
use crate::server::java::hash::HashOrdered;
use crate::server::jinjava;
use crate::source::key::Key;

/// The configuration of a server before any template is rendered.
#[derive(Debug)]
pub struct Configuration {
    /// Every key of deployment.toml, in the order of the server's parser.
    pub settings: IndexMap<String, Setting>,
    /// Every effective value by its key, after mapping.
    effective: HashOrdered<Effective>,
    /// The aliases of secrets.
    pub secrets: Secrets,
    /// Keys of the user that lose their value to another key.
    pub collisions: Vec<Collision>,
    /// What stops the server from starting.
    pub faults: Vec<MappingFault>,
    /// Its number among all that were computed.
    number: u64,
    references: References,
    /// The keys whose values have a secret in them although their names do not say so.
    hidden: HashSet<String>,
    environment: Environment,
}

impl Configuration {
    /// Runs every stage except rendering on a deployment.toml. `None` if it is not valid TOML.
    pub fn resolve(toml: &str, resources: &Resources, environment: &Environment, release: &Release) -> Option<Self> {
        Some(Self::of_settings(flatten::flatten(toml)?, resources, environment, release))
    }

    /// The configuration if deployment.toml did not set `keys`: keys as they are written there, with the index of an element in an array. The
    /// order of the other keys stays the same.
    #[must_use]
    pub fn without(&self, keys: &[String], resources: &Resources, release: &Release) -> Self {
        Self::of_settings(unset::without(&self.settings, keys), resources, &self.environment, release)
    }

    fn of_settings(
        settings: IndexMap<String, Setting>,
        resources: &Resources,
        environment: &Environment,
        release: &Release,
    ) -> Self {
        let mut faults = Vec::new();
        let mut collisions = Vec::new();
        let secrets = Secrets::read(&settings, release, &mut faults);
        let mappings = resources.json(JsonFile::KeyMappings);
        let user = key_mapping::map_keys(&settings, mappings, &mut collisions, &mut faults);
        let mut effective = infer::infer(user, resources.json(JsonFile::Infer));
        defaults::add_defaults(&mut effective, resources.json(JsonFile::Default));
        let from_environment =
            if environment.is_shown { Vec::new() } else { references::from_variables(&effective, environment) };
        let references = references::resolve(&mut effective, &secrets, environment, release, &mut faults);
        let hidden = hidden(&effective, &references, from_environment);
        if let Some(units) = resources.json(JsonFile::UnitResolve).get("time").and_then(serde_json::Value::as_object) {
            units::convert(&mut effective, units, &mut faults);
        }
        validation::validate(&effective, resources.json(JsonFile::Validator), &mut faults);
        context::check(&effective, &mut faults);
        let environment = environment.clone();
        Self { settings, effective, secrets, collisions, faults, number: trees::next_number(), references, hidden, environment }
    }

    /// What templates see, made when the first one is rendered.
    pub(super) fn tree(&self) -> jinjava::value::Value {
        trees::of(self.number, || context::grow(&self.effective))
    }

    /// The effective value of a key, after mapping.
    pub fn get(&self, key: &str) -> Option<&Effective> {
        self.effective.get(key)
    }

    /// The one of these keys whose value is put into the tree last; it replaces what the others put there.
    pub fn last_of<'k>(&self, keys: &[&'k str]) -> Option<&'k str> {
        let order = self.effective.in_order();
        order.iter().rev().find_map(|(key, _)| keys.iter().copied().find(|wanted| wanted == key))
    }

    /// Every effective value by its key, sorted.
    pub fn values(&self) -> BTreeMap<&str, &Effective> {
        self.effective.in_order().into_iter().collect()
    }

    /// The keys that the value of `key` refers to with `$ref{}`, directly or through others, in the order of the references.
    pub fn references(&self, key: &str) -> Vec<&str> {
        let mut found: IndexSet<&str> = IndexSet::new();
        let mut next = VecDeque::from([self.references.get(key)]);
        while let Some(names) = next.pop_front() {
            for name in names.into_iter().flatten() {
                if found.insert(name) {
                    next.push_back(self.references.get(name));
                }
            }
        }
        found.into_iter().collect()
    }

    /// Whether the value of `key` must not be shown although its name does not say so: it refers to a secret, or to a variable of the
    /// environment that is not shown.
    pub fn hides(&self, key: &str) -> bool {
        self.hidden.contains(key)
    }

    /// The effective values in the table `key`, in no order.
    pub fn below(&self, key: &str) -> impl Iterator<Item = (&str, &Effective)> {
        let table = Key::new(key);
        let is_below = move |name: &str| !table.is_root() && table.is_above(Key::new(name));
        self.effective.iter().filter(move |(name, _)| is_below(name))
    }

    /// The setting of the user that an effective value comes from.
    pub fn setting_of(&self, key: &str) -> Option<(&str, &Setting)> {
        match &self.get(key)?.origin {
            Origin::User { key } => self.settings.get_key_value(key.as_str()).map(|(key, setting)| (key.as_str(), setting)),
            Origin::Inferred { .. } | Origin::Default => None,
        }
    }
}

/// The keys among `more`, and those that refer to one of them or to a secret, directly or through others.
fn hidden(effective: &HashOrdered<Effective>, references: &References, more: Vec<String>) -> HashSet<String> {
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    for (user, names) in references {
        for name in names {
            users.entry(name).or_default().push(user);
        }
    }
    let is_secret = |key: &&str| effective.get(key).is_some_and(|effective| effective.value.shown(key) != effective.value);
    let secret = users.keys().copied().filter(is_secret).map(str::to_owned);
    let mut next: Vec<String> = more.iter().cloned().chain(secret).collect();
    let mut hidden: HashSet<String> = more.into_iter().collect();
    while let Some(key) = next.pop() {
        let following = users.get(key.as_str()).into_iter().flatten().map(|user| (*user).to_owned());
        next.extend(following.filter(|user| hidden.insert(user.clone())));
    }
    hidden
}
