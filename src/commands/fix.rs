//! `carbonlint fix`

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use clap::ColorChoice;

use crate::coverage::{Coverage, GapKind};
use crate::disk::{OLD_ENDING, TEMPORARY_ENDING};
use crate::fix::WriteError;
use crate::fix::offer::offers;
use crate::fix::revert::{StuckChange, revert};
use crate::fix::run::{AppliedFix, FixOptions, FixResult, RefusedFix, fix};
use crate::fix::write::{ChangedFile, write_all};
use crate::paths::{DisplayPaths, absolute};
use crate::report::counted;
use crate::report::diff::unified;
use crate::report::lint::fixable;
use crate::source::Overlays;
use crate::source::SourceFile;
use crate::workspace::Workspace;

use super::arguments::{Scope, assumptions, check_paths, known_rule, names_files, paths_or_here, search, selection};
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
    let assumptions = assumptions(&arguments.assume, arguments.machine.same_host)?;
    let search = search(arguments.search);
    if let Some(name) = &arguments.revert {
        known_rule(name)?;
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
        let changes = Changes { refusals: refusals.collect(), files: reverted.files, summary };
        return conclude(arguments, &changes, &shown, color);
    }
    let options = FixOptions {
        paths: paths.iter().map(|path| absolute(path)).collect(),
        search,
        assumptions,
        selection: selection(&arguments.select, &arguments.ignore)?,
        with_unsafe: arguments.with_unsafe,
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
    let summary = summary(arguments, &options, &result, &shown);
    conclude(arguments, &Changes { files: result.files, summary, refusals }, &shown, color)
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
        print(&diffs(&result.files, shown, style(color, false).color))?;
    } else if arguments.check {
        print(&format!("{} would change\n", counted(result.files.len(), "file")))?;
    } else {
        failures = write(&result.files, arguments.backup.as_deref());
        if failures.is_empty() {
            print_wrapped(&result.summary)?;
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

fn diffs(files: &[ChangedFile], shown: &DisplayPaths, color: bool) -> String {
    let text = |path: &Path, bytes: &[u8]| SourceFile::from_bytes(path, bytes.to_vec()).map(|file| file.text).unwrap_or_default();
    files
        .iter()
        .map(|file| unified(&shown.path(&file.path), &text(&file.path, &file.old), &text(&file.path, &file.new), color))
        .collect()
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

fn summary(arguments: &FixArgs, options: &FixOptions, result: &FixResult, shown: &DisplayPaths) -> String {
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
    let offers = offers(options, &result.workspace, &result.remaining);
    let FixArgs { paths, search, assume, machine, select, ignore, .. } = arguments;
    let scope = Scope { paths, search: *search, assume, machine };
    text.push_str(&fixable::render(&offers, |offer| scope.command("fix", &offer.select, &offer.ignore)));
    let manual = result.remaining.iter().filter(|diagnostic| diagnostic.finding.fixes.is_empty()).count();
    if manual > 0 {
        let lint = scope.command("lint", select, ignore);
        let _ = writeln!(text, "{} left to fix by hand: `{lint}` shows where", counted(manual, "finding"));
    }
    text
}
