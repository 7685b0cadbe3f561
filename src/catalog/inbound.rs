//! The protocols of inbound endpoints that open a port: the rows of `rules/catalog/inbound.toml`.

use serde::Deserialize;

use super::place::Place;
use super::server_trait::ServerTrait;

/// A protocol of inbound endpoints. Unless a parameter or a flag says so, the offset is not added to the port.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundProtocol {
    /// Its name in the attribute `protocol`.
    pub protocol: String,
    /// The name of its listeners in every output, after the product's [`inbound_prefix`](super::Product::inbound_prefix).
    pub id: String,
    /// The parameter of the endpoint that sets the port.
    pub port: String,
    /// Whether it uses TLS.
    pub tls: bool,
    /// A parameter of the endpoint that adds the offset if it is true.
    pub offset_parameter: Option<String>,
    /// A flag of the home that adds the offset to the ports of all endpoints.
    pub offset_flag: Option<InboundOffsetFlag>,
    /// The evidence.
    pub source: String,
}

/// A flag that decides whether the offset is added to the ports of inbound endpoints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundOffsetFlag {
    /// The key of deployment.toml.
    pub key: String,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its place in the files that the server reads.
    pub place: Place,
    /// The trait of the servers in which it is true if it is not set.
    pub default: ServerTrait,
}
