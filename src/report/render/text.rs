//! Rendered files for people: a line per file, and findings with their places.

use std::fmt::Write;

use crate::diagnostic::Finding;
use crate::model::Model;
use crate::paths::DisplayPaths;
use crate::render::RenderedFile;
use crate::render::Rendering;
use crate::report::without_hidden;
use crate::report::{counted, printable, product_name};
use crate::rule_info::Severity;
use crate::source::secrets::Masked;
use crate::workspace::Home;

/// A line with the home, a line per file with its state, and the number of files in each state.
pub(crate) fn list(model: &Model, files: &[RenderedFile], shown: &DisplayPaths) -> String {
    let mut text = format!("{}: {}\n", shown.path(model.path()), product_name(model));
    for file in files {
        let _ = write!(text, "  {:<10}  {}", file.state.as_str(), file.path);
        match file.state.reason() {
            Some(reason) => _ = writeln!(text, ": {reason}"),
            None => text.push('\n'),
        }
    }
    let count = |state: &str| files.iter().filter(|file| file.state.as_str() == state).count();
    let counts: Vec<String> = ["unchanged", "rewritten", "changed", "new", "absent", "unreadable", "failed"]
        .into_iter()
        .map(|state| (count(state), state))
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{count} {state}"))
        .collect();
    let _ = writeln!(text, "{}: {}", counted(files.len(), "file"), counts.join(", "));
    printable(&text)
}

/// The text of a rendered file with its secrets masked, under its path if there are `several`.
pub(crate) fn content(rendering: &Rendering, file: &RenderedFile, several: bool) -> String {
    let Some(text) = &file.text else { return String::new() };
    let heading = if several { format!("==> {} <==\n", printable(&file.path)) } else { String::new() };
    heading + &without_hidden(&Masked::of(text, &rendering.secrets_in(file)).text)
}

/// A line per finding, `path:line:column: error: message`, with what to do below it.
pub(crate) fn findings(home: &Home, findings: &[Finding], shown: &DisplayPaths) -> String {
    let mut text = String::new();
    for finding in findings {
        let (path, range) = home.place(finding);
        let place = range.map_or_else(String::new, |range| format!(":{}:{}", range.start.line, range.start.column));
        let severity = finding.severity.unwrap_or(Severity::Error).as_str();
        let _ = writeln!(text, "{}{place}: {severity}: {}", shown.path(path), finding.message);
        if let Some(help) = &finding.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    printable(&text)
}
