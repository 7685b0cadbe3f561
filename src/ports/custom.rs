//! `[custom_transport.*]`: Tomcat connectors that users add, in servers that have `custom-connectors` (product-is catalina-server.xml.j2).

use crate::catalog::{Direction, Protocol, ServerTrait};
use crate::model::{DecidedBy, EffectiveFile, Location, Model};
use crate::ports::bind;
use crate::ports::listener::{Listener, Source, State};
use crate::ports::offset::Offset;
use crate::ports::resolve::{Resolved, resolve, resolve_value};
use crate::server::mapper::value::Value;
use crate::source::key::{Key, key_of};

/// Whether a key is that of a connector that users add.
pub(super) fn is_connector(key: &str) -> bool {
    Key::new("custom_transport").covers(Key::new(key))
}

/// The connectors that deployment.toml adds: those in the file that the server renders, otherwise those of its keys.
pub(super) fn connectors_of(model: &Model, offset: &Offset) -> Vec<Listener> {
    match model.effective_file(FILE) {
        Some(file @ EffectiveFile::Rendered(_)) => rendered(model, file, offset),
        _ => by_keys(model, offset),
    }
}

const FILE: &str = "conf/tomcat/catalina-server.xml";
const PORT: &str = "Server/Service/Connector/@port";

fn rendered(model: &Model, file: EffectiveFile, offset: &Offset) -> Vec<Listener> {
    let connectors = model.find_in(file, PORT).into_iter();
    connectors
        .filter_map(|found| {
            let DecidedBy::User(key) = &found.decided_by else { return None };
            let name = name_of(key)?;
            let attribute = |name: &str| model.beside(file, PORT, &found, &format!("@{name}")).map(|found| found.value);
            let source = Source::of(&found);
            Some(connector(name, &attribute, &resolve(model, &found.value), source, offset))
        })
        .collect()
}

fn by_keys(model: &Model, offset: &Offset) -> Vec<Listener> {
    let Some((file, document)) = model.toml().filter(|_| model.has(ServerTrait::CustomConnectors)) else { return Vec::new() };
    let names = document.entries.iter().filter_map(|entry| Some((name_of(&entry.key)?, entry)));
    names
        .map(|(name, entry)| {
            let property = |property: &str| {
                let (_, entry) = model.setting(&key_of(&["custom_transport", name, "properties", property]), &[])?;
                entry.value.as_text()
            };
            let source =
                Source::File { at: Location { file, span: entry.value_span }, anchor: Location { file, span: entry.key_span } };
            connector(name, &property, &resolve_value(model, Value::of_toml(&entry.value).as_ref()), source, offset)
        })
        .collect()
}

/// The name of the connector whose port a key sets.
fn name_of(key: &str) -> Option<&str> {
    let mut segments = Key::new(key).relative_to(Key::new("custom_transport"))?.segments();
    let name = segments.next()?.name;
    segments.map(|segment| segment.text).eq(["properties", "port"]).then_some(name)
}

fn connector(
    name: &str,
    attribute: &dyn Fn(&str) -> Option<String>,
    resolved: &Resolved,
    source: Source,
    offset: &Offset,
) -> Listener {
    let is = |name: &str, value: &str| attribute(name).is_some_and(|text| text.eq_ignore_ascii_case(value));
    let mut listener = Listener {
        id: format!("custom-{name}"),
        description: format!("custom connector {name}"),
        protocol: Protocol::Tcp,
        tls: is("scheme", "https") || is("SSLEnabled", "true"),
        direction: Direction::Inbound,
        base: resolved.number(),
        offset: 0,
        follows_offset: false,
        refused: None,
        random: false,
        // Tomcat binds a connector without an address to all of them.
        bind: attribute("address").map_or_else(|| Some(bind::ANY.to_owned()), |address| bind::address(&address)),
        unknown: match resolved {
            Resolved::Unknown(why) => Some(why.clone()),
            _ => None,
        },
        enabled: true,
        source,
        state: State::Default,
        note: None,
        documented_port: None,
        profile: None,
        row: None,
    };
    listener.normalize_port();
    // Tomcat connectors always follow the offset.
    listener.add_offset(offset);
    listener
}
