//! `stale-generated`: deployment.toml has changed since the last start.

use crate::diagnostic::Finding;
use crate::model::recorded::CONFIGURATION;
use crate::rules::context::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some(file) = model.toml_file().filter(|_| model.renders_from_templates()) else { return };
    let name = &model.file(file).name;
    let Some(md5) = model.recorded(CONFIGURATION).remove(name) else { return };
    if model.has_changed(name, &md5) {
        let message = "deployment.toml has changed since the last start: the server still runs with the old configuration";
        let finding = context.finding_in(file, message).key(name);
        findings.push(finding.help("restart the server to apply the changes"));
    }
}
