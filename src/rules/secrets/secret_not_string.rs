//! `secret-not-string`: values of `[secrets]` and `[runtime_secrets]` that are not strings (config-mapper TomlParser.java).

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::FaultKind;
use crate::source::key::Key;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else { return };
    for fault in settings.faults(FaultKind::SecretType) {
        let written = settings.locate_fault(fault);
        let Some(key) = written.key else { continue };
        let table = Key::new(key).secrets_table().unwrap_or_default();
        let message = format!("`{key}` is not a string, as every value of `[{table}]` must be: the server does not start");
        findings.push(
            settings.finding(context, &written, message).help("write the value in quotes").fix(quote(context, settings, key)),
        );
    }
}

/// Puts the value in quotes, if only a string of the same characters can be meant.
fn quote(context: HomeContext, settings: UserToml, key: &str) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let entry = settings.document.get(key)?;
    let written = entry.value_span.of(settings.text);
    let edit = entry.value.as_text().filter(|text| text == written).map(|text| (entry.value_span, format!("\"{text}\"")))?;
    let title = format!("quote the value of `{key}`");
    Some(fixes::fix_of(context.model(), settings.file, title, Safety::Safe, vec![edit], vec![key.to_owned()]))
}
