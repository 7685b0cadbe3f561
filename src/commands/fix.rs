//! `carbonlint fix`

use std::fmt::Write;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::disk::TEMPORARY_ENDING;
use crate::fix::revert::revert;
use crate::fix::run::{AppliedFix, FixOptions, FixResult, RefusedFix, fix};
use crate::fix::write::{ChangedFile, write_all};
use crate::paths::{DisplayPaths, absolute};
use crate::report::counted;
use crate::report::diff::unified;
use crate::rule_info::rule;
use crate::source::Overlays;
use crate::source::SourceFile;
use crate::workspace::Workspace;

use super::arguments::{assumptions, check_paths, paths_or_here, selection};
use super::exit::{Exit, Failure};
use super::terminal::{nothing_found, print, print_error, shown, style};
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
pub(super) fn run(arguments: &FixArgs) -> Result<Exit, Failure> {
    let paths = paths_or_here(&arguments.paths);
    if paths.iter().any(|path| path == Path::new("-")) {
        return Err(Failure::new("fix cannot read standard input").help("name the file, or use `carbonlint lint -`"));
    }
    check_backup(arguments.backup.as_deref())?;
    check_paths(&paths)?;
    let shown = shown();
    let assumptions = assumptions(&arguments.assume, arguments.machine.same_host)?;
    if let Some(name) = &arguments.revert {
        if rule(name).is_none() {
            return Err(Failure::new(format!("no rule is called `{name}`")).help("`carbonlint rules` lists them"));
        }
        let workspace = Workspace::open(&paths, &assumptions, &Overlays::new());
        if workspace.is_empty() {
            return Ok(nothing_found(&paths));
        }
        let files = revert(&workspace, name);
        let summary = match files.len() {
            0 => format!("{name} commented nothing out; change keys of deployment.toml back by hand\n"),
            count => format!("restored what {name} commented out in {}\n", counted(count, "file")),
        };
        return conclude(arguments, &Changes { files, summary, refusals: String::new() }, &shown);
    }
    let options = FixOptions {
        paths: paths.iter().map(|path| absolute(path)).collect(),
        assumptions,
        selection: selection(&arguments.select, &arguments.ignore)?,
        with_unsafe: arguments.with_unsafe,
    };
    let result = fix(&options)
        .map_err(|error| Failure::new(format!("{error}; nothing was written")).help("fix them one at a time with --select"))?;
    if result.workspace.is_empty() && result.remaining.is_empty() {
        return Ok(nothing_found(&paths));
    }
    let mut refusals = String::new();
    for RefusedFix { path, rule, reason } in &result.refused {
        let _ = writeln!(refusals, "{}: not fixed [{rule}]: {reason}", shown.path(path));
    }
    let summary = summary(&result, &shown);
    conclude(arguments, &Changes { files: result.files, summary, refusals }, &shown)
}

/// Fails unless the suffix gives backups a different name in the same folder.
fn check_backup(suffix: Option<&str>) -> Result<(), Failure> {
    match suffix {
        Some(suffix) if suffix.is_empty() || suffix.contains(['/', '\\']) || suffix == TEMPORARY_ENDING => {
            Err(Failure::new(format!("`{suffix}` is not a valid backup suffix")).help("use one such as `.orig`"))
        }
        _ => Ok(()),
    }
}

/// Prints the diff, or writes the files and says what was done.
fn conclude(arguments: &FixArgs, result: &Changes, shown: &DisplayPaths) -> Result<Exit, Failure> {
    let mut failures = Vec::new();
    if arguments.diff {
        print(&diffs(&result.files, shown))?;
    } else if arguments.check {
        print(&format!("{} would change\n", counted(result.files.len(), "file")))?;
    } else {
        failures = write(&result.files, arguments.backup.as_deref());
        if failures.is_empty() {
            print(&result.summary)?;
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

fn diffs(files: &[ChangedFile], shown: &DisplayPaths) -> String {
    let color = style(false).color;
    let text = |path: &Path, bytes: &[u8]| SourceFile::from_bytes(path, bytes.to_vec()).map(|file| file.text).unwrap_or_default();
    files
        .iter()
        .map(|file| unified(&shown.path(&file.path), &text(&file.path, &file.old), &text(&file.path, &file.new), color))
        .collect()
}

/// Writes the files of each home, all or none. Returns a failure for each home that was not written.
fn write(files: &[ChangedFile], backup: Option<&str>) -> Vec<Failure> {
    let failed = write_all(files, backup).into_iter();
    failed
        .map(|(root, error)| {
            Failure::new(error.to_string())
                .help(format!("no file of `{}` was changed; other homes were: run the command again", root.display()))
        })
        .collect()
}

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
    let is_refused = |diagnostic: &&Diagnostic| {
        result.refused.iter().any(|refused| refused.rule == diagnostic.rule.name && refused.path == diagnostic.path)
    };
    let has_fix = |diagnostic: &&Diagnostic| !diagnostic.finding.fixes.is_empty() && !is_refused(diagnostic);
    let asking = result.remaining.iter().filter(has_fix).count();
    let manual = result.remaining.iter().filter(|diagnostic| !has_fix(diagnostic) && !is_refused(diagnostic)).count();
    if asking > 0 {
        let _ = writeln!(
            text,
            "{} left with a fix that changes what the server does: use --unsafe or --select RULE",
            counted(asking, "finding")
        );
    }
    if manual > 0 {
        let _ = writeln!(text, "{} left to fix by hand: `carbonlint lint` shows where", counted(manual, "finding"));
    }
    text
}
