//! `carbonlint policy test`

use std::fmt::Write;
use std::path::Path;

use crate::commands::arguments::policy_failure;
use crate::commands::exit::{Exit, Failure};
use crate::commands::terminal::print;
use crate::example_check::{LaidOut, Observed, Outcome};
use crate::policy;
use crate::printable::printable;
use crate::report::counted;
use crate::rule_examples::{ExampleFile, RuleExample};
use crate::rule_info::{FixAvailability, RuleSet};

/// Runs the command.
pub(super) fn run(folder: &Path) -> Result<Exit, Failure> {
    let rules = policy::load(folder).map_err(policy_failure)?;
    let set = RuleSet::default().with(rules.clone());
    let (mut text, mut count, mut wrong) = (String::new(), 0, 0);
    for rule in &rules {
        let (mut fixed, own) = (0, rule.fails.len() + rule.passes.len());
        let examples = rule.fails.iter().map(|example| (example, true)).chain(rule.passes.iter().map(|example| (example, false)));
        for (example, should_fail) in examples {
            let observed = LaidOut::new(rule, &set, example).and_then(|laid_out| laid_out.observe());
            let faults = match observed {
                Ok(observed) => {
                    fixed += usize::from(!observed.outcome.after.is_empty());
                    faults_of(example, should_fail, &observed)
                }
                Err(error) => vec![error.to_string()],
            };
            wrong += usize::from(!faults.is_empty());
            for fault in faults {
                let _ = writeln!(text, "{}: {}: {fault}", rule.name, example.title);
            }
        }
        count += own;
        let mut of_rule = Vec::new();
        if own == 0 {
            of_rule.push("it has no examples: add `[[fails]]` and `[[passes]]`");
        } else if rule.fix != FixAvailability::None && fixed == 0 {
            of_rule.push("no example is fixed, although the rule says that it has a fix");
        }
        wrong += of_rule.len();
        for fault in of_rule {
            let _ = writeln!(text, "{}: {fault}", rule.name);
        }
        let kinds = [("fails", &rule.fails), ("passes", &rule.passes)];
        for (kind, _) in kinds.into_iter().filter(|(_, list)| own > 0 && list.is_empty()) {
            let _ = writeln!(text, "{}: note: it has no example `[[{kind}]]`", rule.name);
        }
    }
    let checked = format!("{} of {}", counted(count, "example"), counted(rules.len(), "rule"));
    let result = if wrong == 0 { "all as they say".to_owned() } else { format!("{wrong} wrong") };
    print(&printable(&format!("{text}{checked}: {result}\n")))?;
    Ok(if wrong == 0 { Exit::Clean } else { Exit::Findings })
}

/// What an example states that is not so.
fn faults_of(example: &RuleExample, should_fail: bool, observed: &Observed) -> Vec<String> {
    let (stated, found) = (Outcome::stated(example), &observed.outcome);
    let mut faults: Vec<String> = observed.unread.map(str::to_owned).into_iter().collect();
    let lines = |title: &str, findings: &[String]| {
        let none = if findings.is_empty() { "\n    nothing" } else { "" };
        findings.iter().fold(format!("\n  {title}{none}"), |text, finding| format!("{text}\n    {finding}"))
    };
    if should_fail && found.findings.is_empty() {
        faults.push("the rule finds nothing".to_owned());
    } else if !should_fail && !found.findings.is_empty() {
        faults.push(format!("the rule finds something{}", lines("found", &found.findings)));
    } else if stated.findings != found.findings && !stated.findings.is_empty() {
        faults.push(format!("other findings{}{}", lines("stated", &stated.findings), lines("found", &found.findings)));
    }
    if !stated.also.is_empty() || stated.fix.is_some() {
        faults.push("`also` and `fix` are for built-in rules: remove them".to_owned());
    }
    if stated.after != found.after && !stated.after.is_empty() {
        let changed: Vec<String> =
            found.after.iter().map(|(name, content)| format!("\n  {name}\n{}", indented(content))).collect();
        let changed = changed.concat();
        let changed = if changed.is_empty() { " nothing".to_owned() } else { changed };
        faults.push(format!("the fix changes something else:{changed}"));
    }
    faults.extend(observed.faults.iter().cloned());
    faults
}

fn indented(content: &ExampleFile) -> String {
    let text = String::from_utf8_lossy(&content.bytes()).into_owned();
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
