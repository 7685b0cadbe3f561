//! Which fixes are applied only if their rule is selected by name: those that its file says, and those that change a secret.

use crate::catalog::catalog;
use crate::diagnostic::Finding;
use crate::edit::{Edit, Fix, Safety, apply};
use crate::model::Model;
use crate::rule_info::{ByName, RuleInfo};
use crate::source::Span;
use crate::source::key::Key;
use crate::source::secrets::touches_secret;
use crate::source::toml::TomlDocument;

/// Raises the safety of the fixes of `finding` that `--unsafe` alone must not apply.
pub(super) fn settle(finding: &mut Finding, rule: &RuleInfo, model: &Model) {
    for fix in &mut finding.fixes {
        let far_reaching = match rule.by_name {
            _ if fix.safety == Safety::Safe => false,
            Some(ByName::All) => true,
            Some(ByName::Port) => moves_a_port(fix),
            Some(ByName::Template) => edits_a_template(fix, model),
            None => false,
        };
        if far_reaching || changes_a_secret(fix, model) || edits_a_secret(fix, model) {
            fix.safety = Safety::ByName;
        }
    }
}

/// Whether the fix sets an offset or the port of a listener.
fn moves_a_port(fix: &Fix) -> bool {
    let parts = || catalog().listeners.iter().flat_map(|row| &row.parts);
    let is_port = |touched: &String| parts().any(|part| part.port_key.iter().chain(&part.port_aliases).any(|key| key == touched));
    fix.scope.iter().any(|touched| touched == "server.offset" || is_port(touched))
}

/// Whether the fix edits a file that the server does not read itself, but renders others from.
fn edits_a_template(fix: &Fix, model: &Model) -> bool {
    fix.edits.iter().any(|edit| !model.files.iter().any(|file| file.source.path == edit.file))
}

/// Whether the fix replaces a part of a secret in a file other than deployment.toml.
fn edits_a_secret(fix: &Fix, model: &Model) -> bool {
    let toml = model.toml_file();
    fix.edits.iter().any(|edit| {
        let file = model.files().find(|(id, file)| Some(*id) != toml && file.source.path == edit.file);
        file.is_some_and(|(_, file)| touches_secret(file.source.secrets(), edit.span))
    })
}

/// Whether the fix changes the value, or the type, of a secret in deployment.toml.
fn changes_a_secret(fix: &Fix, model: &Model) -> bool {
    let Some((file, document)) = model.toml() else { return false };
    let source = &model.file(file).source;
    let edits = || fix.edits.iter().filter(|edit| edit.file == source.path);
    let touched = |edit: &Edit| {
        let first = document.entries.partition_point(|entry| entry.value_span.end <= edit.span.start);
        let end = edit.span.end;
        document.entries[first..].iter().take_while(move |entry| entry.value_span.start < end)
    };
    edits().flat_map(touched).filter(|entry| Key::new(&entry.key).is_secret()).any(|entry| {
        let value = entry.value_span;
        let written = value.of(&source.text);
        let is_inside = |edit: &&Edit| value.start <= edit.span.start && edit.span.end <= value.end;
        let inside: Vec<Edit> = edits().filter(is_inside).cloned().collect();
        if inside.is_empty() {
            // The line as a whole is moved, or removed.
            return !edits().any(|edit| edit.text.contains(written));
        }
        let shifted = inside.into_iter().map(|edit| {
            let span = Span::new(edit.span.start - value.start, edit.span.end - value.start);
            Edit { span, ..edit }
        });
        let (new, _) = apply(written, &[shifted.collect()]);
        let parsed = TomlDocument::parse(&format!("x = {new}\n")).ok();
        parsed.and_then(|document| document.get("x").map(|new| new.value != entry.value)).unwrap_or(true)
    })
}
