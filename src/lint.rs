//! Runs the rules over a workspace.

use crate::diagnostic::Diagnostic;
use crate::rules::{self, Selection};
use crate::workspace::Workspace;

/// Runs the selected rules. Returns the diagnostics for the requested files, sorted.
pub fn lint(workspace: &Workspace, selection: &Selection) -> Vec<Diagnostic> {
    let mut diagnostics = rules::run(workspace, selection);
    diagnostics.retain(|diagnostic| diagnostic.home().is_none_or(|home| workspace.is_requested(home, &diagnostic.path)));
    diagnostics
}
