//! The formats of `render`.

pub mod json;
pub mod text;
