//! `carbonlint fix`

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use carbonlint::diagnostic::Diagnostic;
use carbonlint::fix::revert::revert;
use carbonlint::fix::run::{Applied, ChangedFile, Outcome, Refused, Request, run as fix};
use carbonlint::fix::write::{Replacement, replace};
use carbonlint::lint::Workspace;
use carbonlint::model::Overlays;
use carbonlint::paths::{Shown, absolute};
use carbonlint::report::diff::unified;
use carbonlint::rules::rule;
use carbonlint::source::SourceFile;

use super::{Exit, Failure, assumptions, check_paths, nothing_found, paths_or_here, print, selection, shown, style};
use crate::cli::FixArgs;

/// Runs the command.
pub fn run(arguments: &FixArgs) -> Result<Exit, Failure> {
    let paths = paths_or_here(&arguments.paths);
    check_paths(&paths)?;
    let shown = shown();
    let assumptions = assumptions(&arguments.assume)?;
    if let Some(name) = &arguments.revert {
        if rule(name).is_none() {
            return Err(Failure::new(format!("no rule is called `{name}`")).help("`carbonlint rules` lists them"));
        }
        let workspace = Workspace::open(&paths, &assumptions, &Overlays::new());
        let files = revert(&workspace, name);
        let text = format!("{} brought back in {}\n", name, counted(files.len(), "file"));
        return conclude(arguments, &files, &text, &shown, workspace.is_empty(), &paths, true);
    }
    let request = Request {
        paths: paths.iter().map(|path| absolute(path)).collect(),
        assumptions,
        selection: selection(&arguments.select, &arguments.ignore)?,
        with_unsafe: arguments.with_unsafe,
    };
    let outcome = fix(&request, &shown).map_err(|no_end| {
        let message = format!("the fixes of {} undo each other; nothing was written", no_end.rules.join(" and "));
        Failure::new(message).help("fix them one at a time with --select")
    })?;
    let text = summary(&outcome, arguments);
    let is_empty = outcome.workspace.is_empty() && outcome.left.is_empty();
    conclude(arguments, &outcome.files, &text, &shown, is_empty, &paths, outcome.refused.is_empty())
}

/// Prints the diff, or writes the files and says what was done.
fn conclude(
    arguments: &FixArgs,
    files: &[ChangedFile],
    summary: &str,
    shown: &Shown,
    is_empty: bool,
    paths: &[PathBuf],
    is_clean: bool,
) -> Result<Exit, Failure> {
    if is_empty {
        return Ok(nothing_found(paths));
    }
    if arguments.diff {
        print(&diffs(files, shown))?;
    } else if arguments.check {
        print(&format!("{} would change\n", counted(files.len(), "file")))?;
    } else {
        write(files, arguments.backup.as_deref())?;
        print(summary)?;
    }
    Ok(match (is_clean, arguments.check && !files.is_empty()) {
        (false, _) => Exit::Failure,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Clean,
    })
}

fn diffs(files: &[ChangedFile], shown: &Shown) -> String {
    let color = style(false).color;
    let text = |path: &Path, bytes: &[u8]| SourceFile::from_bytes(path, bytes.to_vec()).map(|file| file.text).unwrap_or_default();
    files
        .iter()
        .map(|file| unified(&shown.path(&file.path), &text(&file.path, &file.old), &text(&file.path, &file.new), color))
        .collect()
}

/// Writes the files of each home, all or none.
fn write(files: &[ChangedFile], backup: Option<&str>) -> Result<(), Failure> {
    let mut homes: BTreeMap<&Path, Vec<Replacement>> = BTreeMap::new();
    for file in files {
        let replacement = Replacement { path: file.path.clone(), old: file.old.clone(), new: file.new.clone() };
        homes.entry(&file.root).or_default().push(replacement);
    }
    for (root, replacements) in homes {
        replace(&replacements, root, backup)
            .map_err(|error| Failure::new(error.to_string()).help("nothing of this home was written; run the command again"))?;
    }
    Ok(())
}

fn summary(outcome: &Outcome, arguments: &FixArgs) -> String {
    let mut text = String::new();
    for Applied { rule, title, path, afterwards, .. } in &outcome.applied {
        let _ = writeln!(text, "{path}: {title} [{rule}]");
        if let Some(afterwards) = afterwards {
            let _ = writeln!(text, "  {afterwards}");
        }
    }
    for Refused { path, rule, reason } in &outcome.refused {
        let _ = writeln!(text, "{path}: not fixed [{rule}]: {reason}");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{} fixed in {}", counted(outcome.applied.len(), "finding"), counted(outcome.files.len(), "file"));
    let left = |with_fix: bool| {
        let count = |diagnostic: &&Diagnostic| diagnostic.finding.fixes.is_empty() != with_fix;
        outcome.left.iter().filter(count).count()
    };
    match (left(true), left(false)) {
        (0, 0) => {}
        (0, manual) => {
            let _ = writeln!(
                text,
                "{} left, which only a person can decide: `carbonlint lint` tells where",
                counted(manual, "finding")
            );
        }
        (asking, manual) => {
            let hint = if arguments.with_unsafe {
                "that could not be fixed"
            } else {
                "that change what the server does: --unsafe, or --select RULE"
            };
            let _ = writeln!(text, "{} left {hint}", counted(asking, "fix").replace("fixs", "fixes"));
            if manual > 0 {
                let _ = writeln!(
                    text,
                    "{} left, which only a person can decide: `carbonlint lint` tells where",
                    counted(manual, "finding")
                );
            }
        }
    }
    text
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
