//! `path-unreadable`: permissions, link loops, files that vanished.

use crate::diagnostic::{Finding, Target};
use crate::home::ReadError;
use crate::rules::context::RuleContext;

pub(in crate::rules) fn check(context: RuleContext, findings: &mut Vec<Finding>) {
    let outside = context.problems.iter().map(|problem| (problem, None));
    let inside = context.homes().flat_map(|(id, home)| home.model.problems.iter().map(move |problem| (problem, Some(id))));
    for (problem, home) in outside.chain(inside) {
        let ReadError { path, message, help } = problem;
        findings.push(Finding::at(Target::Path(path.clone(), home), format!("cannot be read: {message}")).help(help));
    }
}
