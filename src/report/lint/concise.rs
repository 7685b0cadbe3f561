//! A line per diagnostic: `path:line:column: severity[rule] message`.

use std::fmt::Write;

use super::Report;
use crate::diagnostic::Target;
use crate::report::on_one_line;

/// Writes the report.
pub fn render(report: Report) -> String {
    let mut text = String::new();
    for diagnostic in report.diagnostics {
        let path = report.shown.path(&diagnostic.path);
        let place = match &diagnostic.finding.target {
            Target::Site(site) => {
                let position = report.workspace.source(site).position(diagnostic.span.start);
                format!("{path}:{}:{}", position.line, position.column)
            }
            Target::Path(..) => path,
        };
        let (severity, rule) = (diagnostic.severity.as_str(), &diagnostic.rule.name);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{place}: {severity}[{rule}] {}", on_one_line(&diagnostic.finding.message));
    }
    text
}
