//! `carbonlint explain`

use std::fmt::Write;

use super::arguments::{known_rule, rules_here};
use super::exit::{Exit, Failure};
use super::terminal::{print, terminal_width};
use crate::cli::{ExplainArgs, ExplainFormat};
use crate::printable::printable;
use crate::report::{rule_page, wrap};
use crate::rule_examples::RuleExample;
use crate::rule_info::{ByName, FixAvailability, RuleInfo, Severity};

/// Runs the command.
pub(super) fn run(arguments: &ExplainArgs) -> Result<Exit, Failure> {
    let rules = rules_here(&arguments.policy)?;
    let rule = known_rule(&arguments.rule, &rules)?;
    if arguments.format == ExplainFormat::Markdown {
        print(&printable(&rule_page::markdown(rule)))?;
        return Ok(Exit::Clean);
    }
    let width = terminal_width().map_or(LINE, |width| width.min(MAX_LINE));
    let heading = format!("{} ({}, {})\n", rule.name, rule.category, rule.severity.as_str());
    let mut text = format!("{}\n", rule.summary);
    for (heading, part) in [("", &rule.explanation), ("\nWhat to do\n", &rule.remedy)] {
        if !part.trim().is_empty() {
            let _ = writeln!(text, "{heading}\n{}", part.trim());
        }
    }
    let _ = writeln!(text, "\nFix\n\n{}", fix(rule));
    for (profile, severity) in &rule.severity_in {
        let severity = severity.severity().map_or("not reported", Severity::as_str);
        let _ = match profile.as_str() {
            "default" => writeln!(text, "\nWithout --profile: {severity}, unless it is selected by its name"),
            _ => writeln!(text, "\nWith --profile {profile}: {severity}"),
        };
    }
    for (heading, example) in ["Example", "Not reported"].into_iter().zip(rule.shown_examples()) {
        text.extend(example.map(|example| format!("\n{heading}: {}", indented(example))));
    }
    if !rule.sources.is_empty() {
        text.push_str("\nSources\n\n");
    }
    for source in &rule.sources {
        let _ = writeln!(text, "- {source}");
    }
    print(&printable(&format!("{heading}{}\n", wrap::reflowed(&text, width))))?;
    Ok(Exit::Clean)
}

/// The files of an example, and what the fix makes of them.
fn indented(example: &RuleExample) -> String {
    let mut text = format!("{}\n", example.title);
    let files = example.files.iter().map(|(name, content)| (name.clone(), content));
    let after = example.after.iter().map(|(name, content)| (format!("after the fix, {name}"), content));
    for (name, content) in files.chain(after) {
        let _ = write!(text, "\n{name}\n\n");
        for line in content.text().unwrap_or_default().trim_end().lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// Whether and how `carbonlint fix` fixes the findings of a rule. Commands are on lines of their own, so that they can be copied.
fn fix(rule: &RuleInfo) -> String {
    let by_name = format!("    carbonlint fix --select {}", rule.name);
    let note = rule.fix_note.as_deref().map(str::trim);
    let how = match (rule.fix, rule.by_name) {
        (FixAvailability::None, _) => return "This rule has no fix.".to_owned(),
        (FixAvailability::Safe, _) => format!("Safe, for the findings that have one. In the home, apply it with:\n\n{by_name}"),
        (FixAvailability::Unsafe, by) => {
            let far_reaching = match by {
                None => String::new(),
                Some(ByName::All) => ", and applied only if the rule is named".to_owned(),
                Some(ByName::Port) => {
                    ", for the findings that have one. Where it sets an offset or a port, it is applied only if the rule is named".to_owned()
                }
                Some(ByName::Template) => {
                    ", for the findings that have one. Where it edits a template of the server, it is applied only if the rule is named".to_owned()
                }
            };
            format!("Unsafe{far_reaching}. In the home, apply it with:\n\n{by_name}")
        }
        (FixAvailability::Depends, _) => format!(
            "Safe for some findings, unsafe for others. In the home, apply the safe fixes of all rules with\n\n    carbonlint fix\n\nand all \
             fixes of this rule with\n\n{by_name}"
        ),
    };
    match note {
        Some(note) => format!("{how}\n\n{note}"),
        None => how,
    }
}

/// The length of lines without a terminal, in columns, as in rule files.
const LINE: usize = 80;

/// Longer lines are hard to read.
const MAX_LINE: usize = 100;
