//! What every format of `ports` prints: a home, or a product without one, with its listeners.

use crate::catalog::{Product, Version};
use crate::model::{Model, is_loopback};
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

/// Which listeners are listed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Listed {
    /// Also those that do not open.
    pub all: bool,
    /// Only those that other machines can reach.
    pub external: bool,
    /// Only those on this port.
    pub port: Option<u16>,
}

impl Listed {
    /// The listeners of `home` that are listed.
    pub(crate) fn of<'a>(self, home: &PortsHome<'a>) -> impl Iterator<Item = &'a Listener> {
        home.listeners.iter().filter(move |listener| self.takes(listener))
    }

    fn takes(self, listener: &Listener) -> bool {
        (self.all || listener.enabled)
            && self.port.is_none_or(|port| listener.port() == Some(port.into()))
            && !(self.external && listener.bind.as_deref().is_some_and(is_loopback))
    }
}
