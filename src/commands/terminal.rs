//! How commands print: results to standard output, warnings to standard error.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ColorChoice;
use clap::error::{ContextKind, ContextValue};

use super::exit::{Exit, Failure};
use crate::coverage::{Coverage, GapKind};
use crate::disk::{reason, write_output};
use crate::home::Search;
use crate::paths::DisplayPaths;
use crate::printable::on_one_line;
use crate::report::lint::Style;
use crate::report::{notes, wrap};
use crate::shell;
use crate::workspace::Workspace;

/// Prints to standard output. A reader that stops early, as `head` does, is not a failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {}", reason(&error))))
        }
        _ => Ok(()),
    }
}

/// Writes what would be printed to a file.
pub(super) fn write_to(file: &Path, text: &str) -> Result<(), Failure> {
    write_output(file, text.as_bytes())
        .map_err(|error| Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error))))
}

/// Prints text for people, with its lines wrapped to the width of the terminal.
pub(super) fn print_wrapped(text: &str) -> Result<(), Failure> {
    print(&wrap::lines(text, terminal_width()))
}

/// Prints to standard error, with lines wrapped to the width of the terminal. It may be closed or full: then there is nobody to read it.
pub(super) fn print_error(text: &str) {
    let text = wrap::lines(text, width_if(io::stderr().is_terminal()));
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// What clap says, with colours where standard error or output is a terminal that has them.
pub(super) fn styled(mut message: clap::Error) -> String {
    escape_arguments(&mut message);
    let stream_is_terminal = if message.use_stderr() { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
    let text = message.render();
    if has_color(stream_is_terminal, asked_color()) { text.ansi().to_string() } else { text.to_string() }
}

/// Escapes what clap repeats of the command line, so that it cannot control the terminal or look like another message.
fn escape_arguments(message: &mut clap::Error) {
    let shown = |value: &ContextValue| match value {
        ContextValue::String(text) => Some(on_one_line(text)).filter(|shown| shown != text),
        _ => None,
    };
    let escaped: Vec<_> = message.context().filter_map(|(kind, value)| Some((kind, shown(value)?))).collect();
    if !escaped.is_empty() {
        // Tips repeat the argument, already styled.
        message.insert(ContextKind::Suggested, ContextValue::StyledStrs(Vec::new()));
    }
    for (kind, shown) in escaped {
        message.insert(kind, ContextValue::String(shown));
    }
}

/// The colours that a command line asks for which clap did not read to its end.
fn asked_color() -> ColorChoice {
    let words: Vec<String> =
        env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).take_while(|word| word != "--").collect();
    let next = words.iter().skip(1).map(String::as_str).chain([""]);
    let mut asked = words.iter().zip(next).filter_map(|(word, next)| match word.strip_prefix("--color")? {
        "" => Some(next),
        value => value.strip_prefix('='),
    });
    asked.find_map(|value| value.parse().ok()).unwrap_or(ColorChoice::Auto)
}

/// How paths are shown: relative to the working folder.
pub(super) fn shown() -> DisplayPaths {
    DisplayPaths::relative_to_working_folder()
}

/// Colours, frames and width as the terminal takes them.
pub(super) fn style(color: ColorChoice, to_file: bool) -> Style {
    let is_terminal = !to_file && io::stdout().is_terminal();
    Style {
        color: !to_file && has_color(is_terminal, color),
        unicode: to_file || has_unicode() && !(is_terminal && is_dumb()),
        width: terminal_width().filter(|_| is_terminal),
    }
}

/// Whether to use colours: as the command line asks for them. Otherwise on a terminal unless `NO_COLOR` is set or the terminal is dumb, and
/// wherever `CLICOLOR_FORCE` asks for them.
fn has_color(is_terminal: bool, color: ColorChoice) -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => !is_set("NO_COLOR") && (is_set("CLICOLOR_FORCE") || is_terminal && !is_dumb()),
    }
}

/// Whether the terminal says that it can only print text.
fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether the terminal, or the program at the end of the pipe, shows more than ASCII: the locale says so where it is set.
fn has_unicode() -> bool {
    let set = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set);
    let is_utf8 = |locale: String| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    locale.is_none_or(is_utf8)
}

/// Text is not made narrower than this.
const MIN_WIDTH: usize = 40;

/// The width of the terminal; `None` where the output is no terminal, and lines are as long as they are.
pub(super) fn terminal_width() -> Option<usize> {
    width_if(io::stdout().is_terminal())
}

fn width_if(is_terminal: bool) -> Option<usize> {
    let width = terminal_size::terminal_size().filter(|_| is_terminal)?.0;
    Some(MIN_WIDTH.max(width.0.into()))
}

/// Warns of what could not be read, so that the output does not look complete.
pub(super) fn warn_of_unreadable(workspace: &Workspace) {
    let shown = shown();
    let in_homes = workspace.homes.iter().flat_map(|home| &home.model.problems);
    for problem in workspace.problems.iter().chain(in_homes) {
        let message = on_one_line(&problem.message);
        print_error(&format!("warning: {}: cannot be read: {message}\n", shown.path(&problem.path)));
    }
}

/// Warns of files that could not be parsed.
pub(super) fn warn_of_broken(workspace: &Workspace) {
    let shown = shown();
    let files = workspace.homes.iter().flat_map(|home| &home.model.files);
    for file in files.filter(|file| file.is_broken() && !file.faults().is_empty()) {
        let path = shown.path(&file.source.path);
        let argument = shell::word(&path);
        print_error(&format!(
            "warning: {path}: cannot be parsed, so its settings are missing here; `carbonlint lint {argument}` shows where\n"
        ));
    }
}

/// Notes which kinds of files were not checked, and how to have them checked.
pub(super) fn note_gaps(coverage: &Coverage, takes: impl Fn(GapKind) -> bool) {
    print_error(&notes::gaps(coverage, &shown(), takes));
}

/// Reports that no configuration was found in a search, and what it passed over.
pub(super) fn nothing_found(paths: &[PathBuf], workspace: &Workspace, search: Search) -> Exit {
    let shown: Vec<String> = paths.iter().map(|path| format!("`{}`", on_one_line(&path.to_string_lossy()))).collect();
    let hidden = Workspace::count(paths, Search::EVERYTHING).saturating_sub(Workspace::count(paths, search));
    let help = match hidden {
        0 => "name a product home, a deployment.toml, or a folder that contains some".to_owned(),
        count => format!("{} hidden or ignored: search there too with --hidden and --no-ignore", are(count)),
    };
    print_error(&format!(
        "no configuration of a WSO2 product found in {}\n{}  help: {help}\n",
        shown.join(", "),
        notes::left_out(workspace)
    ));
    Exit::NothingFound
}

fn are(count: usize) -> String {
    if count == 1 { "1 home or file is".to_owned() } else { format!("{count} homes and files are") }
}
