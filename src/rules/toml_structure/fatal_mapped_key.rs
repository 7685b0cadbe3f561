//! `fatal-mapped-key`: keys that are mapped to a key with an unclosed quote, on which the server fails to start (config-mapper
//! JinjaParser.java).

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::FaultKind;
use crate::source::key::Key;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context) else { return };
    let mut seen = BTreeSet::new();
    for fault in settings.faults(FaultKind::UnclosedQuote) {
        let Some(target) = fault.key.as_deref() else { continue };
        let written = settings.locate_fault(fault);
        if !seen.insert((written.key, target)) {
            continue;
        }
        let finding = match written.key {
            Some(key) if key != target => {
                let message = format!("`{key}` is mapped to `{target}`, whose quotes do not match: the server does not start");
                settings.finding(context, &written, message)
            }
            _ => {
                let message = format!("`{target}` has an unclosed quote: the server does not start");
                settings.finding(context, &written, message)
            }
        };
        let direct = direct_key(target);
        let fix = written.key.zip(direct.as_ref()).and_then(|(key, direct)| rename(context, settings, key, direct));
        findings.push(match direct {
            Some(direct) => finding.help(format!("write `{direct}`")).fix(fix),
            None => finding.help("write the key without single quotes, or remove it"),
        });
    }
}

/// The intended target: with one quote on each side.
fn direct_key(target: &str) -> Option<String> {
    let direct = target.replace("''", "'");
    let is_complete = direct != target && Key::new(&direct).split_by_server().is_some_and(|segments| segments.len() > 1);
    is_complete.then_some(direct)
}

/// Renames the entry to `direct`, which needs no mapping.
fn rename(context: HomeContext, settings: UserToml, key: &str, direct: &str) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let mapping = context.model().mapping()?;
    let is_mapped = mapping.resources.json(crate::server::mapper::JsonFile::KeyMappings).contains_key(direct);
    if is_mapped || settings.document.get(direct).is_some() {
        return None;
    }
    let edits = fixes::move_entry(toml, settings.document.get(key)?, direct)?;
    let scope = vec![key.to_owned(), direct.to_owned()];
    Some(fixes::fix_of(context.model(), file, format!("rename `{key}` to `{direct}`"), Safety::Safe, edits, scope))
}
