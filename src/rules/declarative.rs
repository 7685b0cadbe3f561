//! Runs the rules whose condition is data: the `[when]` table of their rule file.

use super::context::HomeContext;
use super::fixes;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rule_info::RuleInfo;
use crate::source::toml::{TomlEntry, TomlValue};

/// Reports every entry of deployment.toml that meets the rule's condition.
pub(super) fn check(rule: &RuleInfo, context: HomeContext, findings: &mut Vec<Finding>) {
    let (Some(when), Some((file, document))) = (&rule.when, context.model().toml()) else { return };
    let matches = |entry: &&TomlEntry| {
        when.any.iter().any(|key| *key == *entry.key) && when.equals.as_ref().is_none_or(|value| equals(&entry.value, value))
    };
    for entry in document.entries.iter().filter(matches) {
        let at = Location { file, span: entry.key_span };
        let finding = context.finding_at(at, when.message.replace("{key}", &entry.key)).key(&entry.key);
        let fix = when.rename.get(&*entry.key).and_then(|key| {
            let title = format!("rename `{}` to `{key}`", entry.key);
            fixes::write_as(context.model(), entry, key, title, Safety::Safe)
        });
        findings.push(Finding { help: when.help.clone(), ..finding }.fix(fix));
    }
}

fn equals(value: &TomlValue, expected: &serde_json::Value) -> bool {
    match (value, expected) {
        (TomlValue::Boolean(value), serde_json::Value::Bool(expected)) => value == expected,
        (TomlValue::String(value), serde_json::Value::String(expected)) => value == expected,
        (TomlValue::Integer(value), serde_json::Value::Number(expected)) => Some(*value) == expected.as_i64(),
        _ => false,
    }
}
