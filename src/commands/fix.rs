//! `carbonlint fix`

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use clap::ColorChoice;

use crate::coverage::{Coverage, GapKind};
use crate::diagnostic::Diagnostic;
use crate::disk::{OLD_ENDING, TEMPORARY_ENDING};
use crate::fix::WriteError;
use crate::fix::offer::offers;
use crate::fix::revert::{StuckChange, revert};
use crate::fix::run::{AppliedFix, FixOptions, FixResult, RefusedFix, fix};
use crate::fix::write::{ChangedFile, write_all};
use crate::paths::{DisplayPaths, absolute};
use crate::printable::on_one_line;
use crate::report::counted;
use crate::report::lint::fixable;
use crate::report::patch::patch;
use crate::source::Overlays;
use crate::workspace::Workspace;

use super::arguments::{
    Scope, assumptions, check_paths, known_rule, names_files, paths_or_here, rules_for, rules_of, search, selection, threads,
};
use super::exit::{Exit, Failure};
use super::terminal::{note_gaps, nothing_found, print, print_error, print_wrapped, shown, style};
use crate::cli::FixArgs;

/// The result of fixing, or of reverting.
struct Changes {
    files: Vec<ChangedFile>,
    /// What was done, as text.
    summary: String,
    /// What could not be done, as text.
    refusals: String,
    /// The fixes, if it was not reverted.
    applied: Vec<AppliedFix>,
    /// What to do next, as text.
    notes: String,
}

/// Runs the command.
pub(super) fn run(arguments: &FixArgs, color: ColorChoice) -> Result<Exit, Failure> {
    let paths = paths_or_here(&arguments.paths);
    if paths.iter().any(|path| path == Path::new("-")) {
        return Err(Failure::new("fix cannot read standard input").help("name the file, or use `carbonlint lint -`"));
    }
    check_backup(arguments.backup.as_deref())?;
    check_paths(&paths)?;
    let shown = shown();
    let assumptions = assumptions(&arguments.assume, arguments.machine.same_host, rules_of(&arguments.policy)?)?;
    let rules = rules_for(&paths, &assumptions);
    let search = search(arguments.search);
    if let Some(name) = &arguments.revert {
        known_rule(name, &rules)?;
        let workspace = Workspace::open_found(&paths, search, &assumptions, &Overlays::new());
        if workspace.is_empty() {
            return Ok(nothing_found(&paths, &workspace, search));
        }
        let reverted = revert(&workspace, name);
        let stuck = reverted.stuck.iter();
        let refusals =
            stuck.map(|StuckChange { path, line, help }| format!("{}:{line}: not reverted [{name}]: {help}\n", shown.path(path)));
        let summary = match (reverted.count, reverted.stuck.len()) {
            (0, 0) => nothing_marked(name),
            (count, _) => format!("{} of {name} undone in {}\n", counted(count, "change"), counted(reverted.files.len(), "file")),
        };
        let changes =
            Changes { refusals: refusals.collect(), files: reverted.files, summary, applied: Vec::new(), notes: String::new() };
        return conclude(arguments, &changes, &shown, color);
    }
    let options = FixOptions {
        paths: paths.iter().map(|path| absolute(path)).collect(),
        search,
        assumptions,
        selection: selection(&arguments.select, &arguments.ignore, &rules)?,
        with_unsafe: arguments.with_unsafe,
        threads: threads(arguments.threads),
        homes: None,
    };
    let result = fix(&options)
        .map_err(|error| Failure::new(format!("{error}; nothing was written")).help("fix them one at a time with --select"))?;
    if result.workspace.is_empty() && result.remaining.is_empty() {
        let coverage = Coverage::of(&result.workspace);
        note_gaps(&coverage, |_| true);
        let is_search = !names_files(&paths);
        return Ok(if is_search { nothing_found(&paths, &result.workspace, search) } else { Exit::Clean });
    }
    note_gaps(&Coverage::of(&result.workspace), |kind| kind == GapKind::Foreign);
    let mut refusals = String::new();
    for RefusedFix { path, line, rule, reason } in &result.refused {
        let _ = writeln!(refusals, "{}:{line}: not fixed [{rule}]: {reason}", shown.path(path));
    }
    let (summary, notes) = (summary(&result, &shown), notes(arguments, &options, &result));
    let changes = Changes { files: result.files, summary, refusals, applied: result.applied, notes };
    conclude(arguments, &changes, &shown, color)
}

/// What `--revert` says where nothing has a mark of the rule.
fn nothing_marked(rule: &str) -> String {
    format!(
        "nothing here is marked with `carbonlint[{rule}]`\n  help: only marked changes can be undone; take back others from a backup, or by \
         hand\n"
    )
}

/// Fails unless the suffix gives backups a different name in the same folder.
fn check_backup(suffix: Option<&str>) -> Result<(), Failure> {
    match suffix {
        Some(suffix) if suffix.is_empty() || suffix.contains(['/', '\\']) || [TEMPORARY_ENDING, OLD_ENDING].contains(&suffix) => {
            Err(Failure::new(format!("`{suffix}` is not a valid backup suffix")).help("use one such as `.orig`"))
        }
        _ => Ok(()),
    }
}

/// Prints the diff, or writes the files and says what was done.
fn conclude(arguments: &FixArgs, result: &Changes, shown: &DisplayPaths, color: ColorChoice) -> Result<Exit, Failure> {
    let mut failures = Vec::new();
    if arguments.diff {
        let (patches, left_out) = patches(result, shown, style(color, false).color);
        print(&patches)?;
        print_error(&left_out);
        print_error(&match (result.applied.len(), result.files.len()) {
            (_, 0) => "nothing to change\n".to_owned(),
            (0, files) => format!("{} would change\n", counted(files, "file")),
            (applied, files) => format!("{} would be fixed in {}\n", counted(applied, "finding"), counted(files, "file")),
        });
        print_error(&result.notes);
    } else if arguments.check {
        print(&format!("{} would change\n", counted(result.files.len(), "file")))?;
    } else {
        failures = write(&result.files, arguments.backup.as_deref());
        if failures.is_empty() {
            print_wrapped(&result.summary)?;
            print_wrapped(&result.notes)?;
        }
    }
    print_error(&result.refusals);
    for failure in &failures {
        print_error(&format!("{failure}\n"));
    }
    if !(failures.is_empty() && result.refusals.is_empty()) {
        return Ok(Exit::Failure);
    }
    Ok(if arguments.check && !result.files.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// The changes as a patch for the working folder, with the rules before each file, and the files that are left out of it, as text.
fn patches(result: &Changes, shown: &DisplayPaths, for_terminal: bool) -> (String, String) {
    let (mut patches, mut left_out) = (String::new(), String::new());
    for ChangedFile { path, old, new, .. } in &result.files {
        match patch(&shown.exact(path), old, new, for_terminal) {
            Ok(patch) => {
                let applied = result.applied.iter().filter(|applied| applied.files.contains(path));
                // What is before the name of a file is not a part of the patch.
                for AppliedFix { rule, title, follow_up, .. } in applied {
                    let _ = writeln!(patches, "# {} [{rule}]", on_one_line(title));
                    if let Some(follow_up) = follow_up {
                        let _ = writeln!(patches, "#   {}", on_one_line(follow_up));
                    }
                }
                patches.push_str(&patch);
            }
            Err(why) => {
                let _ = writeln!(left_out, "note: {}: not in the patch: {}", shown.path(path), why.as_str());
            }
        }
    }
    (patches, left_out)
}

/// Writes the files of each home, all or none. Returns a failure for each home that was not written.
fn write(files: &[ChangedFile], backup: Option<&str>) -> Vec<Failure> {
    let failed = write_all(files, backup);
    let others = failed.len() < files.iter().map(|file| &file.root).collect::<BTreeSet<_>>().len();
    let failed = failed.into_iter();
    failed
        .map(|(root, error)| {
            let what = match error {
                WriteError::NotPutBack(..) => "rename that file back, and run the command again",
                WriteError::ReadOnly(_) => "make it writable, and run the command again",
                WriteError::LinkOut(..) => "fix the file that the link leads to",
                _ => "run the command again",
            };
            let help = match error {
                WriteError::NotPutBack(..) => what.to_owned(),
                _ if others => format!("no file of `{}` was changed, but other homes were: {what}", root.display()),
                _ => format!("no file was changed: {what}"),
            };
            Failure::new(error.to_string()).help(help)
        })
        .collect()
}

/// What was fixed.
fn summary(result: &FixResult, shown: &DisplayPaths) -> String {
    let mut text = String::new();
    for AppliedFix { rule, title, files, follow_up, .. } in &result.applied {
        let files: Vec<String> = files.iter().map(|file| shown.path(file)).collect();
        let _ = writeln!(text, "{}: {title} [{rule}]", files.join(", "));
        if let Some(follow_up) = follow_up {
            let _ = writeln!(text, "  {follow_up}");
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{} fixed in {}", counted(result.applied.len(), "finding"), counted(result.files.len(), "file"));
    text
}

/// What is left to do.
fn notes(arguments: &FixArgs, options: &FixOptions, result: &FixResult) -> String {
    let mut text = String::new();
    let offers = offers(options, &result.workspace, &result.remaining);
    let FixArgs { paths, search, assume, machine, policy, select, ignore, .. } = arguments;
    let scope = Scope { paths, search: *search, assume, machine, policy };
    text.push_str(&fixable::render(&offers, |offer| scope.command("fix", &offer.select, &offer.ignore)));
    let is_manual = |found: &&Diagnostic| found.finding.fixes.is_empty() && !found.is_unasked_advice(select);
    let manual = result.remaining.iter().filter(is_manual).count();
    if manual > 0 {
        let lint = scope.command("lint", select, ignore);
        let _ = writeln!(text, "{} left to fix by hand: `{lint}` shows where", counted(manual, "finding"));
    }
    text
}
