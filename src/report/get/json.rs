//! `get --format json`, version 1. Its fields are a contract: add, never rename.

use serde::Serialize;

use super::{origin, shown_value};
use crate::get::EffectiveEntry;
use crate::model::Model;
use crate::paths::DisplayPaths;
use crate::server::mapper::Origin;
use crate::source::FileRange;

#[derive(Serialize)]
struct GetDocument<'a> {
    version: u32,
    values: Vec<ValueEntry<'a>>,
}

#[derive(Serialize)]
struct ValueEntry<'a> {
    key: &'a str,
    value: serde_json::Value,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<bool>,
    file: Option<String>,
    range: Option<FileRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mapped_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inferred_from: Option<&'a str>,
}

/// The values as JSON, with a line break at its end.
pub(crate) fn render(model: &Model, entries: &[EffectiveEntry], shown: &DisplayPaths) -> String {
    crate::report::json_text(&GetDocument {
        version: 1,
        values: entries.iter().map(|entry| value_entry(model, entry, shown)).collect(),
    })
}

fn value_entry<'a>(model: &Model, entry: &'a EffectiveEntry, shown: &DisplayPaths) -> ValueEntry<'a> {
    ValueEntry {
        key: &entry.effective.key,
        value: shown_value(entry).to_json(),
        origin: origin(entry),
        live: entry.live,
        file: entry.effective.anchor.map(|at| shown.exact(&model.file(at.file).source.path)),
        range: entry.effective.anchor.map(|at| model.file(at.file).source.place(at.span)),
        mapped_from: entry.mapped_from(),
        inferred_from: match &entry.effective.origin {
            Some(Origin::Inferred { from }) => Some(from),
            _ => None,
        },
    }
}
