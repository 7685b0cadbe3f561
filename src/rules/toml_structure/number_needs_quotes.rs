//! `number-needs-quotes`: values that the server's validator expects to be strings but that are not (config-mapper Validator.java).

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::{FaultKind, JsonFile};
use crate::source::toml::{TomlEntry, TomlValue};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context) else { return };
    let Some(mapping) = context.model().mapping() else { return };
    let rules = mapping.resources.json(JsonFile::Validator);
    let mut seen = BTreeSet::new();
    for fault in settings.faults(FaultKind::NotText) {
        let Some(list) = fault.key.as_deref() else { continue };
        let Some((own, _)) = settings.configuration.setting_of(list) else { continue };
        // A rule of validator.json names a key, or a list and a key of its elements.
        let attributes = rules.keys().filter_map(|key| key.strip_prefix(list)?.strip_prefix(':'));
        let mut keys: Vec<String> = attributes.map(|attribute| format!("{own}[].{attribute}")).collect();
        keys.push(own.to_owned());
        let entries = settings.document.entries.iter().filter(|entry| keys.iter().any(|key| *key == *entry.key));
        let entries: Vec<&TomlEntry> =
            entries.filter(|entry| !matches!(entry.value, TomlValue::String(_) | TomlValue::Datetime(_))).collect();
        if entries.is_empty() {
            let written = settings.locate_fault(fault);
            let message = format!(
                "`{own}` refers to a value that is not a string, and the server's validator fails on it: the server does not start"
            );
            if seen.insert(written.span) {
                findings.push(settings.finding(context, &written, message).help("write the value itself, in quotes"));
            }
        }
        for entry in entries {
            if !seen.insert(entry.key_span) {
                continue;
            }
            let message =
                format!("`{}` is not a string, and the server's validator fails on it: the server does not start", entry.key);
            let at = Location { file: settings.file, span: entry.value_span };
            let finding = context.finding_at(at, message).key(&entry.key);
            findings.push(finding.help("write the value in quotes").fix(quote(context, settings, entry)));
        }
    }
}

fn quote(context: HomeContext, settings: UserToml, entry: &TomlEntry) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let written = entry.value_span.of(settings.text);
    let text = entry.value.as_text().filter(|text| text == written)?;
    let title = format!("quote the value of `{}`", entry.key);
    let edit = (entry.value_span, format!("\"{text}\""));
    Some(fixes::fix_of(context.model(), settings.file, title, Safety::Safe, vec![edit], vec![entry.key.to_string()]))
}
