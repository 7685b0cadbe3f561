//! `carbonlint rules`

use std::fmt::Write;

use serde_json::json;

use super::exit::{Exit, Failure};
use super::terminal::print;
use crate::cli::{RulesArgs, RulesFormat};
use crate::rule_info::{ByName, FixAvailability, RuleInfo, rules};

/// Runs the command.
pub(super) fn run(arguments: &RulesArgs) -> Result<Exit, Failure> {
    print(&match arguments.format {
        RulesFormat::Table => table(),
        RulesFormat::Json => json_list(),
    })?;
    Ok(Exit::Clean)
}

fn table() -> String {
    let width = rules().iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut category = "";
    for rule in rules() {
        if rule.category != category {
            category = &rule.category;
            let _ = writeln!(text, "{}{category}", if text.is_empty() { "" } else { "\n" });
        }
        let (severity, fix) = (rule.severity.as_str(), fix(rule));
        let _ = writeln!(text, "  {:<width$}  {severity:<7}  {fix:<11}  {}", rule.name, rule.summary);
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

fn json_list() -> String {
    let list: Vec<_> = rules()
        .iter()
        .map(|rule| {
            json!({
                "name": rule.name,
                "category": rule.category,
                "severity": rule.severity,
                "summary": rule.summary,
                "fix": rule.fix,
                "fix_by_name": rule.by_name
            })
        })
        .collect();
    format!("{:#}\n", json!({"version": 1, "rules": list}))
}
