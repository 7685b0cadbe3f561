//! What `get` calls the origin of a value, and the value as it may be shown.

use crate::get::EffectiveEntry;
use crate::server::mapper::Origin;
use crate::server::mapper::value::Value;

/// `user`, `inferred` or `default`.
pub(super) fn origin(entry: &EffectiveEntry) -> &'static str {
    match entry.effective.origin {
        Some(Origin::User { .. }) => "user",
        Some(Origin::Inferred { .. }) => "inferred",
        Some(Origin::Default) | None => "default",
    }
}

/// The value, with secrets masked.
pub(super) fn shown_value(entry: &EffectiveEntry) -> Value {
    entry.effective.shown().unwrap_or(Value::Null)
}
