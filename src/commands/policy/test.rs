//! `carbonlint policy test`

use std::fmt::Write;
use std::path::Path;

use crate::commands::arguments::policy_failure;
use crate::commands::exit::{Exit, Failure};
use crate::commands::terminal::print;
use crate::example_check::{LaidOut, Outcome};
use crate::policy;
use crate::report::counted;
use crate::rule_examples::{ExampleFile, RuleExample};
use crate::rule_info::{FixAvailability, RuleInfo, RuleSet};

/// Runs the command.
pub(super) fn run(folder: &Path) -> Result<Exit, Failure> {
    let rules = policy::load(folder).map_err(policy_failure)?;
    let set = RuleSet::default().with(rules.clone());
    let (mut text, mut count, mut wrong) = (String::new(), 0, 0);
    for rule in &rules {
        let examples = rule.fails.iter().map(|example| (example, true)).chain(rule.passes.iter().map(|example| (example, false)));
        for (example, should_fail) in examples {
            count += 1;
            let faults = faults_of(rule, &set, example, should_fail);
            wrong += usize::from(!faults.is_empty());
            for fault in faults {
                let _ = writeln!(text, "{}: {}: {fault}", rule.name, example.title);
            }
        }
        for (kind, list) in [("fails", &rule.fails), ("passes", &rule.passes)] {
            if list.is_empty() {
                let _ = writeln!(text, "{}: note: it has no example `[[{kind}]]`", rule.name);
            }
        }
    }
    let checked = format!("{} of {}", counted(count, "example"), counted(rules.len(), "rule"));
    let result = if wrong == 0 { "all as they say".to_owned() } else { format!("{wrong} wrong") };
    print(&format!("{text}{checked}: {result}\n"))?;
    Ok(if wrong == 0 { Exit::Clean } else { Exit::Findings })
}

/// What an example states that is not so.
fn faults_of(rule: &RuleInfo, rules: &RuleSet, example: &RuleExample, should_fail: bool) -> Vec<String> {
    let observed = LaidOut::new(rule, rules, example).and_then(|laid_out| laid_out.observe());
    let observed = match observed {
        Ok(observed) => observed,
        Err(error) => return vec![error.to_string()],
    };
    let (stated, found) = (Outcome::stated(example), observed.outcome);
    let mut faults = Vec::new();
    if should_fail && found.findings.is_empty() {
        faults.push("the rule finds nothing".to_owned());
    } else if stated.findings != found.findings && (!stated.findings.is_empty() || !should_fail) {
        let lines = |title: &str, findings: &[String]| {
            let none = if findings.is_empty() { "\n    nothing" } else { "" };
            findings.iter().fold(format!("\n  {title}{none}"), |text, finding| format!("{text}\n    {finding}"))
        };
        faults.push(format!("other findings{}{}", lines("stated", &stated.findings), lines("found", &found.findings)));
    }
    if rule.fix != FixAvailability::None && (stated.after != found.after) && !stated.after.is_empty() {
        let changed = found.after.iter().map(|(name, content)| format!("\n  {name}\n{}", indented(content)));
        let changed: String = changed.collect();
        let changed = if changed.is_empty() { " nothing".to_owned() } else { changed };
        faults.push(format!("the fix changes something else:{changed}"));
    }
    faults
}

fn indented(content: &ExampleFile) -> String {
    let text = String::from_utf8_lossy(&content.bytes()).into_owned();
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
