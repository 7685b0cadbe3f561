//! The baselines of a lint run: which files they are, what they leave out, and what they still count although it is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::baseline::Baseline;
use crate::diagnostic::Diagnostic;
use crate::model::HomeId;
use crate::paths::{DisplayPaths, absolute};
use crate::report::counted;
use crate::rules::Selection;
use crate::workspace::Workspace;

use super::exit::{Exit, Failure};
use super::terminal::{print, print_error, write_to};
use crate::cli::LintArgs;

/// Removes from `diagnostics` what the baselines of the run count, and says what they count that no longer occurs, or removes that from them.
pub(super) fn apply(
    arguments: &LintArgs,
    workspace: &Workspace,
    selection: &Selection,
    diagnostics: &mut Vec<Diagnostic>,
    shown: &DisplayPaths,
) -> Result<(), Failure> {
    let files = files(arguments, workspace);
    if files.is_empty() {
        let failure =
            || Failure::new("there is no baseline to prune").help("name it with `--baseline FILE`, or in carbonlint.toml");
        return if arguments.baseline.prune { Err(failure()) } else { Ok(()) };
    }
    let checked: BTreeSet<&Path> =
        workspace.homes.iter().flat_map(|home| &home.model.files).map(|file| file.source.path.as_path()).collect();
    let is_known = |path: &Path| checked.contains(path) || !path.exists();
    for (file, homes) in files {
        let name = shown.path(&file);
        let baseline = Baseline::read(&file).map_err(|error| {
            Failure::new(format!("cannot use the baseline `{name}`: {error}")).help("write one with `--write-baseline FILE`")
        })?;
        let is_of = |diagnostic: &Diagnostic| {
            homes.as_ref().is_none_or(|homes| diagnostic.home().is_some_and(|home| homes.contains(&home)))
        };
        let (mut own, others): (Vec<Diagnostic>, Vec<Diagnostic>) = std::mem::take(diagnostics).into_iter().partition(is_of);
        let gone = baseline.apply(&mut own).only(is_known, |rule| selection.takes_rule(rule));
        *diagnostics = others;
        diagnostics.append(&mut own);
        let (findings, occur) = (counted(gone.count(), "finding"), if gone.count() == 1 { "occurs" } else { "occur" });
        if arguments.baseline.prune {
            write_to(&file, &baseline.without(&gone).text())?;
            print_error(&format!("note: {findings} removed from `{name}`\n"));
        } else if gone.count() > 0 && !arguments.extent.quiet {
            print_error(&format!("note: {findings} in `{name}` no longer {occur}; `--prune-baseline` removes what is gone\n"));
        }
    }
    diagnostics.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    Ok(())
}

/// The baselines, each with the homes that it is for; `None` for all.
fn files(arguments: &LintArgs, workspace: &Workspace) -> BTreeMap<PathBuf, Option<BTreeSet<HomeId>>> {
    if let Some(file) = &arguments.baseline.file {
        return BTreeMap::from([(absolute(file), None)]);
    }
    let mut files: BTreeMap<PathBuf, Option<BTreeSet<HomeId>>> = BTreeMap::new();
    for home in &workspace.homes {
        if let Some(file) = home.config().and_then(|config| config.baseline.clone()) {
            files.entry(file).or_insert_with(|| Some(BTreeSet::new())).get_or_insert_default().insert(home.id);
        }
    }
    files
}

/// Writes what was found as a baseline to `file`.
pub(super) fn write_new(file: &Path, diagnostics: &[Diagnostic], shown: &DisplayPaths) -> Result<Exit, Failure> {
    let file = absolute(file);
    let baseline = Baseline::of(diagnostics, file.parent().unwrap_or(&file));
    write_to(&file, &baseline.text())?;
    print(&format!("{} written to `{}`\n", counted(baseline.count(), "finding"), shown.path(&file)))?;
    Ok(Exit::Clean)
}
