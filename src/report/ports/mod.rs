//! The formats of `ports`.

pub(crate) mod csv;
pub(crate) mod find;
mod home;
pub(crate) mod json;
pub(crate) mod table;

pub(crate) use home::{Listed, PortsHome};
