//! The value of a key of the catalogue: the user's, one inferred from another key, or the default of the home. Without a home, only
//! deployment.toml counts.

use super::{EffectiveValue, Location, Model};
use crate::server::mapper::Origin;
use crate::server::mapper::value::Value;
use crate::source::Span;

impl Model {
    /// The value of `key` or one of its `aliases`: the first that deployment.toml sets, otherwise the home's default. A value that a deployment
    /// tool substitutes is `None`.
    pub(crate) fn given(&self, key: &str, aliases: &[String]) -> Option<EffectiveValue> {
        let keys = || std::iter::once(key).chain(aliases.iter().map(String::as_str));
        match self.configuration() {
            Some((mapping, configuration)) => {
                let values = self.effective_with(configuration);
                let keys = keys().flat_map(|key| mapping.resources.targets(key).into_iter().chain([key]));
                let effective: Vec<EffectiveValue> = keys.filter_map(|key| values.of_flat(key)).collect();
                let by_user = effective.iter().position(EffectiveValue::is_set_by_user).unwrap_or(0);
                effective.into_iter().nth(by_user)
            }
            None => self.written(key, aliases).or_else(|| keys().find_map(|key| self.default_of(key))),
        }
    }

    /// The value that deployment.toml sets for a key.
    fn written(&self, key: &str, aliases: &[String]) -> Option<EffectiveValue> {
        let (file, entry) = self.setting(key, aliases)?;
        let place = |span: Span| Some(Location { file, span });
        Some(EffectiveValue {
            key: entry.key.to_string(),
            written: Some(entry.key.to_string()),
            value: Value::of_toml(&entry.value),
            origin: Some(Origin::User { key: entry.key.to_string() }),
            at: place(entry.value_span),
            anchor: place(entry.key_span),
            is_hidden: false,
        })
    }

    fn default_of(&self, key: &str) -> Option<EffectiveValue> {
        let (value, at) = self.home_default(key)?;
        let (value, origin) = (Some(Value::of_json(value)), Some(Origin::Default));
        Some(EffectiveValue {
            key: key.to_owned(),
            written: None,
            value,
            origin,
            at: Some(at),
            anchor: Some(at),
            is_hidden: false,
        })
    }
}
