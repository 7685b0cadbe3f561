//! The values of the flat map: what deployment.toml, infer.json and default.json give a key.

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::jinjava::value::java_double;

/// A flat map with its keys in the order in which they were put.
pub type FlatMap = IndexMap<String, Value>;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// What Java has as `null`: a JSON null, or a key that the server's parser cannot find again.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number: every number of default.json is one.
    Double(f64),
    /// A string, or a date as Java prints it.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An element of an array of tables.
    Table(FlatMap),
}

impl Value {
    /// The value that Gson reads: numbers become doubles.
    pub fn of_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(boolean) => Self::Boolean(*boolean),
            Json::Number(number) => Self::Double(number.as_f64().unwrap_or_default()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Json::Object(object) => Self::Table(object.iter().map(|(key, value)| (key.clone(), Self::of_json(value))).collect()),
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

    /// As JSON, for people and scripts: a whole double without a fraction is written as `8192.0` still.
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
