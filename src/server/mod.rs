//! The emulator of the server: its TOML parser, its config mapper, its template language, and the parts of Java that they use.

pub(crate) mod cava_toml;
pub(crate) mod java;
pub(crate) mod jinjava;
pub(crate) mod mapper;
