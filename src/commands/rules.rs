//! `carbonlint rules`

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;

use super::arguments::rules_here;
use super::exit::{Exit, Failure};
use super::terminal::{print, terminal_width};
use crate::cli::{RulesArgs, RulesFormat};
use crate::printable::{on_one_line, printable};
use crate::report::{rule_page, wrap};
use crate::rule_info::{ByName, FixAvailability, RuleInfo, RuleSet};

/// Runs the command.
pub(super) fn run(arguments: &RulesArgs) -> Result<Exit, Failure> {
    let rules = rules_here(&arguments.policy)?;
    print(&match arguments.format {
        RulesFormat::Table => table(&rules, terminal_width()),
        RulesFormat::Json => json_list(&rules),
        RulesFormat::Markdown => printable(&rules.iter().map(|rule| rule_page::markdown(rule)).collect::<Vec<_>>().join("\n")),
    })?;
    Ok(Exit::Clean)
}

/// A line for each rule, or several if `width` is limited.
fn table(rules: &RuleSet, width: Option<usize>) -> String {
    let names = rules.names().map(str::len).max().unwrap_or(0);
    let mut text = String::new();
    let mut category = "";
    for rule in rules.iter() {
        if rule.category != category {
            category = &rule.category;
            let _ = writeln!(text, "{}{category}", if text.is_empty() { "" } else { "\n" });
        }
        let (severity, fix) = (rule.severity.as_str(), fix(rule));
        let start = format!("  {:<names$}  {severity:<7}  {fix:<11}  ", rule.name);
        text.push_str(&wrap::row(&start, &on_one_line(&rule.summary), width, 4));
    }
    text
}

/// Whether the rule has a fix, for people.
fn fix(rule: &RuleInfo) -> &'static str {
    match rule.fix {
        FixAvailability::None => "",
        FixAvailability::Safe => "safe fix",
        FixAvailability::Unsafe if rule.by_name == Some(ByName::All) => "fix by name",
        FixAvailability::Unsafe => "unsafe fix",
        FixAvailability::Depends => "fix depends",
    }
}

fn json_list(rules: &RuleSet) -> String {
    let list: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "name": rule.name,
                "category": rule.category,
                "severity": rule.severity,
                "severity_in": rule.severity_in.iter().map(|(profile, severity)| (profile, severity.severity())).collect::<BTreeMap<_, _>>(),
                "summary": rule.summary,
                "fix": rule.fix,
                "fix_by_name": rule.by_name
            })
        })
        .collect();
    format!("{:#}\n", json!({"version": 1, "rules": list}))
}
