//! `file-too-large`: files that exceed the documented size limit.

use crate::diagnostic::{Finding, Target};
use crate::model::{Excess, size_limit};
use crate::rules::context::HomeContext;
use crate::source::toml_statements::MAX_TOKENS;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (path, excess) in &context.model().too_large {
        let message = match excess {
            Excess::Bytes(size) => {
                format!("not checked: the file has {} MiB, more than the limit of {}", size / 1024 / 1024, size_limit())
            }
            Excess::Tokens => {
                const { assert!(MAX_TOKENS == 1_000_000) };
                "not checked: the file has more than a million keys, values and other tokens".to_owned()
            }
        };
        let finding = Finding::at(Target::Path(path.clone(), Some(context.id)), message);
        findings.push(finding.help("move everything that is not configuration out of the file, or do not pass the file"));
    }
}
