//! Runs the rules whose conditions are data: the `[when]` tables of their files.

mod change;
mod message;
mod subject;
mod value_test;

use std::cell::Cell;

use self::message::Filler;
use self::subject::{Subject, subjects};
use super::confidence::with_confidence;
use super::context::HomeContext;
use crate::diagnostic::Finding;
use crate::rule_info::{Condition, RuleInfo};

/// Reports everything in the home that meets a condition of the rule.
pub(super) fn check(rule: &RuleInfo, context: HomeContext, findings: &mut Vec<Finding>) {
    let steps = Cell::new(MAX_STEPS);
    for when in &rule.when {
        for subject in subjects(when, context, None) {
            if is_met(when, &subject, context, &steps) {
                // A key and the file that it is rendered to can be subjects of one rule.
                let new = finding(rule, when, &subject, context);
                findings.extend(new.filter(|new| findings.iter().all(|known| known.target != new.target)));
            }
        }
    }
    if steps.get() == 0 {
        // What was found before may be wrong: a condition that was not looked at counts as not met.
        findings.clear();
        let file = context.model().toml_file().or_else(|| context.files().next().map(|(file, _)| file));
        let message =
            format!("`{}` was not checked: its conditions inside others take more than {MAX_STEPS} steps here", rule.name);
        let help = "name fewer keys in them, or put them side by side";
        findings.extend(file.map(|file| context.finding_in(file, message).help(help)));
    }
}

/// How many subjects of conditions inside others are looked at for one rule in one home. A condition in a condition in a condition takes as many as
/// the product of their subjects.
const MAX_STEPS: usize = 100_000;

/// Whether `subject`, one of those of `condition`, passes its tests. False once there are no `steps` left.
fn is_met(condition: &Condition, subject: &Subject, context: HomeContext, steps: &Cell<usize>) -> bool {
    let holds_for = |inner: &Condition, counts: fn(&Condition, &Subject, HomeContext) -> bool| {
        if steps.get() == 0 {
            return false;
        }
        let others = subjects(inner, context, Some(subject));
        steps.set(steps.get().saturating_sub(others.len().max(1)));
        others.iter().any(|other| is_met(inner, other, context, steps) || counts(inner, other, context))
    };
    let holds = |inner: &Condition| holds_for(inner, |_, _, _| false);
    // What the environment or a vault fills in may be what the condition is about.
    let may_hold = |inner: &Condition| holds_for(inner, value_test::is_unknown);
    value_test::passes(condition, subject, context)
        && condition.all.iter().all(holds)
        && (condition.any.is_empty() || condition.any.iter().any(holds))
        && !condition.none.iter().any(may_hold)
}

fn finding(rule: &RuleInfo, when: &Condition, subject: &Subject, context: HomeContext) -> Option<Finding> {
    let new = when.fix.as_ref().and_then(|change| change::new_key(change, subject, context));
    let filler = Filler { subject, new: new.as_deref(), hides_value: subject.is_secret(context) };
    let message = filler.fill(when.message.as_deref().unwrap_or(&rule.summary));
    let mut finding = subject.finding(context, message)?;
    // A name that the server does not read either is no help.
    let is_of_use = |help: &&str| new.is_some() || !help.contains("{new}");
    finding.help = when.help.as_deref().filter(is_of_use).map(|help| filler.fill(help));
    finding.key = Some(subject.name());
    finding = finding.fix(change::fix(when, new.as_deref(), rule, subject, context));
    // Whether a key is read depends on what is known of its version.
    let schema = when.read.and_then(|_| context.model().schema());
    Some(match schema {
        Some(schema) => with_confidence(finding, schema),
        None => finding,
    })
}
