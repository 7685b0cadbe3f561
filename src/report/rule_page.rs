//! A rule as a page of Markdown.

use std::fmt::Write;

use crate::rule_examples::{ExampleFile, RuleExample};
use crate::rule_info::{FixAvailability, RuleInfo, Severity};

/// The page: what the rule reports, what to do, its fix, examples and sources.
pub(crate) fn markdown(rule: &RuleInfo) -> String {
    let mut text = format!("# {}\n\n{}\n\n", rule.name, capitalized(&rule.summary));
    let _ = writeln!(text, "- Category: {}\n- Severity: {}", rule.category, severities(rule));
    if !rule.applies.is_empty() {
        let products: Vec<&str> = rule.applies.iter().map(|applies| applies.product.as_str()).collect();
        let _ = writeln!(text, "- Products: {}", products.join(", "));
    }
    let _ = writeln!(text, "- Fix: {}", fix(rule));
    for (heading, part) in [("", &rule.explanation), ("\n## What to do\n", &rule.remedy)] {
        if !part.trim().is_empty() {
            let _ = writeln!(text, "{heading}\n{}", part.trim());
        }
    }
    for (heading, example) in ["Example", "Not reported"].into_iter().zip(rule.shown_examples()) {
        text.extend(example.map(|example| format!("\n## {heading}\n\n{}\n", fenced(example))));
    }
    if !rule.sources.is_empty() {
        text.push_str("\n## Sources\n\n");
    }
    for source in &rule.sources {
        let _ = writeln!(text, "- {source}");
    }
    text
}

/// The severity of a rule, with those of profiles.
fn severities(rule: &RuleInfo) -> String {
    let profiles = rule.severity_in.iter().rev().map(|(profile, severity)| {
        let severity = severity.severity().map_or("not reported", Severity::as_str);
        if profile == "default" {
            format!("{severity} without `--profile`")
        } else {
            format!("{severity} with `--profile {profile}`")
        }
    });
    std::iter::once(rule.severity.as_str().to_owned()).chain(profiles).collect::<Vec<_>>().join(", ")
}

fn fix(rule: &RuleInfo) -> String {
    let safety = match rule.fix {
        FixAvailability::None => return "none".to_owned(),
        FixAvailability::Safe => "safe",
        FixAvailability::Unsafe => "unsafe",
        FixAvailability::Depends => "safe or unsafe",
    };
    let note = rule.fix_note.as_deref().map_or_else(String::new, |note| format!("; {}", note.trim().trim_end_matches('.')));
    format!("{safety}{note}")
}

/// The files of an example, and what the fix makes of them.
fn fenced(example: &RuleExample) -> String {
    let RuleExample { title, product, files, after, .. } = example;
    let of = product.as_ref().map_or_else(String::new, |product| format!(" ({product})"));
    let mut text = format!("{}{of}:\n", capitalized(title));
    for (name, content) in files {
        let _ = write!(text, "\n`{name}`\n\n{}", block(name, content));
    }
    for (name, content) in after {
        let _ = write!(text, "\nAfter the fix, `{name}`\n\n{}", block(name, content));
    }
    text.truncate(text.trim_end().len());
    text
}

fn block(name: &str, content: &ExampleFile) -> String {
    let content = content.text().unwrap_or_default();
    let kind = match name.rsplit_once('.') {
        Some((_, kind @ ("toml" | "xml" | "properties" | "yaml" | "json"))) => kind,
        _ => "",
    };
    format!("```{kind}\n{}\n```\n", content.trim_end())
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
