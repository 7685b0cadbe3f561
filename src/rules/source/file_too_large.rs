//! `file-too-large`: files past the limit that the documentation states.

use crate::diagnostic::{Finding, Target};
use crate::model::size_limit;
use crate::rules::context::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (path, size) in &context.model().too_large {
        let message = format!("{} MiB large, more than {}: not checked", size / 1024 / 1024, size_limit());
        let finding = Finding::at(Target::Path(path.clone(), Some(context.id)), message);
        findings.push(finding.help("move what is not configuration out of the file, or leave the file out"));
    }
}
