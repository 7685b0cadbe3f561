//! The rows of listeners: their ports, what switches them, and how the offset changes them.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::version::Versions;

/// A listener of one or more products.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenerRow {
    /// Its name in every output.
    pub id: String,
    /// Its purpose.
    pub description: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether it uses TLS.
    #[serde(default)]
    pub tls: bool,
    /// Whether the server listens or connects.
    #[serde(default)]
    pub direction: Direction,
    /// The port before the offset; absent if it is random.
    pub port: Option<u16>,
    /// Whether the operating system picks a port each time the server starts.
    #[serde(default)]
    pub random: bool,
    /// How the documentation differs from the code, and why the code is right.
    pub documented_note: Option<String>,
    /// How the offset changes it.
    pub offset: OffsetRule,
    /// The flag of [`OffsetRule::Flag`].
    pub offset_flag: Option<OffsetFlag>,
    /// A `-D` option of the startup script that replaces port and offset.
    pub system_property: Option<String>,
    /// A `-D` option of the startup script that makes the port random.
    pub random_property: Option<String>,
    /// Where the files that the server reads set the port, rendered or not; the first place that exists counts.
    #[serde(default)]
    pub places: Vec<Place>,
    /// Places that must all be true for the listener to open. A missing value counts as true.
    #[serde(default)]
    pub enabled_by: Vec<Place>,
    /// Places that must all be false for the listener to open.
    #[serde(default)]
    pub disabled_by: Vec<Place>,
    /// Whether the server's code has the port if the file that could set it does not. Otherwise the server then opens nothing.
    #[serde(default)]
    pub port_in_code: bool,
    /// The path from what holds the port to the address that it is bound to: `@address`, `../bindAddress`.
    pub bind: Option<String>,
    /// The address that it is bound to if no file says so.
    pub bind_default: Option<String>,
    /// The evidence for both.
    pub bind_source: Option<String>,
    /// The evidence.
    pub source: String,
    /// What differs between products and versions; the first part that matches applies.
    #[serde(rename = "in")]
    pub parts: Vec<ListenerPart>,
}

/// A listener in some products and versions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenerPart {
    /// The products.
    pub products: Vec<String>,
    /// Their versions.
    #[serde(default)]
    pub versions: Versions,
    /// Whether it is open if nothing switches it.
    pub open: bool,
    /// What a user should know about it.
    pub note: Option<String>,
    /// The port in the documentation, if the code has another.
    pub documented_port: Option<u16>,
    /// Replaces the listener's own.
    pub documented_note: Option<String>,
    /// The key that sets the port.
    pub port_key: Option<String>,
    /// Whether the server reads the port only from an integer, and ignores a string.
    #[serde(default)]
    pub port_is_integer: bool,
    /// Other names of that key.
    #[serde(default)]
    pub port_aliases: Vec<String>,
    /// The key that switches it.
    pub switch: Option<Switch>,
    /// Other keys that close it, each with a certain value.
    #[serde(default)]
    pub closed_by: Vec<KeyValue>,
    /// Keys that look like the switch but have no effect here.
    #[serde(default)]
    pub inert_keys: Vec<String>,
    /// Replaces the listener's own port.
    pub port: Option<u16>,
    /// Replaces the listener's own offset rule.
    pub offset: Option<OffsetRule>,
    /// The runtime inside the product that opens it.
    pub profile: Option<String>,
    /// The default offset of that runtime.
    pub runtime_offset: Option<i64>,
    /// A port that another key implies.
    pub port_when: Option<PortWhen>,
    /// The key of the address that it is bound to.
    pub bind_key: Option<String>,
    /// Replaces the listener's own places.
    pub places: Option<Vec<Place>>,
    /// The evidence.
    pub source: Option<String>,
}

/// How the offset changes a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OffsetRule {
    /// Always added.
    Always,
    /// Added if the value is in carbon.xml or a `${Ports…}` reference to it.
    Placeholder,
    /// Added to the default, but not to a port that is set.
    UnlessSet,
    /// Added if a flag of the configuration says so.
    Flag,
    /// Never added.
    Never,
    /// Not verified; treated as not added.
    Unknown,
}

impl OffsetRule {
    /// Whether the offset is added to a port: `is_set` if a file sets it, `in_carbon_xml` if that is carbon.xml or refers to it, `flag` if
    /// the listener's flag is on.
    pub fn applies(self, is_set: bool, in_carbon_xml: bool, flag: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Placeholder => in_carbon_xml,
            Self::UnlessSet => !is_set,
            Self::Flag => flag,
            Self::Never | Self::Unknown => false,
        }
    }
}

/// A flag that decides whether the offset is added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffsetFlag {
    /// The key of deployment.toml.
    pub key: Option<String>,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its place in the files that the server reads.
    pub place: Option<Place>,
    /// Its value if it is not set.
    pub default: bool,
}

/// A key that switches a listener.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The key.
    pub key: String,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What opens the listener.
    pub opens: Opens,
    /// The value of [`Opens::Equals`].
    pub value: Option<String>,
    /// The rendered file whose template tests the key.
    pub template: Option<String>,
}

/// The test of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// Any value that the template engine considers true.
    Truthy,
    /// Only the boolean `true`.
    True,
    /// Any value at all.
    Defined,
    /// One value.
    Equals,
}

/// A key with a value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// The value: text or boolean.
    pub value: serde_json::Value,
}

/// A port that follows from another key's value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortWhen {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The port in that case.
    pub port: u16,
}

/// The transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

impl Protocol {
    /// `tcp` or `udp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// Which side connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The server listens.
    #[default]
    Inbound,
    /// The server connects to a port of another server.
    Outbound,
}
