//! `unknown-key`: a key that nothing reads.

use super::dead_key::{DeadKey, Meant, dead_keys};
use super::dead_passthru_tls_key;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::{FileId, Location};
use crate::rule_info::rules;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::mapper::schema::Schema;
use crate::source::toml::TomlTable;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, schema, mut dead)) = dead_keys(context) else { return };
    let Some((_, document)) = context.model().toml() else { return };
    dead.retain(|dead| {
        let is_ours = match &dead.meant {
            Meant::Respelled(_) => true,
            // Another version may well read what looks like nothing that is known.
            Meant::Unclear(alike) => schema.source().is_authoritative() || !alike.is_empty(),
            _ => false,
        };
        is_ours && !is_reported_by_another_rule(context, &dead.entry.key)
    });
    for (number, table) in document.tables.iter().enumerate() {
        let is_in_table = |dead: &DeadKey| dead.entry.table == Some(number);
        let written = document.entries.iter().filter(|entry| entry.table == Some(number)).count();
        let unread = dead.iter().filter(|dead| is_in_table(dead)).count();
        if schema.source().is_authoritative()
            && unread > 1
            && unread == written
            && !schema.reads_below(table.key.trim_end_matches("[]"))
        {
            dead.retain(|dead| !is_in_table(dead));
            findings.push(with_confidence(of_table(context, file, table, unread), schema));
        }
    }
    findings.extend(dead.iter().map(|dead| with_confidence(of_key(context, file, schema, dead), schema)));
}

/// Whether another rule says more of a key than that nothing reads it.
pub(super) fn is_reported_by_another_rule(context: HomeContext, key: &str) -> bool {
    let listeners = context.ports().listeners.iter().filter_map(|listener| listener.row);
    let is_inert = listeners.flat_map(|(_, part)| &part.inert_keys).any(|inert| inert == key);
    let has_rule = rules().iter().filter_map(|rule| rule.when.as_ref()).any(|when| when.any.iter().any(|known| known == key));
    is_inert || has_rule || dead_passthru_tls_key::is_one(key)
}

fn of_table(context: HomeContext, file: FileId, table: &TomlTable, keys: usize) -> Finding {
    let name = table.key.trim_end_matches("[]");
    let message = format!("nothing reads the table `{name}`: its {keys} keys change nothing");
    let finding = context.finding(file, table.span, message).key(name);
    finding.help("check the name in the documentation of this version, or remove the table")
}

fn of_key(context: HomeContext, file: FileId, schema: &Schema, dead: &DeadKey) -> Finding {
    let key = &dead.entry.key;
    let at = Location { file, span: dead.entry.key_span };
    let renamed = schema.is_mapped(key).then(|| schema.targets_of(key).join("`, `"));
    let message = match renamed {
        Some(targets) => format!("`{key}` has no effect: it is renamed to `{targets}`, which nothing reads"),
        None => format!("`{key}` has no effect: nothing reads it"),
    };
    let finding = context.finding_at(at, message).key(key);
    match &dead.meant {
        Meant::Respelled(known) => {
            let fix = fixes::write_as(context.model(), dead.entry, known, format!("rename `{key}` to `{known}`"), Safety::Safe);
            finding.help(format!("rename it to `{known}`")).fix(fix)
        }
        Meant::Unclear(alike) if !alike.is_empty() => {
            let names: Vec<String> = alike.iter().map(|known| format!("`{known}`")).collect();
            finding.help(format!("did you mean {}?", names.join(" or ")))
        }
        _ => finding.help("check the name against the documentation of this very version, or remove it"),
    }
}
