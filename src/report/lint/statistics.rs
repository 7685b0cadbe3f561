//! How often each rule was found: `lint --statistics`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::Report;
use crate::report::{counted, json_text};
use crate::rule_info::{RuleInfo, Severity};

/// The findings of a rule with one severity.
#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    category: &'a str,
    severity: Severity,
    count: usize,
    fixable: usize,
}

/// The rows, the most frequent first.
fn rows<'a>(report: Report<'a>) -> Vec<Row<'a>> {
    let mut rows: BTreeMap<(&str, Severity), Row<'a>> = BTreeMap::new();
    for diagnostic in report.diagnostics {
        let RuleInfo { name, category, .. } = &*diagnostic.rule;
        let severity = diagnostic.severity;
        let row = rows.entry((name, severity)).or_insert(Row { rule: name, category, severity, count: 0, fixable: 0 });
        row.count += 1;
        row.fixable += usize::from(!diagnostic.finding.fixes.is_empty());
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    rows
}

/// A table for people.
pub(crate) fn text(report: Report) -> String {
    let rows = rows(report);
    let width = rows.iter().map(|row| row.rule.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Row { rule, severity, count, fixable, .. } in &rows {
        let fixable = if *fixable == 0 { String::new() } else { format!("  {fixable} fixable") };
        let severity = if fixable.is_empty() { severity.as_str().to_owned() } else { format!("{:<7}", severity.as_str()) };
        let _ = writeln!(text, "{count:>6}  {rule:width$}  {severity}{fixable}");
    }
    let found: usize = rows.iter().map(|row| row.count).sum();
    text + &format!("{} in {}\n", counted(found, "finding"), counted(report.workspace.file_count(), "file"))
}

/// The same as JSON.
pub(crate) fn json(report: Report) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        version: u32,
        statistics: Vec<Row<'a>>,
    }
    json_text(&Document { version: 1, statistics: rows(report) })
}
