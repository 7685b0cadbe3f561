//! The formats of `ports`.

pub(crate) mod csv;
mod home;
pub(crate) mod json;
pub(crate) mod table;

pub(crate) use home::PortsHome;
