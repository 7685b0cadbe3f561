//! How commands print: results to standard output, warnings to standard error.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use super::exit::{Exit, Failure};
use crate::model::Content;
use crate::paths::DisplayPaths;
use crate::report::lint::human::Style;
use crate::workspace::Workspace;

/// Prints to standard output. A reader that stops early, as `head` does, is not a failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// How paths are shown: relative to the working folder.
pub(super) fn shown() -> DisplayPaths {
    DisplayPaths::relative_to_working_folder()
}

/// Colour on a terminal unless `NO_COLOR` is set or the terminal is dumb; the width of the terminal, 100 columns elsewhere.
pub(super) fn style(to_file: bool) -> Style {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let color = io::stdout().is_terminal() && !to_file && !is_set("NO_COLOR") && !is_dumb;
    let width = terminal_size::terminal_size()
        .filter(|_| !to_file && io::stdout().is_terminal())
        .map_or(100, |(width, _)| width.0.into());
    Style { color: color || is_set("CLICOLOR_FORCE") && !to_file && !is_set("NO_COLOR"), width: std::cmp::max(width, 40) }
}

/// The width of the terminal; `None` where the output is no terminal, and lines are as long as they are.
pub(super) fn terminal_width() -> Option<usize> {
    let width = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal())?.0;
    Some(width.0.into())
}

/// Warns of what could not be read, so that the output does not look complete.
#[allow(clippy::print_stderr, reason = "results go to standard output, warnings to standard error")]
pub(super) fn warn_of_unreadable(workspace: &Workspace) {
    let shown = shown();
    let in_homes = workspace.homes.iter().flat_map(|home| &home.model.problems);
    for problem in workspace.problems.iter().chain(in_homes) {
        eprintln!("warning: {}: cannot be read: {}", shown.path(&problem.path), problem.message);
    }
}

/// Warns of files that could not be parsed.
#[allow(clippy::print_stderr, reason = "results go to standard output, warnings to standard error")]
pub(super) fn warn_of_broken(workspace: &Workspace) {
    let shown = shown();
    let files = workspace.homes.iter().flat_map(|home| &home.model.files);
    for file in files.filter(|file| matches!(file.content, Content::Broken) && !file.faults.is_empty()) {
        let path = shown.path(&file.source.path);
        eprintln!("warning: {path}: cannot be parsed, so its settings are missing here; `carbonlint lint {path}` shows where");
    }
}

/// Reports that no configuration was found.
#[allow(clippy::print_stderr, reason = "the report goes to standard output, this to standard error")]
pub(super) fn nothing_found(paths: &[PathBuf]) -> Exit {
    let paths: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    eprintln!(
        "no configuration of a WSO2 product found in {}\n  help: name a product home, a deployment.toml, or a folder that contains some",
        paths.join(", ")
    );
    Exit::NothingFound
}
