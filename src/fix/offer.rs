//! What `fix` would do about the findings of a lint run, so that a report can offer it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::run::{FixOptions, FixRun, fix};
use crate::diagnostic::Diagnostic;
use crate::edit::Safety;
use crate::lint::lint;
use crate::model::HomeId;
use crate::rules::{Selection, looks_at_other_homes};
use crate::workspace::{Home, Workspace};

/// A run of `fix` without `--unsafe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The selected rules and categories; empty for all.
    pub(crate) select: Vec<String>,
    /// The rules and categories that are left out.
    pub(crate) ignore: Vec<String>,
    /// How many findings it fixes.
    pub(crate) count: usize,
    /// Whether it changes what the server does.
    pub(crate) changes_server: bool,
}

/// The runs of `fix` on the paths of `options` that fix something: one with the selection of `options`, and one for each rule of
/// `diagnostics`, the findings of that selection, whose fixes need its name.
pub(crate) fn offers(options: &FixOptions, workspace: &Workspace, diagnostics: &[Diagnostic]) -> Vec<Offer> {
    let plain = FixOptions { with_unsafe: false, ..options.clone() };
    let mut offers: Vec<Offer> = offer(&plain, workspace, diagnostics).into_iter().collect();
    let run = FixRun::new(&plain);
    let is_asked_for = |diagnostic: &Diagnostic| diagnostic.finding.fixes.iter().any(|fix| run.asks_for(diagnostic, fix));
    let needs_name = diagnostics.iter().filter(|found| !found.finding.fixes.is_empty() && !is_asked_for(found));
    let names: BTreeSet<(&str, &str)> =
        needs_name.map(|found| (found.rule.category.as_str(), found.rule.name.as_str())).collect();
    for (_, name) in names {
        let selection = Selection { select: vec![name.to_owned()], ..Selection::default() };
        let own: Vec<Diagnostic> = if is_superseded(workspace, name) {
            // Alone, it also reports what another rule supersedes.
            lint(workspace, &selection)
        } else {
            diagnostics.iter().filter(|found| found.rule.name == name).cloned().collect()
        };
        offers.extend(offer(&FixOptions { selection, ..plain.clone() }, workspace, &own));
    }
    offers
}

/// Whether a rule of the workspace supersedes the one of this name.
fn is_superseded(workspace: &Workspace, name: &str) -> bool {
    let mut sets = std::iter::once(&workspace.rules).chain(workspace.homes.iter().map(Home::rules));
    sets.any(|rules| rules.iter().any(|rule| rule.supersedes.iter().any(|other| other == name)))
}

/// The homes in which later passes may find more than this one, the first: some fixes must wait for them, or the server could not read a file to
/// its end before. `None` if that can depend on other homes.
fn unfinished(run: &FixRun, diagnostics: &[Diagnostic]) -> Option<BTreeSet<HomeId>> {
    let mut homes = BTreeSet::new();
    for found in diagnostics {
        let is_asked_for = found.finding.fixes.iter().any(|fix| run.wants(found, fix));
        let is_applied = run.has_applied(found);
        if (is_asked_for || is_applied) && looks_at_other_homes(found) {
            return None;
        }
        if is_asked_for != is_applied || is_applied && found.rule.category.ends_with("-structure") {
            homes.insert(found.home()?);
        }
    }
    Some(homes)
}

/// What `fix` does with these options; `diagnostics` are what it finds. `None` if it fixes nothing.
fn offer(options: &FixOptions, workspace: &Workspace, diagnostics: &[Diagnostic]) -> Option<Offer> {
    let mut run = FixRun::new(options);
    run.pass(workspace, diagnostics);
    if run.applied.is_empty() {
        return None;
    }
    let count = match unfinished(&run, diagnostics) {
        None => fix(options).ok()?.applied.len(),
        Some(homes) if homes.is_empty() => run.applied.len(),
        Some(homes) => {
            let paths: BTreeSet<PathBuf> = homes.iter().map(|home| workspace[*home].path().to_path_buf()).collect();
            let others = diagnostics.iter().filter(|found| found.home().is_none_or(|home| !homes.contains(&home)));
            let finished = others.filter(|found| run.has_applied(found)).count();
            finished + fix(&FixOptions { homes: Some(paths), ..options.clone() }).ok()?.applied.len()
        }
    };
    let applied: BTreeSet<&String> = run.applied.iter().map(|applied| &applied.rule).collect();
    let is_unsafe = |found: &&Diagnostic| {
        let wanted = found.finding.fixes.iter().find(|fix| run.asks_for(found, fix));
        wanted.is_some_and(|fix| fix.safety != Safety::Safe)
    };
    let changes_server = diagnostics.iter().filter(|found| applied.contains(&found.rule.name)).any(|found| is_unsafe(&found));
    let Selection { select, ignore, .. } = options.selection.clone();
    (count > 0).then_some(Offer { select, ignore, count, changes_server })
}
