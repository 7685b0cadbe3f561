//! The effective value of a key of deployment.toml: the user's value, one inferred from another key, or the default of the home.

use super::{Location, Model};
use crate::server::mapper::value::Value;
use crate::server::mapper::{Configuration, Origin};
use crate::source::Span;
use crate::source::toml::TomlValue;

/// The value that the server uses for a key.
#[derive(Debug, Clone)]
pub struct GivenValue {
    /// The value, with references resolved as far as the home's files determine them.
    pub value: TomlValue,
    /// The place of the value.
    pub at: Location,
    /// The place to report: the key.
    pub anchor: Location,
    /// Whether deployment.toml sets it, or the key that it is inferred from. `false` for a default.
    pub by_user: bool,
}

impl Model {
    /// The effective value of `key` or one of its `aliases`: the first that deployment.toml sets, otherwise the home's default.
    pub fn given(&self, key: &str, aliases: &[String]) -> Option<GivenValue> {
        let keys = || std::iter::once(key).chain(aliases.iter().map(String::as_str));
        match self.configuration() {
            Some((mapping, configuration)) => {
                let effective: Vec<GivenValue> = keys()
                    .flat_map(|key| mapping.resources.targets(key).into_iter().chain([key]))
                    .filter_map(|key| self.given_by(configuration, key))
                    .collect();
                let by_user = effective.iter().position(|given| given.by_user).unwrap_or(0);
                effective.into_iter().nth(by_user)
            }
            None => self.written(key, aliases).or_else(|| keys().find_map(|key| self.default_of(key))),
        }
    }

    /// The value that deployment.toml sets for a key.
    fn written(&self, key: &str, aliases: &[String]) -> Option<GivenValue> {
        let (file, entry) = self.setting(key, aliases)?;
        let place = |span: Span| Location { file, span };
        Some(GivenValue { value: entry.value.clone(), at: place(entry.value_span), anchor: place(entry.key_span), by_user: true })
    }

    fn given_by(&self, configuration: &Configuration, key: &str) -> Option<GivenValue> {
        let effective = configuration.get(key)?;
        let value = as_toml(&effective.value);
        let (file, document) = self.toml()?;
        let place = |span: Span| Location { file, span };
        match &effective.origin {
            Origin::User { key } => {
                let entry = document.get(key)?;
                Some(GivenValue { value, at: place(entry.value_span), anchor: place(entry.key_span), by_user: true })
            }
            Origin::Inferred { from } => {
                let (at, anchor) = match configuration.setting_of(from) {
                    Some((_, setting)) => (place(setting.values.first().copied().unwrap_or(setting.key)), place(setting.key)),
                    None => (self.start_of(file), self.start_of(file)),
                };
                Some(GivenValue { value, at, anchor, by_user: true })
            }
            Origin::Default => {
                let at = self.home_default(key).map_or_else(|| self.start_of(file), |(_, at)| at);
                Some(GivenValue { value, at, anchor: at, by_user: false })
            }
        }
    }

    fn default_of(&self, key: &str) -> Option<GivenValue> {
        let (value, at) = self.home_default(key)?;
        Some(GivenValue { value: as_toml(&Value::of_json(value)), at, anchor: at, by_user: false })
    }
}

/// Converts a value to TOML. The mapper reads JSON numbers as doubles; whole ones become integers again.
fn as_toml(value: &Value) -> TomlValue {
    match value {
        Value::Null => TomlValue::String(String::new()),
        Value::Boolean(boolean) => TomlValue::Boolean(*boolean),
        Value::Integer(number) => TomlValue::Integer(*number),
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        Value::Double(number) if number.fract() == 0.0 && number.abs() < 1e15 => TomlValue::Integer(*number as i64),
        Value::Double(number) => TomlValue::Float(*number),
        Value::Text(text) => TomlValue::String(text.clone()),
        Value::List(items) => TomlValue::Array(items.iter().map(|item| (as_toml(item), Span::default())).collect()),
        Value::Table(_) => TomlValue::Array(Vec::new()),
    }
}
