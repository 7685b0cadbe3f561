//! What every format of `lint` prints.

use crate::diagnostic::Diagnostic;
use crate::paths::DisplayPaths;
use crate::rule_info::Severity;
use crate::workspace::Workspace;

/// The result of a lint run.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The homes.
    pub workspace: &'a Workspace,
    /// The diagnostics, sorted.
    pub diagnostics: &'a [Diagnostic],
    /// How paths are shown.
    pub shown: &'a DisplayPaths,
}

impl Report<'_> {
    /// How many diagnostics have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}
