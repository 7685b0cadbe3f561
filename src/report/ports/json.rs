//! `ports --format json`, version 1. Its fields are a contract: add, never rename.

use serde::Serialize;

use crate::catalog::{Direction, Protocol};
use crate::home::Generation;
use crate::model::{Location, Model};
use crate::paths::DisplayPaths;
use crate::ports::{Conflict, Conflicts, Listener, OffsetSource, Suggestion};
use crate::report::ports::{Listed, PortsHome};
use crate::source::FileRange;

#[derive(Serialize)]
struct PortsDocument<'a> {
    version: u32,
    homes: Vec<PortsHomeEntry<'a>>,
    conflicts: Vec<ConflictEntry<'a>>,
    suggested_offsets: Vec<SuggestedOffset>,
}

#[derive(Serialize)]
struct PortsHomeEntry<'a> {
    path: Option<String>,
    product: Option<&'a str>,
    version: Option<String>,
    generation: Option<Generation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
    offset: OffsetEntry,
    listeners: Vec<ListenerEntry<'a>>,
}

#[derive(Serialize)]
struct OffsetEntry {
    value: Option<i64>,
    source: SourceEntry,
}

#[derive(Serialize)]
struct SourceEntry {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<FileRange>,
}

#[derive(Serialize)]
struct ListenerEntry<'a> {
    id: &'a str,
    protocol: Protocol,
    tls: bool,
    direction: Direction,
    base: Option<i64>,
    offset: i64,
    port: Option<i64>,
    enabled: bool,
    random: bool,
    description: &'a str,
    bind: Option<&'a str>,
    source: SourceEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documented_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
}

#[derive(Serialize)]
struct ConflictEntry<'a> {
    port: i64,
    protocol: Protocol,
    listeners: Vec<ConflictListener<'a>>,
    suggested_offset: Option<SuggestedOffset>,
}

#[derive(Serialize)]
struct ConflictListener<'a> {
    home: Option<String>,
    id: &'a str,
}

#[derive(Serialize)]
struct SuggestedOffset {
    home: Option<String>,
    value: i64,
}

/// Writes the ports of `homes`, with a line break at the end.
pub(crate) fn render(homes: &[PortsHome], conflicts: &Conflicts, listed: Listed, shown: &DisplayPaths) -> String {
    let document = PortsDocument {
        version: 1,
        homes: homes.iter().map(|home| home_entry(home, listed, shown)).collect(),
        conflicts: conflicts.conflicts.iter().map(|conflict| conflict_entry(homes, conflict, shown)).collect(),
        suggested_offsets: conflicts.offsets.iter().map(|suggestion| suggested(homes, *suggestion, shown)).collect(),
    };
    crate::report::json_text(&document)
}

fn home_entry<'a>(home: &PortsHome<'a>, listed: Listed, shown: &DisplayPaths) -> PortsHomeEntry<'a> {
    let model = home.model;
    let source = match home.offset.source {
        OffsetSource::File(at) => source_entry(model, "file", Some(at), shown),
        OffsetSource::Flag => source_entry(model, "flag", None, shown),
        OffsetSource::Default => source_entry(model, "default", None, shown),
    };
    PortsHomeEntry {
        path: model.map(|model| shown.exact(model.path())),
        product: home.product.map(|product| product.id.as_str()),
        version: home.version.as_ref().map(ToString::to_string),
        generation: model.map(|model| model.generation),
        profile: model.and_then(|model| model.identity.profile.as_deref()),
        offset: OffsetEntry { value: home.offset.value, source },
        listeners: listed.of(home).map(|listener| listener_entry(model, listener, shown)).collect(),
    }
}

fn source_entry(model: Option<&Model>, kind: &'static str, at: Option<Location>, shown: &DisplayPaths) -> SourceEntry {
    let source = model.zip(at).map(|(model, at)| (&model.file(at.file).source, at.span));
    SourceEntry {
        kind,
        file: source.map(|(source, _)| shown.exact(&source.path)),
        range: source.map(|(source, span)| source.place(span)),
    }
}

fn listener_entry<'a>(model: Option<&Model>, listener: &'a Listener, shown: &DisplayPaths) -> ListenerEntry<'a> {
    let source = source_entry(model, listener.source.kind(), listener.source.at(), shown);
    ListenerEntry {
        id: &listener.id,
        protocol: listener.protocol,
        tls: listener.tls,
        direction: listener.direction,
        base: listener.base,
        offset: listener.offset,
        port: listener.port(),
        enabled: listener.enabled,
        random: listener.random,
        description: &listener.description,
        bind: listener.bind.as_deref(),
        source,
        unknown: listener.unknown.as_deref(),
        note: listener.note.as_deref(),
        documented_port: listener.documented_port,
        profile: listener.profile.as_deref(),
    }
}

fn conflict_entry<'a>(homes: &[PortsHome<'a>], conflict: &Conflict, shown: &DisplayPaths) -> ConflictEntry<'a> {
    let listeners = conflict.listeners.iter();
    ConflictEntry {
        port: conflict.port,
        protocol: conflict.protocol,
        listeners: listeners
            .map(|listener| ConflictListener {
                home: path_of(homes, listener.home, shown),
                id: &homes[listener.home].listeners[listener.listener].id,
            })
            .collect(),
        suggested_offset: conflict.suggestion.map(|suggestion| suggested(homes, suggestion, shown)),
    }
}

fn suggested(homes: &[PortsHome], suggestion: Suggestion, shown: &DisplayPaths) -> SuggestedOffset {
    SuggestedOffset { home: path_of(homes, suggestion.home, shown), value: suggestion.offset }
}

fn path_of(homes: &[PortsHome], home: usize, shown: &DisplayPaths) -> Option<String> {
    homes[home].model.map(|model| shown.exact(model.path()))
}
