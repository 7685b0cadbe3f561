//! `secret-plaintext`: aliases in `[secrets]` and `[runtime_secrets]` that cipher-tool has not encrypted yet (config-mapper ReferenceResolver.java).

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::{FaultKind, alias_of};
use crate::source::key::RUNTIME_SECRETS;
use crate::source::toml::TomlValue;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else { return };
    let release = context.model().mapper_release();
    for entry in &settings.document.entries {
        let (Some((table, alias)), TomlValue::String(value)) = (alias_of(&entry.key, &release), &entry.value) else { continue };
        let is_runtime = table == RUNTIME_SECRETS;
        let placeholder = format!("$secret{{{alias}}}");
        let used = settings.faults(FaultKind::PlainSecret).find(|fault| fault.placeholder.as_ref() == Some(&placeholder));
        let used = used.filter(|_| value.contains('['));
        // The other values of `[runtime_secrets]` set up the vault.
        let is_plain = !is_runtime && value.starts_with('[') && value.ends_with(']');
        if used.is_none() && !is_plain {
            continue;
        }
        let at = Location { file: settings.file, span: entry.key_span };
        let message = match used {
            Some(_) => {
                format!("`{alias}` is not encrypted: the server does not start, or `{placeholder}` resolves to nothing")
            }
            None => format!("`{alias}` is not encrypted: the secret is here in plain text"),
        };
        let finding = context.finding_at(at, message).key(&entry.key).help(if is_runtime {
            "move it to `[secrets]` and run `ciphertool.sh -Dconfigure`"
        } else {
            "run `ciphertool.sh -Dconfigure`"
        });
        findings.push(match used {
            Some(fault) => match settings.locate_fault(fault).location(settings.file) {
                Some(at) => finding.related(context.id, at, "used here"),
                None => finding,
            },
            None => finding.severity(Severity::Warning),
        });
    }
}
