//! Runs the rules whose conditions are data: the `[when]` tables of their files.

mod change;
mod message;
mod subject;
mod value_test;

use self::message::Filler;
use self::subject::{Subject, subjects};
use super::confidence::with_confidence;
use super::context::HomeContext;
use crate::diagnostic::Finding;
use crate::rule_info::{Condition, RuleInfo};

/// Reports everything in the home that meets a condition of the rule.
pub(super) fn check(rule: &RuleInfo, context: HomeContext, findings: &mut Vec<Finding>) {
    for when in &rule.when {
        for subject in subjects(when, context, None) {
            if is_met(when, &subject, context) {
                // A key and the file that it is rendered to can be subjects of one rule.
                let new = finding(rule, when, &subject, context);
                findings.extend(new.filter(|new| findings.iter().all(|known| known.target != new.target)));
            }
        }
    }
}

/// Whether `subject`, one of those of `condition`, passes its tests.
fn is_met(condition: &Condition, subject: &Subject, context: HomeContext) -> bool {
    let holds = |inner: &Condition| subjects(inner, context, Some(subject)).iter().any(|other| is_met(inner, other, context));
    value_test::passes(condition, subject, context)
        && condition.all.iter().all(holds)
        && (condition.any.is_empty() || condition.any.iter().any(holds))
        && !condition.none.iter().any(holds)
}

fn finding(rule: &RuleInfo, when: &Condition, subject: &Subject, context: HomeContext) -> Option<Finding> {
    let new = when.fix.as_ref().and_then(|change| change::new_key(change, subject));
    let filler = Filler { subject, new: new.as_deref() };
    let message = filler.fill(when.message.as_deref().unwrap_or(&rule.summary));
    let mut finding = subject.finding(context, message)?;
    finding.help = when.help.as_deref().map(|help| filler.fill(help));
    finding.key = Some(subject.name());
    finding = finding.fix(change::fix(when, new.as_deref(), rule, subject, context));
    // Whether a key is read depends on what is known of its version.
    let schema = when.read.and_then(|_| context.model().schema());
    Some(match schema {
        Some(schema) => with_confidence(finding, schema),
        None => finding,
    })
}
