//! What `get` calls the origin of a value.

use crate::server::mapper::Origin;
use crate::values::Entry;

/// `user`, `inferred` or `default`.
pub(super) fn origin(entry: &Entry) -> &'static str {
    match entry.effective.origin {
        Origin::User { .. } => "user",
        Origin::Inferred { .. } => "inferred",
        Origin::Default => "default",
    }
}
