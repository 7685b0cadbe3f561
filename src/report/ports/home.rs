//! What every format of `ports` prints: a home, or a product without one, with its listeners.

use crate::catalog::{Product, Version};
use crate::model::Model;
use crate::ports::{Listener, Offset, ServerProfile};

/// A home, or a product without one, with its listeners.
#[derive(Debug)]
pub(crate) struct PortsHome<'a> {
    /// The home; `None` for the defaults of a product.
    pub model: Option<&'a Model>,
    /// The product.
    pub product: Option<&'static Product>,
    /// Its version.
    pub version: Option<Version>,
    /// The offset.
    pub offset: &'a Offset,
    /// The server profile.
    pub profile: Option<&'a ServerProfile>,
    /// The listeners.
    pub listeners: &'a [Listener],
}
