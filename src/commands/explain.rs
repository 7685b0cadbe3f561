//! `carbonlint explain`

use std::fmt::Write;

use super::exit::{Exit, Failure};
use super::terminal::print;
use crate::cli::ExplainArgs;
use crate::rule_info::{FixAvailability, RuleInfo, Severity, rule, rules};

/// Runs the command.
pub(super) fn run(arguments: &ExplainArgs) -> Result<Exit, Failure> {
    let name = &arguments.rule;
    let Some(rule) = rule(name) else {
        let close: Vec<&str> =
            rules().iter().map(|rule| rule.name.as_str()).filter(|known| known.contains(name.as_str())).collect();
        let help = if close.is_empty() {
            "`carbonlint rules` lists them".to_owned()
        } else {
            format!("did you mean {}?", close.join(", "))
        };
        return Err(Failure::new(format!("no rule is called `{name}`")).help(help));
    };
    let mut text = format!(
        "{} ({}, {})\n{}\n\n{}\n",
        rule.name,
        rule.category,
        rule.severity.as_str(),
        rule.summary,
        rule.explanation.trim()
    );
    let _ = writeln!(text, "\nWhat to do\n\n{}", rule.remedy.trim());
    let _ = writeln!(text, "\nFix\n\n{}", fix(rule));
    for (profile, severity) in &rule.severity_in {
        let severity = severity.severity().map_or("not reported", Severity::as_str);
        let _ = writeln!(text, "\nWith --profile {profile}: {severity}");
    }
    text.push_str("\nSources\n\n");
    for source in &rule.sources {
        let _ = writeln!(text, "- {source}");
    }
    print(&text)?;
    Ok(Exit::Clean)
}

/// Whether and how `carbonlint fix` fixes the findings of a rule. Commands are on lines of their own, so that they can be copied.
fn fix(rule: &RuleInfo) -> String {
    let by_name = format!("    carbonlint fix HOME --select {}", rule.name);
    let how = match rule.fix {
        FixAvailability::None => return "This rule has no fix.".to_owned(),
        FixAvailability::Safe => "Safe. Apply it with:\n\n    carbonlint fix HOME".to_owned(),
        FixAvailability::Unsafe => format!("Unsafe. Apply it by its name:\n\n{by_name}"),
        FixAvailability::Depends => {
            format!(
                "Safe in some cases. Apply it there with:\n\n    carbonlint fix HOME\n\nApply it everywhere with:\n\n{by_name}"
            )
        }
    };
    match &rule.fix_note {
        Some(note) => format!("{how}\n\n{}", textwrap::fill(note.trim(), LINE)),
        None => how,
    }
}

/// The length of lines in rule files, in columns.
const LINE: usize = 80;
