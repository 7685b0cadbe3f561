//! The formats of `trace`.

pub(crate) mod json;
pub(crate) mod text;

use crate::model::EffectiveValue;
use crate::server::mapper::Origin;

/// `user`, `inferred` or `default`; `None` if nothing sets the value.
fn origin(value: &EffectiveValue) -> Option<&'static str> {
    value.origin.as_ref().map(|origin| match origin {
        Origin::User { .. } => "user",
        Origin::Inferred { .. } => "inferred",
        Origin::Default => "default",
    })
}
