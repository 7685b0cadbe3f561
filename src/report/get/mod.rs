//! The formats of `get`.

pub(crate) mod json;
mod origin;
pub(crate) mod text;

use origin::{origin, shown_value};
