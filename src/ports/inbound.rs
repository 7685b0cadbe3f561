//! Inbound endpoints that users add to the synapse configuration, in addition to those of the product.

use std::collections::BTreeSet;

use crate::catalog::{Direction, InboundOffsetFlag, Protocol, catalog};
use crate::home::INBOUND_ENDPOINTS;
use crate::model::{EffectiveFile, Location, Model};
use crate::ports::listener::{Listener, Source, State};
use crate::ports::offset::Offset;
use crate::ports::profile::ServerProfile;
use crate::ports::resolve::{Resolved, resolve};

/// The listeners of the inbound endpoints in files that the catalogue does not list, rendered or not.
pub(super) fn endpoints_of(model: &Model, offset: &Offset, profile: Option<&ServerProfile>) -> Vec<Listener> {
    let known = |name: &str| catalog().listeners.iter().any(|row| row.places.iter().any(|place| place.file == name));
    let rendered = model.configuration().into_iter().flat_map(|(mapping, _)| &mapping.resources.templates);
    let names: BTreeSet<&str> = model.files.iter().map(|file| &file.name).chain(rendered).map(String::as_str).collect();
    names
        .into_iter()
        .filter(|name| name.starts_with(INBOUND_ENDPOINTS) && !known(name))
        .filter_map(|name| endpoint(model, model.effective_file(name)?, offset, profile))
        .collect()
}

fn endpoint(model: &Model, file: EffectiveFile, offset: &Offset, profile: Option<&ServerProfile>) -> Option<Listener> {
    let value = |path: &str| model.find_in(file, path).into_iter().next();
    let protocol = value("inboundEndpoint/@protocol")?;
    let protocol = catalog().inbound_protocol(protocol.value.trim())?;
    let parameter = |name: &str| value(&format!("inboundEndpoint/parameters/parameter[@name='{name}']"));
    let port = parameter(&protocol.port)?;
    let name = value("inboundEndpoint/@name").map_or_else(|| "?".to_owned(), |name| name.value);
    let suspended = value("inboundEndpoint/@suspend").filter(|suspend| suspend.value.trim().eq_ignore_ascii_case("true"));
    let resolved = resolve(model, &port.value);
    let is_true = |name: &String| parameter(name).is_some_and(|found| found.value.trim() == "true");
    let adds_offset = protocol.offset_parameter.as_ref().is_some_and(is_true)
        || protocol.offset_flag.as_ref().is_some_and(|flag| is_on(flag, model));
    let prefix = model.product().map_or("", |product| product.inbound_prefix.as_str());
    let mut listener = Listener {
        id: format!("{prefix}{}", protocol.id),
        description: format!("inbound endpoint {name}"),
        protocol: Protocol::Tcp,
        tls: protocol.tls,
        direction: Direction::Inbound,
        base: resolved.number(),
        offset: 0,
        follows_offset: false,
        refused: None,
        random: false,
        bind: None,
        unknown: match &resolved {
            Resolved::Unknown(why) => Some(why.clone()),
            _ => None,
        },
        enabled: suspended.is_none() && profile.is_none_or(|profile| profile.opens("passthru-http")),
        source: Source::of(&port),
        state: suspended.map_or(State::Default, |suspend| State::Switched(suspend.anchor)),
        note: None,
        documented_port: None,
        profile: None,
        row: None,
    };
    listener.normalize_port();
    if adds_offset {
        listener.add_offset(offset);
    }
    Some(listener)
}

/// Whether a flag adds the offset to the ports of all endpoints of a protocol.
fn is_on(flag: &InboundOffsetFlag, model: &Model) -> bool {
    if let Some(file) = model.effective_file(&flag.place.file) {
        let found = model.find_in(file, &flag.place.path).into_iter().next();
        return found.map_or_else(|| model.has(flag.default), |found| found.value.trim() == "true");
    }
    let given = model.given(&flag.key, &flag.aliases);
    given.map_or_else(|| model.has(flag.default), |given| given.text().as_deref() == Some("true"))
}

impl Listener {
    /// Where an inbound endpoint or custom connector sets its port; `None` for listeners of the catalogue.
    pub fn endpoint(&self) -> Option<Location> {
        self.row.is_none().then(|| self.source.anchor()).flatten()
    }
}
