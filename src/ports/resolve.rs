//! Resolves a port or offset as written: numbers, and references that the files of the home determine.

use crate::catalog::Place;
use crate::model::{DecidedBy, EffectiveFile, FoundValue, Model};
use crate::server::mapper::value::Value;
use crate::source::toml::TomlValue;

/// The result of resolving a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Resolved {
    /// A number.
    Number(i64),
    /// A number in carbon.xml that the value refers to, as it was found there; without carbon.xml, the default.
    Ports(i64, Option<Box<FoundValue>>),
    /// A value that the home does not determine, and why.
    Unknown(String),
}

impl Resolved {
    /// The number, if it is known.
    pub(crate) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) | Self::Ports(number, _) => Some(*number),
            Self::Unknown(_) => None,
        }
    }
}

/// The maximum length of a chain of references; a longer one counts as a cycle.
const MAX_REFERENCES: usize = 8;

/// Resolves a value of deployment.toml; `None` is one that a deployment tool substitutes.
pub(crate) fn resolve_value(model: &Model, value: Option<&Value>) -> Resolved {
    match value {
        None => Resolved::Unknown("a deployment tool sets it".to_owned()),
        Some(Value::Integer(number)) => java_int(*number),
        Some(Value::Text(text)) => resolve_text(model, text, 0),
        Some(Value::Double(number)) => match value.and_then(Value::plain_text).and_then(|text| text.parse().ok()) {
            Some(number) => java_int(number),
            None => Resolved::Unknown(format!("`{number}` is not a number")),
        },
        Some(other) => Resolved::Unknown(
            other.plain_text().map_or_else(|| "not a number".to_owned(), |text| format!("`{text}` is not a number")),
        ),
    }
}

/// Resolves a value of an XML, YAML or properties file, or of a script option.
pub(crate) fn resolve(model: &Model, text: &str) -> Resolved {
    resolve_text(model, text, 0)
}

fn resolve_text(model: &Model, text: &str, depth: usize) -> Resolved {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return java_int(number);
    }
    if text.contains("{{") || text.contains("<%") {
        return Resolved::Unknown("a deployment tool sets it".to_owned());
    }
    if depth > MAX_REFERENCES {
        return Resolved::Unknown(format!("`{text}` refers to itself"));
    }
    let inside = |open: &str| text.strip_prefix(open).and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = inside("$ref{") {
        return referred(model, name, depth);
    }
    if let Some(name) = inside("$sys{") {
        return system_property(model, name, depth)
            .unwrap_or_else(|| Resolved::Unknown(format!("system property `{name}` is only known at startup")));
    }
    if let Some(name) = inside("$env{") {
        return Resolved::Unknown(format!("environment variable `{name}` is only known at startup"));
    }
    if let Some(name) = inside("${") {
        if let Some(path) = name.strip_prefix("Ports.") {
            return in_carbon_xml(model, path);
        }
        let name = name.strip_prefix("sys:").unwrap_or(name);
        return system_property(model, name, depth)
            .unwrap_or_else(|| Resolved::Unknown(format!("`{text}` is only known at startup")));
    }
    if text.contains('$') {
        return Resolved::Unknown(format!("`{text}` is only known at startup"));
    }
    Resolved::Unknown(if text.is_empty() { "the value is empty".to_owned() } else { format!("`{text}` is not a number") })
}

/// The server reads ports and offsets with `Integer.parseInt`, which refuses numbers that do not fit in 32 bits.
fn java_int(number: i64) -> Resolved {
    match i32::try_from(number) {
        Ok(number) => Resolved::Number(number.into()),
        Err(_) => Resolved::Unknown(format!("`{number}` does not fit in 32 bits")),
    }
}

/// Resolves `$ref{key}`: the user's value, otherwise the home's default.
fn referred(model: &Model, key: &str, depth: usize) -> Resolved {
    if let Some((_, entry)) = model.setting(key, &[]) {
        return match &entry.value {
            TomlValue::String(text) => resolve_text(model, text, depth + 1),
            value => resolve_value(model, Value::of_toml(value).as_ref()),
        };
    }
    match model.home_default(key) {
        Some((value, _)) => match value.as_str() {
            Some(text) => resolve_text(model, text, depth + 1),
            None => value.as_i64().map_or_else(|| Resolved::Unknown(format!("`{key}` is not a number")), java_int),
        },
        None => Resolved::Unknown(format!("`$ref{{{key}}}` refers to a key that is not set")),
    }
}

/// Resolves `-Dname=value` of the start script; `None` if it is not set or contains a variable.
fn system_property(model: &Model, name: &str, depth: usize) -> Option<Resolved> {
    let (_, options) = model.script()?;
    let value = options.iter().rev().find(|option| option.name == name)?.value.as_deref()?;
    (!value.contains('$')).then(|| resolve_text(model, value, depth + 1))
}

/// Resolves `${Ports.A.B}`, which is `/Server/Ports/A/B` of carbon.xml (carbon-kernel CarbonUtils.getPortFromServerConfig).
fn in_carbon_xml(model: &Model, path: &str) -> Resolved {
    let path = format!("Server/Ports/{}", path.replace('.', "/"));
    let place = Place::new("conf/carbon.xml", &path);
    if let Some(EffectiveFile::Unreadable(why)) = model.effective_file(&place.file) {
        return Resolved::Unknown(format!("carbon.xml is unknown: {why}"));
    }
    let Some(found) = model.find(&place).into_iter().next() else {
        return match default_at(&place) {
            Some(port) => Resolved::Ports(port.into(), None),
            None => Resolved::Unknown(format!("carbon.xml has no `{}`", place.path)),
        };
    };
    match found.value.trim().parse() {
        Ok(number) if java_int(number).number().is_some() => {
            // In a file of the home, the value is the place to report.
            let anchor = if found.decided_by == DecidedBy::File { found.at } else { found.anchor };
            Resolved::Ports(number, Some(Box::new(FoundValue { anchor, ..found })))
        }
        _ => Resolved::Unknown(format!("`{}` in carbon.xml is not a number", place.path)),
    }
}

/// The catalogue's port for a place in carbon.xml, for homes without the file.
fn default_at(place: &Place) -> Option<u16> {
    let here = |known: &Place| known.file == place.file && known.path == place.path;
    crate::catalog::catalog().listeners.iter().find(|listener| listener.places.iter().any(here))?.port
}
