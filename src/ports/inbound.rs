//! Inbound endpoints that users add to the synapse configuration, in addition to those of the product.

use crate::catalog::{Direction, Protocol, catalog};
use crate::home::INBOUND_ENDPOINTS;
use crate::model::place;
use crate::model::{Content, FileId, Location, Model};
use crate::ports::listener::{Listener, Source, State};
use crate::ports::offset::Offset;
use crate::ports::profile::ServerProfile;
use crate::ports::resolve::{Resolved, resolve};

/// Inbound protocols that open a port: name, id of the listener, parameter of the port, whether it uses TLS.
const PROTOCOLS: [(&str, &str, &str, bool); 7] = [
    ("http", "inbound-http", "inbound.http.port", false),
    ("https", "inbound-https", "inbound.http.port", true),
    ("ws", "inbound-ws", "inbound.ws.port", false),
    ("wss", "inbound-wss", "inbound.ws.port", true),
    ("hl7", "inbound-hl7", "inbound.hl7.Port", false),
    ("cxf_ws_rm", "inbound-cxf-ws-rm", "inbound.cxf.rm.port", false),
    ("tcp", "inbound-tcp", "inbound.tcp.port", false),
];

/// The listeners of the inbound endpoints in files that the catalogue does not list.
pub(super) fn endpoints_of(model: &Model, offset: &Offset, profile: Option<&ServerProfile>) -> Vec<Listener> {
    let known = |name: &str| catalog().listeners.iter().any(|row| row.places.iter().any(|place| place.file == name));
    model
        .files()
        .filter(|(_, file)| file.name.starts_with(INBOUND_ENDPOINTS) && !known(&file.name))
        .filter_map(|(id, _)| endpoint(model, id, offset, profile))
        .collect()
}

fn endpoint(model: &Model, file: FileId, offset: &Offset, profile: Option<&ServerProfile>) -> Option<Listener> {
    let value = |path: &str| place::find_in(model, file, path).into_iter().next();
    let protocol = value("inboundEndpoint/@protocol")?;
    let (_, id, parameter, tls) = PROTOCOLS.iter().find(|(name, ..)| *name == protocol.value.trim())?;
    let port = value(&format!("inboundEndpoint/parameters/parameter[@name='{parameter}']"))?;
    let name = value("inboundEndpoint/@name").map_or_else(|| "?".to_owned(), |name| name.value);
    let suspended = value("inboundEndpoint/@suspend").filter(|suspend| suspend.value.trim().eq_ignore_ascii_case("true"));
    let resolved = resolve(model, &port.value);
    let adds_offset = match *id {
        "inbound-ws" | "inbound-wss" => {
            // Only with this parameter of the endpoint (carbon-mediation PersistenceUtils.java).
            value("inboundEndpoint/parameters/parameter[@name='ws.use.port.offset']")
                .is_some_and(|flag| flag.value.trim() == "true")
        }
        "inbound-http" | "inbound-https" => http_follows_offset(model),
        _ => false,
    };
    let mut listener = Listener {
        id: if model.is_product(&["micro-integrator"]) { format!("mi-{id}") } else { (*id).to_owned() },
        description: format!("inbound endpoint {name}"),
        protocol: Protocol::Tcp,
        tls: *tls,
        direction: Direction::Inbound,
        base: resolved.number(),
        offset: 0,
        random: false,
        unknown: match &resolved {
            Resolved::Unknown(why) => Some(why.clone()),
            _ => None,
        },
        enabled: suspended.is_none() && profile.is_none_or(|profile| profile.opens("passthru-http")),
        source: Source::File { at: port.at, anchor: port.anchor },
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

/// Whether HTTP inbound endpoints add the offset: `synapse_properties.'inbound.port.offset.enable'`. API Manager sets it from 4.0 on,
/// Micro Integrator sets it to false, and older products do not have it (carbon-mediation 4.7.99 InboundHttpListener.java).
fn http_follows_offset(model: &Model) -> bool {
    let key = "synapse_properties.'inbound.port.offset.enable'";
    let aliases = ["mediation.inbound.port_offset_enable".to_owned()];
    if let Some(given) = model.given(key, &aliases) {
        return given.value.as_text().as_deref() == Some("true");
    }
    let written = model.file_at("conf/synapse.properties").and_then(|file| match &model.file(file).content {
        Content::Properties(properties) => {
            properties.get("inbound.port.offset.enable").map(|property| property.trimmed() == "true")
        }
        _ => None,
    });
    let since_4_0 = || {
        crate::catalog::Versions::parse(">=4.0")
            .is_ok_and(|versions| model.catalogue_version().is_some_and(|version| versions.contains(&version)))
    };
    written.unwrap_or_else(|| model.is_product(&["api-manager", "universal-gateway"]) && since_4_0())
}

impl Listener {
    /// Where an inbound endpoint or custom connector sets its port; `None` for listeners of the catalogue.
    pub fn endpoint(&self) -> Option<Location> {
        self.row.is_none().then(|| self.source.anchor()).flatten()
    }
}
