//! `carbonlint lint`

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ColorChoice;

use crate::coverage::{Coverage, GapKind};
use crate::diagnostic::Diagnostic;
use crate::fix::offer::offers;
use crate::fix::run::FixOptions;
use crate::lint::lint_in_parallel;
use crate::paths::{DisplayPaths, absolute};
use crate::report::lint::{Report, concise, fixable, human, json, statistics};
use crate::report::{files, wrap};
use crate::rule_info::Severity;
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::{Opening, Workspace};

use super::add_ignores;
use super::arguments::{
    Scope, assumptions, check_paths, names_files, paths_or_here, rules_for, rules_of, search, selection, threads,
};
use super::baselines;
use super::exit::{Exit, Failure};
use super::ports_of_homes::{check_offset, check_profile, note_possible_conflicts};
use super::progress::Progress;
use super::terminal::{note_gaps, nothing_found, print, print_wrapped, shown, style, write_to};
use crate::cli::{FailOn, LintArgs, LintFormat, Profile};

/// Runs the command.
pub(super) fn run(arguments: &LintArgs, color: ColorChoice) -> Result<Exit, Failure> {
    let profile = arguments.profile.map(|profile| match profile {
        Profile::Production => "production".to_owned(),
        Profile::Development => "development".to_owned(),
    });
    let overlays = standard_input(arguments)?;
    let paths: Vec<PathBuf> = match &arguments.stdin_filename {
        Some(name) => {
            arguments.paths.iter().map(|path| if path == Path::new("-") { name.clone() } else { path.clone() }).collect()
        }
        None => paths_or_here(&arguments.paths),
    };
    let on_disk: Vec<PathBuf> = paths.iter().filter(|path| !overlays.contains_key(*path)).cloned().collect();
    check_paths(&on_disk)?;
    let search = search(arguments.search);
    let assumptions = assumptions(&arguments.assume, arguments.machine.same_host, rules_of(&arguments.policy)?)?;
    let rules = rules_for(&paths, &assumptions);
    let selection = Selection { profile, ..selection(&arguments.select, &arguments.ignore, &rules)? };
    let (threads, started) = (threads(arguments.threads), Instant::now());
    let opening = Opening { search, threads, homes: None };
    let mut workspace = Workspace::open_with(&paths, opening, &assumptions, &overlays);
    check_profile(&workspace)?;
    check_offset(&workspace)?;
    let shown = shown();
    if arguments.list_files {
        return list_files(arguments, &workspace, &paths, &shown);
    }
    let progress = Progress::new(started, workspace.homes.len());
    let mut diagnostics = lint_in_parallel(&mut workspace, &selection, threads, || progress.add());
    progress.clear();
    if let Some(file) = &arguments.baseline.write {
        return baselines::write_new(file, &diagnostics, &shown);
    }
    baselines::apply(arguments, &workspace, &selection, &mut diagnostics, &shown)?;
    if arguments.add_ignores {
        let is_asked_for = |diagnostic: &Diagnostic| fails(diagnostic.severity, arguments.fail_on);
        return add_ignores::run(&workspace, &diagnostics, is_asked_for, (&paths, opening, &assumptions), &selection);
    }
    let report = Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown, selected: &selection.select };
    let text = match arguments.format {
        LintFormat::Json if arguments.extent.statistics => statistics::json(report),
        LintFormat::Human | LintFormat::Concise if arguments.extent.statistics => statistics::text(report),
        LintFormat::Human if arguments.extent.quiet => human::findings(report, style(color, arguments.output.is_some())),
        LintFormat::Human if workspace.is_empty() && diagnostics.is_empty() => String::new(),
        LintFormat::Human => {
            let fixable = fixable(arguments, &selection, report)?;
            let style = style(color, arguments.output.is_some());
            human::render(report, style) + &wrap::lines(&fixable, style.width)
        }
        LintFormat::Concise => concise::render(report),
        LintFormat::Json => json::render(report),
    };
    match &arguments.output {
        Some(file) => write_to(file, &text)?,
        None => print(&text)?,
    }
    let coverage = Coverage::of(&workspace);
    let is_reported = arguments.format != LintFormat::Concise && !workspace.is_empty();
    if !arguments.extent.quiet {
        note_gaps(&coverage, |kind| !is_reported || kind == GapKind::Foreign);
    }
    if workspace.is_empty() && diagnostics.is_empty() && !names_files(&paths) {
        return Ok(nothing_found(&paths, &workspace, search));
    }
    if !arguments.extent.quiet && selection.takes_rule("port-conflict-across-homes") {
        note_possible_conflicts(&workspace);
    }
    let worst = diagnostics.iter().map(|diagnostic| diagnostic.severity).max();
    let fails = worst.is_some_and(|worst| fails(worst, arguments.fail_on)) || arguments.strict && !coverage.is_complete();
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}

/// Lists what is checked instead of checking it.
fn list_files(arguments: &LintArgs, workspace: &Workspace, paths: &[PathBuf], shown: &DisplayPaths) -> Result<Exit, Failure> {
    let text = match arguments.format {
        LintFormat::Json => files::json::render(workspace, shown),
        LintFormat::Human | LintFormat::Concise => files::text::render(workspace, shown),
    };
    match &arguments.output {
        Some(file) => write_to(file, &text)?,
        None if arguments.format == LintFormat::Human => print_wrapped(&text)?,
        None => print(&text)?,
    }
    Ok(if workspace.is_empty() && !names_files(paths) {
        nothing_found(paths, workspace, search(arguments.search))
    } else {
        Exit::Clean
    })
}

/// The commands that fix what was found. What was read from standard input cannot be fixed.
fn fixable(arguments: &LintArgs, selection: &Selection, report: Report) -> Result<String, Failure> {
    let LintArgs { paths, search: searched, assume, machine, policy, .. } = arguments;
    if paths.iter().any(|path| path == Path::new("-")) {
        return Ok(String::new());
    }
    let options = FixOptions {
        paths: paths_or_here(paths).iter().map(|path| absolute(path)).collect(),
        search: search(*searched),
        assumptions: assumptions(assume, machine.same_host, report.workspace.rules.clone())?,
        selection: selection.clone(),
        with_unsafe: false,
        threads: threads(arguments.threads),
        homes: None,
    };
    // The fixes of advice are in its full report.
    let explained: Vec<Diagnostic> = report.diagnostics.iter().filter(|found| !report.is_brief(found)).cloned().collect();
    let offers = offers(&options, report.workspace, &explained);
    let scope = Scope { paths, search: *searched, assume, machine, policy };
    Ok(fixable::render(&offers, |offer| scope.command("fix", &offer.select, &offer.ignore)))
}

fn fails(severity: Severity, fail_on: FailOn) -> bool {
    match fail_on {
        FailOn::Error => severity >= Severity::Error,
        FailOn::Warning => severity >= Severity::Warning,
        FailOn::Info => true,
        FailOn::Never => false,
    }
}

/// The content of standard input, if a path is `-`.
fn standard_input(arguments: &LintArgs) -> Result<Overlays, Failure> {
    if !arguments.paths.iter().any(|path| path == Path::new("-")) {
        return Ok(Overlays::new());
    }
    let Some(path) = arguments.stdin_filename.clone() else {
        return Err(Failure::new("`-` needs --stdin-filename").help("its name determines the kind of file, its folder the home"));
    };
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
    Ok(Overlays::from([(path, bytes)]))
}
