//! Runs the rules over a workspace.

use crate::diagnostic::{Diagnostic, Target};
use crate::paths::DisplayPaths;
use crate::rules::context::RuleContext;
use crate::rules::{self, Selection};
use crate::workspace::Workspace;

/// Runs the selected rules. Only diagnostics of the files that were asked for are returned, sorted.
pub fn lint(workspace: &Workspace, selection: &Selection, shown: &DisplayPaths) -> Vec<Diagnostic> {
    let context = RuleContext { homes: &workspace.homes, problems: &workspace.problems };
    let mut diagnostics = rules::run(context, selection, shown);
    diagnostics.retain(|diagnostic| is_requested(workspace, diagnostic));
    diagnostics
}

fn is_requested(workspace: &Workspace, diagnostic: &Diagnostic) -> bool {
    let Some(home) = diagnostic.home() else { return true };
    let path = match &diagnostic.finding.target {
        Target::Site(site) => &workspace.homes[home].model.file(site.at.file).source.path,
        Target::Path(path, _) => path,
    };
    workspace.is_requested(home, path)
}
