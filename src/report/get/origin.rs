//! What `get` calls the origin of a value.

use crate::get::EffectiveEntry;
use crate::server::mapper::Origin;

/// `user`, `inferred` or `default`.
pub(super) fn origin(entry: &EffectiveEntry) -> &'static str {
    match entry.effective.origin {
        Origin::User { .. } => "user",
        Origin::Inferred { .. } => "inferred",
        Origin::Default => "default",
    }
}
