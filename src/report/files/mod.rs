//! The formats of `lint --list-files`.

pub(crate) mod json;
pub(crate) mod text;
