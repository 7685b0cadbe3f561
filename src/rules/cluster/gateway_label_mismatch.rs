//! `gateway-label-mismatch`: a label of a gateway that is not the name of a gateway environment in the same file.

use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Model;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::toml::TomlValue;

const LABELS: &str = "apim.sync_runtime_artifacts.gateway.gateway_labels";
const NAMES: &str = "apim.gateway.environment[].name";

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some((file, entry)) = model.setting(LABELS, &[]) else { return };
    let TomlValue::Array(items) = &entry.value else { return };
    // The environments of a gateway alone are in the file of its control plane.
    let names = names_in(model);
    if names.is_empty() {
        return;
    }
    for (item, span) in items {
        let TomlValue::String(label) = item else { continue };
        if names.contains(&label.as_str()) || label.contains(['$', '{']) {
            continue;
        }
        let message = format!("no gateway environment is called `{label}`");
        let finding = context.finding(file, *span, message).key(LABELS);
        let meant = names.iter().find(|name| name.eq_ignore_ascii_case(label));
        findings.push(if let Some(name) = meant {
            let fix = fixes::toml_of(model).map(|_| {
                let edits = vec![(*span, format!("\"{name}\""))];
                fixes::fix_of(model, file, format!("write `{name}`"), Safety::Safe, edits, vec![LABELS.to_owned()])
            });
            finding.help(format!("write `{name}`: the case counts")).fix(fix)
        } else {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let help = format!("the known ones are {}; others can be added in the Admin Portal", names.join(", "));
            finding.severity(Severity::Info).help(help)
        });
    }
}

/// The names of the gateway environments in deployment.toml.
fn names_in(model: &Model) -> Vec<&str> {
    let Some((_, document)) = model.toml() else { return Vec::new() };
    let names = document.entries_of(NAMES).filter_map(|entry| match &entry.value {
        TomlValue::String(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}
