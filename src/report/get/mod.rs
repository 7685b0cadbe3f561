//! The formats of `get`.

pub mod json;
mod origin;
pub mod text;

use origin::origin;
