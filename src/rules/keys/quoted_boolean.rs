//! `quoted-boolean`: a string where the server expects `true` or `false`.

use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::mapper::key_usage::UseKind;
use crate::source::toml::TomlValue;

/// Words that people write for true and false. A condition treats all of them as true, except `false` itself.
const WORDS: [(&str, bool); 8] =
    [("true", true), ("yes", true), ("on", true), ("1", true), ("false", false), ("no", false), ("off", false), ("0", false)];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let (Some(schema), Some((file, document))) = (model.schema(), model.toml()) else { return };
    for entry in &document.entries {
        let TomlValue::String(text) = &entry.value else { continue };
        let word = text.to_lowercase();
        let Some((_, meant)) = WORDS.iter().find(|(known, _)| *known == word) else { continue };
        let uses = schema.own_uses(&entry.key);
        let exact = uses.iter().any(|used| matches!(used.kind, UseKind::SameAs(_)));
        let is_condition = uses.iter().any(|used| matches!(used.kind, UseKind::Truth | UseKind::EqualsBoolean(_)));
        // A value that is only printed or compared as text may be a string.
        let treated_as = word != "false";
        let (message, severity) = if exact && (word == "true" || word == "false") {
            (format!("`{}` is the string `\"{text}\"`, which the server treats as neither `true` nor `false`", entry.key), None)
        } else if (is_condition || exact) && *meant != treated_as {
            (format!("`{}` is the string `\"{text}\"`, which the server treats as true", entry.key), Some(Severity::Error))
        } else {
            continue;
        };
        let literal = if *meant { "true" } else { "false" };
        let safety = if word == literal { Safety::Safe } else { Safety::Unsafe };
        let at = Location { file, span: entry.value_span };
        let finding = context.finding_at(at, message).help(format!("write `{literal}` without quotes")).key(&entry.key);
        let fix = fixes::toml_of(model).map(|(file, _)| {
            let edits = vec![(entry.value_span, literal.to_owned())];
            fixes::fix_of(model, file, format!("write `{literal}`"), safety, edits, vec![entry.key.to_string()])
        });
        findings.push(with_confidence(Finding { severity, ..finding }.fix(fix), schema));
    }
}
