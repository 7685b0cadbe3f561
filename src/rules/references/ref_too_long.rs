//! `ref-too-long`: `$ref{}` that makes a value longer than carbonlint resolves.

use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::FaultKind;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else { return };
    for fault in settings.faults(FaultKind::TooLongReference) {
        let written = settings.locate_fault(fault);
        let placeholder = fault.placeholder.as_deref().unwrap_or_default();
        let message = format!(
            "with `{placeholder}` resolved, the value is too long: it is not resolved, and what depends on it is not checked"
        );
        let help = "write the value itself, or refer to shorter values: the server resolves it until its memory is full";
        let finding = settings.finding(context, &written, message);
        let finding = if finding.key.is_some() { finding } else { finding.key(fault.key.as_deref().unwrap_or_default()) };
        findings.push(finding.help(help));
    }
}
