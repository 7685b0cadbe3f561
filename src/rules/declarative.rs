//! Runs the rules whose condition is data: the `[when]` table of their rule file.

use regex_lite::Regex;
use serde_json::Value as Json;

use super::context::HomeContext;
use super::fixes;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rule_info::{RuleInfo, When};
use crate::source::key::Key;
use crate::source::toml::{TomlDocument, TomlEntry, TomlValue};

/// Reports every entry of deployment.toml that meets the rule's condition.
pub(super) fn check(rule: &RuleInfo, context: HomeContext, findings: &mut Vec<Finding>) {
    let (Some(when), Some((file, document))) = (&rule.when, context.model().toml()) else { return };
    let candidates: Vec<&TomlEntry> = document.entries.iter().filter(|entry| is_named(when, &entry.key)).collect();
    if candidates.is_empty() {
        return;
    }
    // A test compiles every expression.
    let expression = when.matches.as_deref().and_then(|expression| Regex::new(expression).ok());
    for entry in candidates {
        let has_value = when.equals.is_empty() || when.equals.iter().any(|value| equals(&entry.value, value));
        let matches = expression.as_ref().is_none_or(|expression| is_matched(&entry.value, expression));
        let is_read = || when.unread && context.model().schema().is_some_and(|schema| schema.is_read(&entry.key));
        if !has_value || !matches || is_excepted(when, document, entry) || is_read() {
            continue;
        }
        let at = Location { file, span: entry.key_span };
        let (table, _) = Key::new(&entry.key).table_and_name();
        let fill_in = |text: &str| text.replace("{key}", &entry.key).replace("{table}", Key::new(table.as_str()).name());
        let finding = context.finding_at(at, fill_in(&when.message)).key(&entry.key);
        let fix = when.rename.get(&*entry.key).and_then(|key| {
            let title = format!("rename `{}` to `{key}`", entry.key);
            fixes::write_as(context.model(), entry, key, title, Safety::Safe)
        });
        findings.push(Finding { help: when.help.as_deref().map(fill_in), ..finding }.fix(fix));
    }
}

/// Whether `key` is one of those of the condition.
fn is_named(when: &When, key: &str) -> bool {
    when.any.iter().any(|pattern| *pattern == key || is_pattern_of(pattern, key))
}

/// Whether `key` has the segments of `pattern`, in which `*` is any segment.
fn is_pattern_of(pattern: &str, key: &str) -> bool {
    let pattern = Key::new(pattern);
    if !pattern.is_pattern() {
        return false;
    }
    let (mut wanted, mut own) = (pattern.segments(), Key::new(key).segments());
    loop {
        match (wanted.next(), own.next()) {
            (None, None) => return true,
            (Some(wanted), Some(own)) if wanted.is_any() && own.marks() == wanted.marks() || wanted.text == own.text => {}
            _ => return false,
        }
    }
}

/// Whether another key of the same table has a value that excepts this one.
fn is_excepted(when: &When, document: &TomlDocument, entry: &TomlEntry) -> bool {
    let (table, _) = Key::new(&entry.key).table_and_name();
    when.unless.iter().any(|(name, value)| {
        let beside = document.entry_in(&table.child(name), &entry.elements);
        beside.is_some_and(|beside| equals(&beside.value, value))
    })
}

fn is_matched(value: &TomlValue, expression: &Regex) -> bool {
    value.texts().into_iter().any(|text| expression.is_match(text))
}

fn equals(value: &TomlValue, expected: &Json) -> bool {
    match (value, expected) {
        (TomlValue::Boolean(value), Json::Bool(expected)) => value == expected,
        (TomlValue::String(value), Json::String(expected)) => value == expected,
        (TomlValue::Integer(value), Json::Number(expected)) => Some(*value) == expected.as_i64(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_one_segment() {
        assert!(is_pattern_of("database.*.url", "database.apim_db.url") && is_pattern_of("a.*[].b", "a.c[].b"));
        for key in ["database.url", "database.a.b.url", "database.a.type", "database.a[].url", "x.a.url"] {
            assert!(!is_pattern_of("database.*.url", key), "{key}");
        }
        assert!(!is_pattern_of("a.b", "a.b"), "no pattern");
    }
}
