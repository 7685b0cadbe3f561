//! The effective value of a key: what the server works with, who set it, and where.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Location, Model};
use crate::server::jinjava::PathStep;
use crate::server::mapper::value::Value;
use crate::server::mapper::{Configuration, JsonFile, Origin};
use crate::source::Span;
use crate::source::key::{Key, quoted};
use crate::source::toml::{TomlDocument, TomlEntry, TomlValue};

/// The value that the server uses for a key.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectiveValue {
    /// The key as templates read it, with the index of an element in an array: `datasource[0].url`.
    pub key: String,
    /// The key in deployment.toml that sets it, or that it is inferred from.
    pub written: Option<String>,
    /// The value; `None` if nothing sets it.
    pub value: Option<Value>,
    /// Who set it; `None` if nothing does.
    pub origin: Option<Origin>,
    /// Where the value is, in deployment.toml or default.json. For a member that a table in deployment.toml lacks, the table's header.
    pub at: Option<Location>,
    /// Where its key is.
    pub anchor: Option<Location>,
    /// Whether it must not be shown although its name does not say so.
    pub(crate) is_hidden: bool,
}

impl EffectiveValue {
    /// Whether deployment.toml sets it, or a key that it is inferred from.
    pub fn is_set_by_user(&self) -> bool {
        matches!(self.origin, Some(Origin::User { .. } | Origin::Inferred { .. }))
    }

    /// The text of a string, number or boolean; `None` for other values. A whole number of default.json, where every number is a double, has
    /// no fraction.
    pub fn text(&self) -> Option<String> {
        self.value.as_ref()?.plain_text()
    }

    /// The value as it may be shown, with secrets masked.
    pub fn shown(&self) -> Option<Value> {
        let value = self.value.as_ref()?;
        Some(if self.is_hidden { value.hidden() } else { value.shown(&self.key) })
    }

    /// Whether a part of the value must not be shown.
    pub fn has_secret(&self) -> bool {
        self.shown() != self.value
    }

    /// The key to name to the user: the one in deployment.toml, otherwise the one that templates read.
    pub fn name(&self) -> &str {
        match &self.origin {
            Some(Origin::User { .. }) => self.written.as_deref().unwrap_or(&self.key),
            _ => &self.key,
        }
    }
}

/// The effective values of a home in one environment.
#[derive(Debug, Clone, Copy)]
pub struct EffectiveConfiguration<'a> {
    /// The home.
    pub model: &'a Model,
    /// The configuration.
    pub configuration: &'a Configuration,
}

impl Model {
    /// The effective values in an unknown environment; `None` if the home has no templates, or no usable deployment.toml.
    pub fn effective_configuration(&self) -> Option<EffectiveConfiguration<'_>> {
        let (_, configuration) = self.configuration()?;
        Some(EffectiveConfiguration { model: self, configuration })
    }

    /// The effective values of a configuration of this home.
    pub fn effective_with<'a>(&'a self, configuration: &'a Configuration) -> EffectiveConfiguration<'a> {
        EffectiveConfiguration { model: self, configuration }
    }
}

impl EffectiveConfiguration<'_> {
    /// The effective value of a flattened key, such as `server.offset`.
    pub fn get(self, key: &str) -> EffectiveValue {
        let steps = Key::new(key).split_by_server().unwrap_or_default().into_iter().map(|segment| PathStep::Key(segment.into()));
        self.at(&steps.collect::<Vec<_>>())
    }

    /// The effective value of a key exactly as the mapper has it; `None` if nothing sets it.
    pub fn of_flat(self, key: &str) -> Option<EffectiveValue> {
        let effective = self.configuration.get(key)?;
        Some(self.located(key.to_owned(), key, &effective.origin, Some(&effective.value), &[]))
    }

    /// The effective value of a key with the index of an element in an array, such as `datasource[0].url`.
    pub fn get_text(self, key: &str) -> EffectiveValue {
        self.at(&path_of(key))
    }

    /// The effective value at a path in the tree that templates read.
    pub fn at(self, path: &[PathStep]) -> EffectiveValue {
        let key = text_of(path);
        let keys = path.iter().take_while(|step| matches!(step, PathStep::Key(_))).count();
        let set: Vec<(usize, String)> = (1..=keys)
            .rev()
            .map(|len| (len, text_of(&path[..len])))
            .filter(|(_, flat)| self.configuration.get(flat).is_some())
            .collect();
        // A key and a table around it can both be set; the server's map decides which of them templates see.
        let names: Vec<&str> = set.iter().map(|(_, flat)| flat.as_str()).collect();
        let last = if names.len() > 1 { self.configuration.last_of(&names) } else { names.first().copied() };
        if let Some((len, flat)) = set.iter().find(|(_, flat)| Some(flat.as_str()) == last)
            && let Some(effective) = self.configuration.get(flat)
        {
            let value = member(&effective.value, &path[*len..]);
            return self.located(key, flat, &effective.origin, value, &path[*len..]);
        }
        self.table(key)
    }

    /// The effective value of a table: its values by their keys, with the origin of the first that the user set.
    fn table(self, key: String) -> EffectiveValue {
        let below: BTreeMap<&str, _> = self.configuration.below(&key).collect();
        let none = EffectiveValue {
            key: key.clone(),
            written: None,
            value: None,
            origin: None,
            at: None,
            anchor: None,
            is_hidden: false,
        };
        let by_user = below.iter().find(|(_, effective)| matches!(effective.origin, Origin::User { .. }));
        let Some((first, effective)) = by_user.or_else(|| below.iter().next()) else { return none };
        let located = self.located(key.clone(), first, &effective.origin, None, &[]);
        let name = |name: &str| name.get(key.len() + 1..).unwrap_or_default().to_owned();
        let values = Value::table(below.iter().map(|(key, effective)| (name(key), effective.value.clone())));
        let is_hidden = below.keys().any(|key| self.configuration.hides(key));
        EffectiveValue { is_hidden, key, value: Some(values), ..located }
    }

    fn located(self, key: String, flat: &str, origin: &Origin, value: Option<&Value>, below: &[PathStep]) -> EffectiveValue {
        let (written, at, anchor) = match origin {
            Origin::User { key } => self.written_at(key, below),
            Origin::Inferred { from } => match self.configuration.setting_of(from) {
                Some((from, _)) => self.written_at(from, &[]),
                None => (None, None, None),
            },
            Origin::Default => {
                let at = self.model.home_default(flat).map(|(_, at)| at);
                (None, at, at)
            }
        };
        let set = value.is_some() || below.is_empty();
        let origin = set.then(|| origin.clone());
        EffectiveValue { key, written, value: value.cloned(), origin, at, anchor, is_hidden: self.configuration.hides(flat) }
    }

    /// The written key, and where its value and the key are in deployment.toml. `below` leads from its value to the wanted one.
    fn written_at(self, key: &str, below: &[PathStep]) -> (Option<String>, Option<Location>, Option<Location>) {
        let Some((file, document)) = self.model.toml() else { return (Some(key.to_owned()), None, None) };
        let found = WrittenValue::find(document, key, below);
        let place = |span: Span| Location { file, span };
        let written = Some(format!("{key}{}", suffix_of(below)));
        if let Some(WrittenValue { at, anchor }) = found {
            return (written, Some(place(at)), Some(place(anchor)));
        }
        let setting = self.configuration.settings.get(key).map(|setting| place(setting.key));
        (written, setting, setting)
    }

    /// The keys in deployment.toml that set a value, with the index of an element in an array; for a table, those in it.
    pub fn settings_of(self, value: &EffectiveValue) -> Vec<String> {
        let by_user = |origin: &Origin| match origin {
            Origin::User { key } => Some(key.clone()),
            Origin::Inferred { from } => self.configuration.setting_of(from).map(|(key, _)| key.to_owned()),
            Origin::Default => None,
        };
        let below = self.configuration.below(&value.key).filter_map(|(_, effective)| by_user(&effective.origin));
        let mut keys: Vec<String> = below.collect();
        keys.extend(value.written.clone().filter(|_| value.is_set_by_user()));
        keys.sort();
        keys.dedup();
        keys
    }

    /// The key to write in deployment.toml to set `key`: itself, unless key-mappings.json gives it another name and renames it away.
    pub fn written_name(self, key: &str) -> String {
        let Some(mapping) = self.model.mapping() else { return key.to_owned() };
        if mapping.resources.targets(key).contains(&key) {
            return key.to_owned();
        }
        let mappings = mapping.resources.json(JsonFile::KeyMappings);
        let name = mappings.keys().find(|name| mapping.resources.targets(name).contains(&key));
        name.map_or(key, String::as_str).to_owned()
    }

    /// The values that `key` refers to with `$ref{}`, directly or through others.
    pub fn references(self, key: &EffectiveValue) -> Vec<EffectiveValue> {
        let flat = Key::new(&key.key).into_list().map_or(key.key.as_str(), |(list, ..)| list.as_str());
        self.configuration.references(flat).into_iter().map(|name| self.get(name)).collect()
    }
}

/// Where a value is in deployment.toml.
struct WrittenValue {
    at: Span,
    anchor: Span,
}

impl WrittenValue {
    /// The place of what `below` leads to in the value of `key`.
    fn find(document: &TomlDocument, key: &str, below: &[PathStep]) -> Option<Self> {
        let mut key = key.to_owned();
        let mut elements = Vec::new();
        let mut holder = None;
        for (number, step) in below.iter().enumerate() {
            match step {
                PathStep::Item(index) => {
                    if let Some(entry) = document.entry_in(&key, &elements) {
                        return Some(Self::item(entry, &below[number..]));
                    }
                    key.push_str("[]");
                    elements.push(*index);
                    holder = document.element(&key, &elements).map(|table| table.span).or(holder);
                }
                PathStep::Key(name) => {
                    key.push('.');
                    key.push_str(&quoted(name));
                }
            }
        }
        if let Some(entry) = document.entry_in(&key, &elements) {
            return Some(Self { at: entry.value_span, anchor: entry.key_span });
        }
        // A table of an element that its members define, or a member that it lacks.
        let inside = format!("{key}.");
        let first = document.entries.iter().find(|entry| entry.key.starts_with(&inside) && entry.elements.starts_with(&elements));
        let header = document.tables.iter().find(|table| *table.key == *key && table.elements.starts_with(&elements));
        let span = header.map(|table| table.span).or(holder).or(first.map(|entry| entry.key_span));
        span.map(|span| Self { at: span, anchor: span })
    }

    /// An item of an array without tables.
    fn item(entry: &TomlEntry, below: &[PathStep]) -> Self {
        let mut span = entry.value_span;
        let mut value = &entry.value;
        for step in below {
            let (PathStep::Item(index), TomlValue::Array(items)) = (step, value) else { break };
            let Some((item, item_span)) = items.get(*index) else { break };
            value = item;
            span = *item_span;
        }
        Self { at: span, anchor: entry.key_span }
    }
}

/// What `below` leads to in `value`. Elements of arrays are flat maps.
fn member<'v>(value: &'v Value, below: &[PathStep]) -> Option<&'v Value> {
    match (value, below) {
        (value, []) => Some(value),
        (Value::List(items), [PathStep::Item(index), rest @ ..]) => member(items.get(*index)?, rest),
        (Value::Table(map), below) => {
            let keys = below.iter().take_while(|step| matches!(step, PathStep::Key(_))).count();
            (1..=keys).rev().find_map(|len| member(map.get(&text_of(&below[..len]))?, &below[len..]))
        }
        _ => None,
    }
}

/// A path as text: `datasource[0].url`.
pub(crate) fn text_of(path: &[PathStep]) -> String {
    suffix_of(path).trim_start_matches('.').to_owned()
}

/// A key without the indexes of elements, as schemas know it: `datasource[].url` for `datasource[0].url`.
pub(crate) fn without_indexes(key: &str) -> String {
    Key::new(key).of_any_element()
}

/// The path that a text describes.
fn path_of(key: &str) -> Vec<PathStep> {
    let mut path = Vec::new();
    for (number, part) in key.split('[').enumerate() {
        let (index, rest) = if number == 0 {
            (None, part)
        } else {
            part.split_once(']').map_or((None, part), |(index, rest)| (Some(index), rest))
        };
        path.extend(index.and_then(|index| index.parse().ok()).map(PathStep::Item));
        path.extend(
            Key::new(rest).split_by_server().unwrap_or_default().into_iter().map(|segment| PathStep::Key(segment.into())),
        );
    }
    path
}

fn suffix_of(path: &[PathStep]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            PathStep::Key(name) => {
                text.push('.');
                text.push_str(&quoted(name));
            }
            PathStep::Item(index) => write!(text, "[{index}]").unwrap_or_default(),
        }
    }
    text
}
