//! `value-refused`: strings that the server's validator rejects, and required values that are missing (config-mapper Validator.java).

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::{FaultKind, JsonFile, Origin};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context) else { return };
    let Some(mapping) = context.model().mapping() else { return };
    let configuration = settings.configuration;
    // The value may be in a JSON file that cannot be read.
    if !mapping.resources.broken.is_empty() {
        return;
    }
    let rules = mapping.resources.json(JsonFile::Validator);
    let mut seen = BTreeSet::new();
    // A value that the user wrote in another type is what `number-needs-quotes` is about.
    let by_home = settings
        .faults(FaultKind::NotText)
        .filter(|fault| fault.key.as_ref().is_some_and(|key| configuration.setting_of(key).is_none()));
    for fault in settings.faults(FaultKind::Validation).chain(by_home) {
        let Some(key) = fault.key.as_deref() else { continue };
        let value = configuration.get(key);
        let own = value.and_then(|value| if let Origin::User { key } = &value.origin { Some(key.as_str()) } else { None });
        if !seen.insert((key, &fault.reason)) {
            continue;
        }
        // If the user did not set the value, the finding is at the condition that makes it necessary.
        let conditions = rules.get(key).and_then(serde_json::Value::as_array).into_iter().flatten();
        let conditions = conditions.filter_map(|rule| rule.get("if")?.as_object()).flatten();
        let because =
            conditions.map(|(condition, _)| condition.as_str()).find(|condition| configuration.setting_of(condition).is_some());
        let written = settings.locate(Some(if own.is_some() { key } else { because.unwrap_or(key) }), None);
        if settings.is_filled_in(written.key) {
            continue;
        }
        let said = fault.reason.trim_end_matches('.');
        let (message, help) = if value.is_some() {
            let help =
                if own.is_some() { "correct the value".to_owned() } else { format!("set `{key}` to a value that it accepts") };
            (format!("the server's validator rejects `{key}` ({said}): the server does not start"), help)
        } else {
            (format!("`{key}` is missing ({said}): the server does not start"), format!("set `{key}`"))
        };
        findings.push(settings.finding(context, &written, message).help(help));
    }
}
