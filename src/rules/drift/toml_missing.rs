//! `toml-missing`: a home with templates and no deployment.toml: the server warns, and goes on with the files of an earlier start
//! (config-mapper ConfigParser.java).

use crate::diagnostic::{Finding, Target};
use crate::rules::context::HomeContext;

/// Where one may lie that the server does not look for.
const ELSEWHERE: [&str; 3] = ["conf/deployment.toml", "repository/conf/deployment.toml", "deployment.toml"];

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    if !(model.renders_from_templates() && model.is_complete) {
        return;
    }
    let conf = model.product().map_or(model.layout.conf.as_str(), |product| product.conf.as_str());
    let wanted = format!("{conf}/deployment.toml");
    let is_there = |path: &str| model.bytes_of(path).is_some();
    let path = model.layout.root.join(&wanted);
    // What cannot be read is another finding.
    if is_there(&wanted) || path.exists() {
        return;
    }
    let message = "there is no deployment.toml: the server goes on with whatever files an earlier start has left".to_owned();
    let finding = Finding::at(Target::Path(path, Some(context.id)), message).key("deployment.toml");
    findings.push(match ELSEWHERE.into_iter().find(|path| is_there(path)) {
        Some(found) => finding.help(format!("`{found}` is not read: put it at `{wanted}`")),
        None => finding.help(format!("put one at `{wanted}`")),
    });
}
