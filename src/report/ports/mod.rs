//! The formats of `ports`.

pub mod csv;
mod home;
pub mod json;
pub mod table;

pub use home::PortsHome;
