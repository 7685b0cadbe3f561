//! `plaintext-secret`: passwords of deployment.toml outside of `[secrets]`, reported once for the file.

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::server::mapper::has_placeholder;
use crate::source::key::Key;
use crate::source::toml::{TomlEntry, TomlValue};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, document)) = context.model().toml() else { return };
    let plain: Vec<&TomlEntry> = document.entries.iter().filter(|entry| is_plain(entry)).collect();
    let Some((first, others)) = plain.split_first() else { return };
    let message = match others.len() {
        0 => format!("`{}` is in plain text", first.key),
        1 => format!("`{}` and another secret are in plain text", first.key),
        count => format!("`{}` and {count} other secrets are in plain text", first.key),
    };
    let help = "write each as `\"$secret{alias}\"`, with `alias = \"[value]\"` in `[secrets]` at the end, and run `bin/ciphertool.sh -Dconfigure`";
    let at = Location { file, span: first.key_span };
    let finding = context.finding_at(at, message).help(help).key(&first.key);
    findings.push(finding.subjects(others.iter().map(|entry| entry.key_span)));
}

/// Whether the value is a secret that is written as it is.
fn is_plain(entry: &TomlEntry) -> bool {
    let key = Key::new(&entry.key);
    let TomlValue::String(text) = &entry.value else { return false };
    key.is_secret() && key.secrets_table().is_none() && !text.is_empty() && !has_placeholder(text)
}
