//! The emulator of the server: its TOML parser, its config mapper, its template language, and the parts of Java that they use.

pub mod cava_toml;
pub(crate) mod java;
pub mod jinjava;
pub mod mapper;
