//! `config-update-disabled`: options of the start script that keep the server from rendering its files, or make it render them always
//! (config-mapper ConfigParser.java, MetaDataParser.java).

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
                (Severity::Info, format!("`-D{name}` without `=true` does nothing"), "write `=true` behind it, or remove it")
            }
            "avoidConfigUpdate" => (
                Severity::Warning,
                "the server never renders its files: changes of deployment.toml have no effect".to_owned(),
                "remove the option, or edit the generated files themselves",
            ),
            // Micro Integrator always starts so.
            "avoidConfigHashRead" if !model.file(file).name.contains("micro-integrator") => (
                Severity::Info,
                "the server looks at deployment.toml only: changes of templates and of generated files are not noticed"
                    .to_owned(),
                "remove the option unless the start has to be faster",
            ),
            "forceConfigUpdate" => (
                Severity::Info,
                "the server renders its files at every start, also when nothing has changed".to_owned(),
                "remove the option: the server finds out by itself what has changed",
            ),
            _ => continue,
        };
        let finding = context.finding(file, option.span, message).severity(severity);
        findings.push(finding.help(help).key(format!("-D{name}")));
    }
}
