//! `[custom_transport.*]`: Tomcat connectors that users add, in servers that have `custom-connectors` (product-is catalina-server.xml.j2).

use crate::catalog::{Direction, Protocol, ServerTrait};
use crate::model::{Location, Model};
use crate::ports::listener::{Listener, Source, State};
use crate::ports::offset::Offset;
use crate::ports::resolve::{Resolved, resolve_toml};
use crate::source::key::{Key, key_of};

/// The connectors that deployment.toml adds.
pub(super) fn connectors_of(model: &Model, offset: &Offset) -> Vec<Listener> {
    let Some((file, document)) = model.toml().filter(|_| model.has(ServerTrait::CustomConnectors)) else { return Vec::new() };
    let names = document.entries.iter().filter_map(|entry| {
        let mut segments = Key::new(&entry.key).relative_to(Key::new("custom_transport"))?.segments();
        let name = segments.next()?.name;
        (segments.map(|segment| segment.text).eq(["properties", "port"])).then_some((name, entry))
    });
    names
        .map(|(name, entry)| {
            let property = |property: &str| model.setting(&key_of(&["custom_transport", name, "properties", property]), &[]);
            let is = |property_name: &str, value: &str| {
                property(property_name)
                    .and_then(|(_, entry)| entry.value.as_text())
                    .is_some_and(|text| text.eq_ignore_ascii_case(value))
            };
            let resolved = resolve_toml(model, &entry.value);
            let mut listener = Listener {
                id: format!("custom-{name}"),
                description: format!("custom connector {name}"),
                protocol: Protocol::Tcp,
                tls: is("scheme", "https") || is("SSLEnabled", "true"),
                direction: Direction::Inbound,
                base: resolved.number(),
                offset: 0,
                random: false,
                unknown: match resolved {
                    Resolved::Unknown(why) => Some(why),
                    _ => None,
                },
                enabled: true,
                source: Source::File {
                    at: Location { file, span: entry.value_span },
                    anchor: Location { file, span: entry.key_span },
                },
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
        })
        .collect()
}
