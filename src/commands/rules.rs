//! `carbonlint rules`

use std::fmt::Write;

use carbonlint::rule_info::rules;
use serde_json::json;

use super::{Exit, Failure, print};
use crate::cli::{RulesArgs, RulesFormat};

/// Runs the command.
pub fn run(arguments: &RulesArgs) -> Result<Exit, Failure> {
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
        let _ = writeln!(text, "  {:<width$}  {:<7}  {}", rule.name, rule.severity.as_str(), rule.summary);
    }
    text
}

fn json_list() -> String {
    let list: Vec<_> = rules()
        .iter()
        .map(|rule| json!({"name": rule.name, "category": rule.category, "severity": rule.severity, "summary": rule.summary}))
        .collect();
    format!("{:#}\n", json!({"version": 1, "rules": list}))
}
