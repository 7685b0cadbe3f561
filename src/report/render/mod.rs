//! The formats of `render`.

pub(crate) mod json;
pub(crate) mod text;
