//! Every finding of every failing example in full: what the examples themselves do not state. A person reads it in the snapshots.

use std::fmt::Write;

use carbonlint::internals::{DisplayPaths, Report, json};
use carbonlint::{Overlays, RuleExample, RuleInfo, Workspace, lint, rules};
use serde_json::Value;

use super::example::{Examples, assumptions, lay_out};
use crate::support::select;

#[test]
fn findings_have_a_range_a_key_a_help_and_related_places() {
    let mut categories: Vec<&str> = rules().iter().map(|rule| rule.category.as_str()).collect();
    categories.dedup();
    for category in categories {
        let of_category = rules().iter().filter(|rule| rule.category == category);
        let text: String =
            of_category.flat_map(|rule| Examples::of(rule).fails.into_iter().map(|example| full(rule, &example))).collect();
        insta::assert_snapshot!(format!("findings_{category}"), text);
    }
}

/// The findings of a rule in one of its examples, a line for each part.
fn full(rule: &RuleInfo, example: &RuleExample) -> String {
    let folder = lay_out(example);
    let workspace = Workspace::open(&[folder.path().to_path_buf()], &assumptions(example), &Overlays::new());
    let diagnostics = lint(&workspace, &select(&[&rule.name]));
    let shown = DisplayPaths::relative_to(folder.path().to_path_buf());
    let report = json::render(Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown, selected: &[] });
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let mut text = format!("{}: {}\n", rule.name, example.title);
    for finding in report["diagnostics"].as_array().expect("a list") {
        let at = |place: &Value| format!("{}:{}", place["file"].as_str().unwrap_or_default(), range(&place["range"]));
        let _ = writeln!(text, "  {} {}", at(finding), finding["message"].as_str().expect("text"));
        for part in ["key", "help"] {
            if let Some(part_text) = finding[part].as_str() {
                let _ = writeln!(text, "    {part}: {part_text}");
            }
        }
        for related in finding["related"].as_array().expect("a list") {
            let _ = writeln!(text, "    related: {} {}", at(related), related["message"].as_str().expect("text"));
        }
        for fix in finding["fixes"].as_array().expect("a list") {
            let _ = writeln!(text, "    {} fix: {}", fix["safety"].as_str().expect("text"), fix["title"].as_str().expect("text"));
        }
    }
    // The folder has another name in every run.
    let name = folder.path().file_name().and_then(|name| name.to_str()).expect("UTF-8");
    text.replace(name, "HOME")
}

/// `line:column-line:column`
fn range(range: &Value) -> String {
    let point = |point: &Value| format!("{}:{}", point["line"], point["column"]);
    format!("{}-{}", point(&range["start"]), point(&range["end"]))
}
