//! The emulator of the server: its TOML parser, its config mapper, its template language, and what they take from Java.

pub mod cava_toml;
pub mod java;
pub mod jinjava;
pub mod mapper;
