//! What every format of `lint` prints.

use crate::diagnostic::Diagnostic;
use crate::paths::DisplayPaths;
use crate::rule_info::Severity;
use crate::workspace::Workspace;

/// How the report is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// Whether to draw with more than ASCII.
    pub unicode: bool,
    /// Columns of the terminal; `None` without one.
    pub width: Option<usize>,
}

/// The result of a lint run.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The homes.
    pub workspace: &'a Workspace,
    /// The diagnostics, sorted.
    pub diagnostics: &'a [Diagnostic],
    /// How paths are shown.
    pub shown: &'a DisplayPaths,
    /// The rules and categories that the user named; empty for all.
    pub selected: &'a [String],
}

impl Report<'_> {
    /// Whether a report for people has only a line for this diagnostic: advice that nobody asked for.
    pub fn is_brief(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.is_unasked_advice(self.selected)
    }

    /// How many diagnostics have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}
