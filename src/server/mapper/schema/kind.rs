//! The type that the server expects of a value.

use std::collections::BTreeSet;

use serde_json::Value as JsonValue;

use super::keys::Schema;
use crate::server::mapper::key_path::KeyStep;
use crate::server::mapper::key_usage::UseKind;

/// The type that the server expects of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string, or anything that is printed as it is.
    Text,
    /// An array.
    List,
    /// `[[key]]`.
    Elements,
    /// A table whose every key is read.
    OpenTable,
}

impl Schema {
    /// The type that the server expects under a key of the user, as far as its uses and its default show.
    pub fn type_of(&self, key: &str) -> Option<KeyType> {
        let paths = self.paths_of(key);
        let below: BTreeSet<&KeyStep> = paths.iter().flat_map(|path| self.usage.steps_below(path)).collect();
        let mut elements = paths.iter().filter_map(|path| {
            let mut element = path.clone();
            element.push(KeyStep::Element);
            (!self.usage.steps_below(&element).is_empty()).then_some(())
        });
        if below.contains(&KeyStep::Element) && elements.next().is_some() {
            return Some(KeyType::Elements);
        }
        let kinds: BTreeSet<&UseKind> = paths.iter().flat_map(|path| self.usage.own_uses(path)).map(|used| &used.kind).collect();
        let has = |wanted: fn(&UseKind) -> bool| kinds.iter().any(|kind| wanted(kind));
        if has(|kind| matches!(kind, UseKind::SameAs(_))) || matches!(self.default_of(key), Some(JsonValue::Bool(_))) {
            return Some(KeyType::Boolean);
        }
        match self.default_of(key) {
            Some(JsonValue::Number(_)) => return Some(KeyType::Number),
            Some(JsonValue::Array(items)) if items.iter().any(JsonValue::is_object) => return Some(KeyType::Elements),
            Some(JsonValue::Array(_)) => return Some(KeyType::List),
            // A loop treats a string as a list with one item.
            Some(JsonValue::String(_)) if !has(|kind| matches!(kind, UseKind::Looped)) => return Some(KeyType::Text),
            _ => {}
        }
        if has(|kind| matches!(kind, UseKind::Entries)) {
            return Some(KeyType::OpenTable);
        }
        if has(|kind| matches!(kind, UseKind::Looped | UseKind::Listed)) {
            return Some(KeyType::List);
        }
        if has(|kind| matches!(kind, UseKind::Number)) {
            return Some(KeyType::Number);
        }
        if has(|kind| matches!(kind, UseKind::Printed | UseKind::EqualsText(_) | UseKind::Other)) {
            return Some(KeyType::Text);
        }
        has(|kind| matches!(kind, UseKind::Truth | UseKind::EqualsBoolean(_))).then_some(KeyType::Boolean)
    }
}
