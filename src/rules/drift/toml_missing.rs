//! `toml-missing`: a home with templates but no deployment.toml. The server warns and uses the files of an earlier start
//! (config-mapper ConfigParser.java).

use crate::diagnostic::{Finding, Target};
use crate::rules::context::HomeContext;

/// Where a misplaced deployment.toml may be.
const ELSEWHERE: [&str; 3] = ["conf/deployment.toml", "repository/conf/deployment.toml", "deployment.toml"];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    if !(model.renders_from_templates() && model.is_complete) {
        return;
    }
    let conf = model.product().map_or(model.layout.conf.as_str(), |product| product.conf.as_str());
    let wanted = format!("{conf}/deployment.toml");
    let is_there = |path: &str| model.read_once(path).is_some();
    let path = model.layout.root.join(&wanted);
    // A file that exists but cannot be read is reported by other rules.
    if is_there(&wanted) || path.exists() {
        return;
    }
    let message = "there is no deployment.toml: the server starts with whatever configuration files it finds".to_owned();
    let finding = Finding::at(Target::Path(path, Some(context.id)), message).key("deployment.toml");
    findings.push(match ELSEWHERE.into_iter().find(|path| is_there(path)) {
        Some(found) => finding.help(format!("the server does not read `{found}`: move it to `{wanted}`")),
        None => finding.help(format!("create `{wanted}`")),
    });
}
