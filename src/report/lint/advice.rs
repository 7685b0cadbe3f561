//! Advice about what products ship, in the report for people: a line each below a heading for each home.

use std::fmt::Write;

use super::{Report, Style};
use crate::diagnostic::{Diagnostic, Target};
use crate::report::{on_one_line, printable};

/// Writes the advice among the diagnostics of `report`, home by home.
pub(super) fn render(report: Report, style: Style) -> String {
    let mut text = String::new();
    let mut last = None;
    for diagnostic in report.diagnostics.iter().filter(|diagnostic| report.is_brief(diagnostic)) {
        if last != Some(diagnostic.home()) {
            let home = diagnostic.home().map(|home| report.shown.path(report.workspace[home].model.path()));
            let name = printable(&home.unwrap_or_default());
            let heading = format!("before production, in {name}:");
            let _ = if style.color { writeln!(text, "\x1b[1m{heading}\x1b[0m") } else { writeln!(text, "{heading}") };
            last = Some(diagnostic.home());
        }
        let (rule, message) = (&diagnostic.rule.name, on_one_line(&diagnostic.finding.message));
        let _ = writeln!(text, "  {message} ({rule}, {})", place(report, diagnostic));
    }
    if !text.is_empty() {
        text.push_str("`--profile production` reports this in full, as warnings and errors\n");
    }
    text
}

/// The file and line, below the home, where the user changes it: the place of the finding or, if the user's file does not mention it, what
/// decides it instead.
fn place(report: Report, diagnostic: &Diagnostic) -> String {
    let site = match &diagnostic.finding.target {
        Target::Site(site) => Some(*site),
        Target::Path(..) => diagnostic.finding.related.first().map(|related| related.site),
    };
    let source = site.map(|site| report.workspace.source(&site));
    let path = source.map_or(&diagnostic.path, |source| &source.path);
    let root = diagnostic.home().map(|home| &report.workspace[home].model.layout.root);
    let below = root.and_then(|root| path.strip_prefix(root).ok());
    let shown = below.map_or_else(|| report.shown.path(path), |below| printable(&below.display().to_string()));
    match source.zip(site) {
        Some((source, site)) => format!("{shown}:{}", source.position(site.at.span.start).line),
        None => shown,
    }
}
