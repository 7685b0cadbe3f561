//! Effective values, for people and as JSON of version 1: its fields are a contract, add and never rename.

use std::fmt::Write;

use serde::Serialize;

use super::{place, printable};
use crate::model::Model;
use crate::paths::DisplayPaths;
use crate::server::mapper::Origin;
use crate::source::FileRange;
use crate::values::Entry;

/// Up to this many columns the comments stand below each other.
const MAX_ALIGNED: usize = 60;

/// A line per value that could stand in deployment.toml, with a comment that tells who has set it, and where.
pub fn text(model: &Model, entries: &[Entry], shown: &DisplayPaths) -> String {
    let line = |entry: &Entry| format!("{} = {}", entry.key, entry.effective.value.shown(entry.key).to_toml());
    let lines: Vec<String> = entries.iter().map(line).collect();
    let width = lines.iter().map(|line| line.chars().count()).filter(|width| *width <= MAX_ALIGNED).max().unwrap_or(0);
    let mut text = String::new();
    for (entry, line) in entries.iter().zip(lines) {
        let mut comment = origin(entry).to_owned();
        if let Some(at) = entry.at {
            let _ = write!(comment, ", {}", place(model, at, shown));
        }
        if let Some(written) = entry.mapped_from {
            let _ = write!(comment, ", written as {written}");
        }
        if let Origin::Inferred { from } = &entry.effective.origin {
            let _ = write!(comment, ", follows from {from}");
        }
        if entry.live == Some(false) {
            comment.push_str(", nothing reads it");
        }
        let _ = writeln!(text, "{line:<width$}  # {comment}");
    }
    printable(&text)
}

#[derive(Serialize)]
struct Document<'a> {
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
pub fn json(model: &Model, entries: &[Entry], shown: &DisplayPaths) -> String {
    super::json_text(&Document { version: 1, values: entries.iter().map(|entry| value_entry(model, entry, shown)).collect() })
}

fn value_entry<'a>(model: &Model, entry: &'a Entry, shown: &DisplayPaths) -> ValueEntry<'a> {
    ValueEntry {
        key: entry.key,
        value: entry.effective.value.shown(entry.key).to_json(),
        origin: origin(entry),
        live: entry.live,
        file: entry.at.map(|at| shown.path(&model.file(at.file).source.path)),
        range: entry.at.map(|at| model.file(at.file).source.place(at.span)),
        mapped_from: entry.mapped_from,
        inferred_from: match &entry.effective.origin {
            Origin::Inferred { from } => Some(from),
            _ => None,
        },
    }
}

fn origin(entry: &Entry) -> &'static str {
    match entry.effective.origin {
        Origin::User { .. } => "user",
        Origin::Inferred { .. } => "inferred",
        Origin::Default => "default",
    }
}
