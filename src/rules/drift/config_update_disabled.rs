//! `config-update-disabled`: options of the start script that keep the server from rendering its files, or make it render them at every
//! start (config-mapper ConfigParser.java, MetaDataParser.java).

use crate::catalog::catalog;
use crate::diagnostic::Finding;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some((file, options)) = model.script().filter(|_| model.renders_from_templates()) else { return };
    for option in options {
        let is_on = option.value.as_ref().is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let name = option.name.as_str();
        let (severity, message, help) = match name {
            "avoidConfigUpdate" | "avoidConfigHashRead" | "forceConfigUpdate" if !is_on => {
                (Severity::Info, format!("`-D{name}` has no effect without `=true`"), "append `=true`, or remove the option")
            }
            "avoidConfigUpdate" => (
                Severity::Warning,
                "the server never renders its files: changes to deployment.toml have no effect".to_owned(),
                "remove the option, or edit the generated files directly",
            ),
            "avoidConfigHashRead" if !catalog().ships_option(&model.file(file).name, name) => (
                Severity::Info,
                "the server checks only deployment.toml for changes: edited templates and generated files go unnoticed"
                    .to_owned(),
                "remove the option unless you need a faster startup",
            ),
            "forceConfigUpdate" => (
                Severity::Info,
                "the server renders its files at every start, even if nothing has changed".to_owned(),
                "remove the option: the server detects changes on its own",
            ),
            _ => continue,
        };
        let finding = context.finding(file, option.span, message).severity(severity);
        findings.push(finding.help(help).key(format!("-D{name}")));
    }
}
