//! `trace --format json`, version 1. Its fields are a contract: add, never rename.

use serde::Serialize;

use super::origin;
use crate::model::{EffectiveValue, Location, Model, TracedCondition};
use crate::paths::DisplayPaths;
use crate::server::jinjava::ValueEffect;
use crate::source::FileRange;
use crate::trace::{FileTrace, KeyTrace, LineTrace, TracedPlace};

use super::text::reason;

#[derive(Serialize)]
struct FileDocument {
    version: u32,
    file: String,
    lines: Vec<LineEntry>,
    /// The first line that was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_off: Option<usize>,
}

#[derive(Serialize)]
struct LineDocument {
    version: u32,
    file: String,
    #[serde(flatten)]
    line: LineEntry,
}

#[derive(Serialize)]
struct LineEntry {
    line: usize,
    text: String,
    /// The first part of the template that wrote the line.
    template: Option<PlaceEntry>,
    /// All parts.
    templates: Vec<PlaceEntry>,
    keys: Vec<KeyEntry>,
    conditions: Vec<ConditionEntry>,
}

#[derive(Serialize)]
struct PlaceEntry {
    file: String,
    range: FileRange,
}

#[derive(Serialize)]
struct KeyEntry {
    key: String,
    value: serde_json::Value,
    origin: Option<&'static str>,
    file: Option<String>,
    range: Option<FileRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
}

#[derive(Serialize)]
struct ConditionEntry {
    /// The first key that it tests.
    key: Option<String>,
    file: String,
    range: FileRange,
    expression: String,
    holds: bool,
    #[serde(rename = "loop")]
    is_loop: bool,
    keys: Vec<KeyEntry>,
}

#[derive(Serialize)]
struct KeyDocument {
    version: u32,
    key: String,
    values: Vec<KeyEntry>,
    following: Vec<KeyEntry>,
    places: Vec<KeyPlaceEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    untraced: Vec<UntracedEntry>,
}

#[derive(Serialize)]
struct UntracedEntry {
    file: String,
    reason: String,
}

#[derive(Serialize)]
struct KeyPlaceEntry {
    file: String,
    range: FileRange,
    template: PlaceEntry,
    effect: &'static str,
}

/// One line of a file, or all its lines with values.
pub(crate) fn file(model: &Model, traced: &FileTrace, one: bool, shown: &DisplayPaths) -> String {
    let file = shown.exact(&traced.file.source.path);
    let mut lines: Vec<LineEntry> = traced.lines.iter().map(|line| line_entry(model, traced, line, shown)).collect();
    match lines.pop() {
        Some(line) if one => crate::report::json_text(&LineDocument { version: 1, file, line }),
        last => {
            lines.extend(last);
            crate::report::json_text(&FileDocument { version: 1, file, lines, left_off: traced.left_off })
        }
    }
}

/// The places of a key.
pub(crate) fn key(model: &Model, traced: &KeyTrace, shown: &DisplayPaths) -> String {
    let entries = |values: &[EffectiveValue]| values.iter().map(|value| key_entry(model, value, shown)).collect();
    crate::report::json_text(&KeyDocument {
        version: 1,
        key: traced.key.clone(),
        values: entries(&traced.values),
        following: entries(&traced.following),
        places: traced.places.iter().map(|place| key_place_entry(model, place, shown)).collect(),
        reasons: traced.reasons.iter().map(|why| reason(model, &traced.key, why)).collect(),
        untraced: traced
            .untraced
            .iter()
            .map(|file| UntracedEntry { file: shown.path(&model.layout.root.join(&file.path)), reason: file.why.clone() })
            .collect(),
    })
}

fn line_entry(model: &Model, traced: &FileTrace, line: &LineTrace, shown: &DisplayPaths) -> LineEntry {
    let templates = || line.trace.template.iter().map(|at| place_entry(model, *at, shown));
    LineEntry {
        line: line.line,
        text: traced.masked.of_span(line.span).to_owned(),
        template: templates().next(),
        templates: templates().collect(),
        keys: line.trace.keys.iter().map(|value| key_entry(model, value, shown)).collect(),
        conditions: line.trace.conditions.iter().map(|condition| condition_entry(model, condition, shown)).collect(),
    }
}

fn place_entry(model: &Model, at: Location, shown: &DisplayPaths) -> PlaceEntry {
    let source = &model.file(at.file).source;
    PlaceEntry { file: shown.exact(&source.path), range: source.place(at.span) }
}

fn key_entry(model: &Model, value: &EffectiveValue, shown: &DisplayPaths) -> KeyEntry {
    let place = value.anchor.map(|at| place_entry(model, at, shown));
    KeyEntry {
        value: value.shown().map_or(serde_json::Value::Null, |value| value.to_json()),
        origin: origin(value),
        range: place.as_ref().map(|place| place.range),
        file: place.map(|place| place.file),
        written: value.written.clone().filter(|written| *written != value.key),
        key: value.key.clone(),
    }
}

fn condition_entry(model: &Model, condition: &TracedCondition, shown: &DisplayPaths) -> ConditionEntry {
    let PlaceEntry { file, range } = place_entry(model, condition.at, shown);
    ConditionEntry {
        key: condition.keys.first().map(|value| value.key.clone()),
        file,
        range,
        expression: condition.at.span.of(&model.file(condition.at.file).source.text).to_owned(),
        holds: condition.holds,
        is_loop: condition.is_loop,
        keys: condition.keys.iter().map(|value| key_entry(model, value, shown)).collect(),
    }
}

fn key_place_entry(model: &Model, place: &TracedPlace, shown: &DisplayPaths) -> KeyPlaceEntry {
    KeyPlaceEntry {
        file: shown.exact(&model.layout.root.join(&place.path)),
        range: FileRange { start: place.start, end: place.end },
        template: place_entry(model, place.template, shown),
        effect: match place.effect {
            ValueEffect::Printed => "printed",
            ValueEffect::Decides => "decides",
        },
    }
}
