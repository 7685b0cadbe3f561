//! The address that a listener is bound to, where the configuration or the product's code decides it.

use crate::catalog::{ListenerPart, ListenerRow, Place};
use crate::model::{EffectiveFile, FoundValue, Model};

/// Every address of the machine.
pub(super) const ANY: &str = "0.0.0.0";

/// The address beside a port that was found in a file, otherwise the listener's default.
pub(super) fn of_found(
    model: &Model,
    row: &ListenerRow,
    file: EffectiveFile,
    place: &Place,
    found: &FoundValue,
) -> Option<String> {
    let beside = row.bind.as_deref().and_then(|relative| model.beside(file, &place.path, found, relative));
    beside.map_or_else(|| row.bind_default.clone(), |found| address(&found.value))
}

/// The address that deployment.toml sets, otherwise the listener's default.
pub(super) fn by_key(model: &Model, row: &ListenerRow, part: &ListenerPart) -> Option<String> {
    let given = part.bind_key.as_deref().and_then(|key| model.given(key, &[]));
    match given {
        Some(given) => address(&given.text()?),
        None => row.bind_default.clone(),
    }
}

/// The address that a value names; `None` if it is only known at startup.
pub(super) fn address(value: &str) -> Option<String> {
    match value.trim() {
        "" | "*" | "0.0.0.0" | "::" | "0:0:0:0:0:0:0:0" => Some(ANY.to_owned()),
        value if value.contains(['$', '{', '<']) => None,
        value => Some(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_all_addresses_is_one() {
        for value in ["*", "0.0.0.0", " 0.0.0.0\n", "::", ""] {
            assert_eq!(address(value).as_deref(), Some(ANY), "{value:?}");
        }
        assert_eq!(address(" localhost ").as_deref(), Some("localhost"));
        assert_eq!(address("${carbon.host}"), None);
        assert_eq!(address("$env{HOST}"), None);
    }
}
