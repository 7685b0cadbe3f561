//! The end of the report for people: the homes, what was not checked, what was left alone, and the counts.

use std::fmt::Write;

use super::Report;
use crate::coverage::{Coverage, GapKind};
use crate::report::{counted, notes, printable, product_name};
use crate::rule_info::Severity;
use crate::workspace::Home;

/// With more homes and lone files than this, lone files have no line of their own.
const MAX_LINES: usize = 10;

/// Writes the summary.
pub(super) fn render(report: Report) -> String {
    let coverage = Coverage::of(report.workspace);
    let mut text = homes(report);
    // Foreign files are noted on standard error.
    text.push_str(&notes::gaps(&coverage, report.shown, |kind| kind != GapKind::Foreign));
    text.push_str(&notes::left_out(report.workspace));
    let counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")]
        .into_iter()
        .map(|(severity, name)| (report.count(severity), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| counted(count, name))
        .collect();
    let found = if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
    let _ = writeln!(text, "{found} in {}{}", searched(report), missed(&coverage));
    text
}

/// A line for each home.
fn homes(report: Report) -> String {
    let homes = &report.workspace.homes;
    let listed = homes.iter().filter(|home| homes.len() <= MAX_LINES || home.model.is_home());
    let lines = listed.map(|home| format!("{}: {}\n", printable(&report.shown.path(home.model.path())), describe(home)));
    lines.collect()
}

/// How many files were searched, and how many homes are among them.
fn searched(report: Report) -> String {
    let files = counted(report.workspace.file_count(), "file");
    let homes = &report.workspace.homes;
    let whole = homes.iter().filter(|home| home.model.is_home()).count();
    match whole {
        0 => files,
        1 if homes.len() == 1 => files,
        _ if whole == homes.len() => format!("{files} of {}", counted(whole, "home")),
        _ => format!("{files}, {} among them", counted(whole, "home")),
    }
}

/// How much was not checked.
fn missed(coverage: &Coverage) -> String {
    let files = (coverage.not_understood() > 0).then(|| format!("{} not understood", counted(coverage.not_understood(), "file")));
    let checks = (coverage.skipped() > 0).then(|| format!("checks skipped in {}", coverage.skipped()));
    let parts: Vec<String> = files.into_iter().chain(checks).collect();
    if parts.is_empty() { String::new() } else { format!("; {}", parts.join(", ")) }
}

fn describe(home: &Home) -> String {
    let offset = match home.ports().offset.value {
        Some(offset) => format!("offset {offset}"),
        None => "unknown offset".to_owned(),
    };
    let profile = home
        .ports()
        .profile
        .as_ref()
        .filter(|profile| !profile.is_default())
        .map(|profile| format!(", profile {}", profile.name));
    format!("{}, {}, {offset}{}", product_name(&home.model), home.model.generation.as_str(), profile.unwrap_or_default())
}
