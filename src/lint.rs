//! Runs the rules over a workspace.

use crate::diagnostic::Diagnostic;
use crate::rules::context::RuleContext;
use crate::rules::{self, Selection};
use crate::workspace::Workspace;

/// Runs the selected rules. Returns the diagnostics for the requested files, sorted.
pub fn lint(workspace: &Workspace, selection: &Selection) -> Vec<Diagnostic> {
    let context = RuleContext { homes: &workspace.homes, problems: &workspace.problems };
    let mut diagnostics = rules::run(context, selection);
    diagnostics.retain(|diagnostic| diagnostic.home().is_none_or(|home| workspace.is_requested(home, &diagnostic.path)));
    diagnostics
}
