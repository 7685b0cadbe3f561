//! `carbonlint explain`

use carbonlint::rules::{rule, rules};

use super::{Exit, Failure, print};
use crate::cli::ExplainArgs;

/// Runs the command.
pub fn run(arguments: &ExplainArgs) -> Result<Exit, Failure> {
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
    text.push_str(&format!("\nWhat to do\n\n{}\n", rule.remedy.trim()));
    for (profile, severity) in &rule.severity_in {
        text.push_str(&format!("\nWith --profile {profile}: {}\n", severity.as_str()));
    }
    text.push_str("\nSources\n\n");
    for source in &rule.sources {
        text.push_str(&format!("- {source}\n"));
    }
    print(&text)?;
    Ok(Exit::Clean)
}
