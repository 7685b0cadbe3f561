//! The values of the flat map: what deployment.toml, infer.json and default.json give a key.

use std::fmt::Write;

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::server::java::double::java_double;
use crate::source::key::Key;
use crate::source::secrets::{HIDDEN, Secrecy, hides, masked, masked_value};
use crate::source::toml::TomlValue;

/// A flat map with its keys in insertion order.
pub(crate) type FlatMap = IndexMap<String, Value>;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Java's `null`: a JSON null, or a key that the server's parser cannot look up again.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number, as which every number of default.json is read.
    Double(f64),
    /// A string, or a date as Java prints it.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An element of an array of tables.
    Table(Box<FlatMap>),
}

impl Value {
    /// A table with these entries.
    pub fn table(entries: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::Table(Box::new(entries.into_iter().collect()))
    }

    /// The value as Gson reads it: every number becomes a double.
    pub fn of_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(boolean) => Self::Boolean(*boolean),
            Json::Number(number) => Self::Double(number.as_f64().unwrap_or_default()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Json::Object(object) => Self::table(object.iter().map(|(key, value)| (key.clone(), Self::of_json(value)))),
        }
    }

    /// A value as it is written in deployment.toml. `None` if a deployment tool substitutes it.
    pub fn of_toml(value: &TomlValue) -> Option<Self> {
        Some(match value {
            TomlValue::String(text) | TomlValue::Datetime(text) => Self::Text(text.clone()),
            TomlValue::Integer(number) => Self::Integer(*number),
            TomlValue::Float(number) => Self::Double(*number),
            TomlValue::Boolean(boolean) => Self::Boolean(*boolean),
            TomlValue::Array(items) => Self::List(items.iter().filter_map(|(item, _)| Self::of_toml(item)).collect()),
            TomlValue::Placeholder => return None,
        })
    }

    /// The text of a string, number or boolean, whole numbers without a fraction; `None` for other values.
    pub fn plain_text(&self) -> Option<String> {
        match self {
            Self::Null => Some(String::new()),
            Self::Double(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(format!("{number:.0}")),
            Self::Boolean(_) | Self::Integer(_) | Self::Double(_) | Self::Text(_) => Some(self.to_java()),
            Self::List(_) | Self::Table(_) => None,
        }
    }

    /// As Java's `String.valueOf` writes it.
    pub fn to_java(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Double(number) => java_double(*number),
            Self::Text(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::to_java).collect::<Vec<_>>().join(", ")),
            Self::Table(map) => {
                let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}={}", value.to_java())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// As JSON, for people and scripts. A double without a fraction is still written as `8192.0`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Boolean(boolean) => Json::Bool(*boolean),
            Self::Integer(number) => Json::from(*number),
            Self::Double(number) => Json::from(*number),
            Self::Text(text) => Json::String(text.clone()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Table(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect()),
        }
    }

    /// The value of `key` as it may be shown: secrets are replaced by asterisks.
    #[must_use]
    pub fn shown(&self, key: &str) -> Self {
        let secrecy = Key::new(key).secrecy();
        match self {
            Self::Text(text) if secrecy.is_some_and(|secrecy| secrecy.hides(text)) => Self::Text(HIDDEN.to_owned()),
            Self::Text(text) => Self::Text(masked_value(text)),
            Self::Integer(_) | Self::Double(_) if secrecy == Some(Secrecy::Sure) => Self::Text(HIDDEN.to_owned()),
            Self::List(items) => Self::List(items.iter().map(|item| item.shown(key)).collect()),
            Self::Table(map) => {
                let shown = |(name, value): (&String, &Self)| {
                    let value = if secrecy.is_some() { value.shown(key) } else { value.shown(name) };
                    (name.clone(), value)
                };
                Self::table(map.iter().map(shown))
            }
            other => other.clone(),
        }
    }

    /// The value with asterisks in place of everything in it but booleans.
    #[must_use]
    pub(crate) fn hidden(&self) -> Self {
        match self {
            Self::Null | Self::Boolean(_) => self.clone(),
            Self::Integer(_) | Self::Double(_) | Self::Text(_) => Self::Text(HIDDEN.to_owned()),
            Self::List(items) => Self::List(items.iter().map(Self::hidden).collect()),
            Self::Table(map) => Self::table(map.iter().map(|(name, value)| (name.clone(), value.hidden()))),
        }
    }

    /// As TOML on one line.
    pub fn to_toml(&self) -> String {
        match self {
            Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Double(_) => self.to_java(),
            Self::Text(text) => quoted(text),
            Self::List(items) => format!("[{}]", items.iter().map(Self::to_toml).collect::<Vec<_>>().join(", ")),
            Self::Table(map) => {
                let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key} = {}", value.to_toml())).collect();
                if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
            }
        }
    }

    /// Every string in it, itself or below.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
            Self::Table(map) => map.values().flat_map(Self::texts).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a default of `key` is a password or contains one.
pub(super) fn is_secret_default(key: &str, default: &Json) -> bool {
    match default {
        Json::Array(items) => items.iter().any(|item| is_secret_default(key, item)),
        Json::Object(object) => object.iter().any(|(key, value)| is_secret_default(key, value)),
        Json::String(text) => {
            // The text can also contain one, as URLs do.
            let line = format!("{} = {default}", Key::new(key).name());
            Key::new(key).is_secret() && hides(text) || masked(&line) != line
        }
        _ => false,
    }
}

/// `text` as a basic string, with control characters escaped so that a terminal does not obey them.
fn quoted(text: &str) -> String {
    let mut result = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            // Writing to a String cannot fail.
            _ if character.is_control() => _ = write!(result, "\\u{:04X}", u32::from(character)),
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn secrets_are_not_shown() {
        for key in [
            "super_admin.password",
            "secrets.admin",
            "encryption.key",
            "apim.ai.key",
            "keystore.tls.key_password",
            "a.'db.password'",
            "a.'db.pass'",
            "a.'db.pass'.value",
        ] {
            assert_eq!(text("hunter2").shown(key), text("***"), "{key}");
        }
        assert_eq!(text("$secret{x}").shown("super_admin.password"), text("$secret{x}"));
        assert_eq!(text("amqp://u:hunter2@h").shown("a.url"), text("amqp://u:***@h"));
        assert_eq!(text("Password is too short").shown("a.PasswordErrorMsg"), text("Password is too short"));
        assert_eq!(Value::Boolean(true).shown("a.enable_password"), Value::Boolean(true));
        let element = Value::table([("name".to_owned(), text("n")), ("password".to_owned(), text("hunter2"))]);
        assert_eq!(Value::List(vec![element]).shown("a.b").to_toml(), "[{ name = \"n\", password = \"***\" }]");
        assert_eq!(Value::List(vec![text("hunter2")]).shown("a.passwords").to_toml(), "[\"***\"]");
    }

    #[test]
    fn passwords_are_found_in_defaults() {
        let is_secret = |key: &str, json: &str| is_secret_default(key, &serde_json::from_str(json).unwrap_or_default());
        assert!(is_secret("super_admin.password", "\"hunter2\""));
        assert!(is_secret("encryption.key", "\"0A\""));
        assert!(is_secret("a.url", "\"amqp://u:hunter2@h\""));
        assert!(is_secret("datasource", "[{\"password\": \"hunter2\"}]"));
        assert!(!is_secret("super_admin.username", "\"admin\""));
        assert!(!is_secret("super_admin.password", "true"));
    }

    #[test]
    fn values_are_written_as_toml() {
        assert_eq!(text("a\"b\\c\n\u{1b}").to_toml(), "\"a\\\"b\\\\c\\n\\u001B\"");
        assert_eq!(Value::List(vec![Value::Integer(1), Value::Double(8192.0)]).to_toml(), "[1, 8192.0]");
        assert_eq!(Value::table([]).to_toml(), "{}");
    }
}
