//! Runs the rules over a workspace.

use crate::diagnostic::Diagnostic;
use crate::parallel;
use crate::rules::{self, RulesOfHomes, Selection};
use crate::workspace::{Home, Workspace};

/// With more homes than this, what was computed for a home is dropped as soon as its findings are there.
const MANY_HOMES: usize = 32;

/// Runs the selected rules. Returns the diagnostics for the requested files, sorted.
pub fn lint(workspace: &Workspace, selection: &Selection) -> Vec<Diagnostic> {
    let selected = RulesOfHomes::of(selection, workspace);
    let found = workspace.homes.iter().flat_map(|home| rules::check_home(home, selected.in_home(Some(home.id)))).collect();
    requested(workspace, rules::check_homes(workspace, &selected, found))
}

/// The same on up to `threads` threads, with the same result whatever their number. Calls `done` after each home.
pub(crate) fn lint_in_parallel(
    workspace: &mut Workspace,
    selection: &Selection,
    threads: usize,
    done: impl Fn() + Sync,
) -> Vec<Diagnostic> {
    let selected = RulesOfHomes::of(selection, workspace);
    let has_many = workspace.homes.len() > MANY_HOMES;
    let check = |home: &mut Home| {
        let own = selected.in_home(Some(home.id));
        let found = rules::check_home(home, own);
        if has_many {
            if own.compares_homes() {
                home.ports();
            }
            home.model.forget_all();
        } else {
            home.model.forget_configuration();
        }
        done();
        found
    };
    let homes: Vec<&mut Home> = workspace.homes.iter_mut().collect();
    let found = parallel::in_order(homes, threads, check).into_iter().flatten().collect();
    requested(workspace, rules::check_homes(workspace, &selected, found))
}

/// Those of `diagnostics` that are for requested files.
fn requested(workspace: &Workspace, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.retain(|diagnostic| diagnostic.home().is_none_or(|home| workspace.is_requested(home, &diagnostic.path)));
    diagnostics
}
