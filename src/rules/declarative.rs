//! Runs the rules whose condition is data: `[when]` of their files.

use super::{HomeContext, RuleInfo, fixes};
use crate::diagnostic::Finding;
use crate::fix::edit::{Fix, Safety};
use crate::model::Location;
use crate::source::toml::{TomlEntry, TomlValue};

/// Reports every entry of deployment.toml that meets the rule's condition.
pub(super) fn check(rule: &RuleInfo, context: HomeContext, findings: &mut Vec<Finding>) {
    let (Some(when), Some((file, document))) = (&rule.when, context.model().toml()) else { return };
    let matches = |entry: &&TomlEntry| {
        when.any.contains(&entry.key) && when.equals.as_ref().is_none_or(|value| equals(&entry.value, value))
    };
    for entry in document.entries.iter().filter(matches) {
        let at = Location { file, span: entry.key_span };
        let finding = Finding::new(context.number, at, when.message.replace("{key}", &entry.key)).key(&entry.key);
        let fix = when.rename.get(&entry.key).and_then(|written| rename(context, entry, written));
        findings.push(Finding { help: when.help.clone(), ..finding }.fix(fix));
    }
}

/// Writes the entry as the key that the server reads: in place where its table is the same, else in the table of that key.
fn rename(context: HomeContext, entry: &TomlEntry, key: &str) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let own = entry.key_span.of(toml.text);
    if toml.document.get(key).is_some() {
        return None;
    }
    let in_place = entry.key.strip_suffix(own).and_then(|table| key.strip_prefix(table));
    let edits =
        if let Some(written) = in_place { vec![toml.rename(entry, written)] } else { fixes::move_entry(toml, entry, key)? };
    let touches = vec![entry.key.clone(), key.to_owned()];
    Some(fixes::fix_of(context.model(), file, format!("write `{}` as `{key}`", entry.key), Safety::Safe, edits, touches))
}

fn equals(value: &TomlValue, expected: &serde_json::Value) -> bool {
    match (value, expected) {
        (TomlValue::Boolean(value), serde_json::Value::Bool(expected)) => value == expected,
        (TomlValue::String(value), serde_json::Value::String(expected)) => value == expected,
        (TomlValue::Integer(value), serde_json::Value::Number(expected)) => Some(*value) == expected.as_i64(),
        _ => false,
    }
}
