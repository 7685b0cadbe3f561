//! One short file per subcommand: arguments in, text out, an exit code.

pub mod explain;
pub mod fix;
pub mod get;
mod home;
pub mod lint;
pub mod ports;
pub mod render;
pub mod rules;
pub mod schema;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::{env, fmt};

use carbonlint::catalog::product_of;
use carbonlint::model::Assumptions;
use carbonlint::paths::DisplayPaths;
use carbonlint::report::lint::human::Style;
use carbonlint::rules::{Selection, is_rule_or_category};

use crate::cli::AssumeArgs;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the severity that fails.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// Wrong use or failure.
    Failure = 2,
    /// No configuration at the paths.
    NothingFound = 3,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
    /// How the command ends.
    pub exit: Exit,
}

impl Failure {
    /// A failure in words, lower case.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Failure }
    }

    /// The same with what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with another exit code.
    fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}", self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(formatter, "\n  help: {help}"))
    }
}

/// Prints to standard output. A reader that has seen enough, as `head` does, is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// The working folder, to which paths are shown.
fn shown() -> DisplayPaths {
    DisplayPaths::relative_to_working_folder()
}

/// Colour on a terminal unless `NO_COLOR` is set or the terminal is dumb; the width of the terminal, 100 columns elsewhere.
fn style(to_file: bool) -> Style {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let color = io::stdout().is_terminal() && !to_file && !is_set("NO_COLOR") && !is_dumb;
    let width = terminal_size::terminal_size()
        .filter(|_| !to_file && io::stdout().is_terminal())
        .map_or(100, |(width, _)| width.0.into());
    Style { color: color || is_set("CLICOLOR_FORCE") && !to_file && !is_set("NO_COLOR"), width: std::cmp::max(width, 40) }
}

/// What the arguments say that the files do not.
fn assumptions(arguments: &AssumeArgs) -> Result<Assumptions, Failure> {
    Ok(Assumptions {
        product: arguments
            .product
            .as_deref()
            .map(product_of)
            .transpose()
            .map_err(|unknown| Failure::new(unknown.message).help(unknown.help))?,
        port_offset: arguments.port_offset.map(i64::from),
        server_profile: arguments.server_profile.clone(),
    })
}

/// The rules that the arguments choose.
fn selection(select: &[String], ignore: &[String]) -> Result<Selection, Failure> {
    for name in select.iter().chain(ignore) {
        if !is_rule_or_category(name) {
            return Err(Failure::new(format!("no rule or category is called `{name}`")).help("`carbonlint rules` lists them"));
        }
    }
    Ok(Selection { select: select.to_vec(), ignore: ignore.to_vec(), profile: None })
}

/// The paths named, or the working folder.
fn paths_or_here(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}

/// Fails for the first of `paths` that is not there. What is there and cannot be read is reported with the rest.
fn check_paths(paths: &[PathBuf]) -> Result<(), Failure> {
    let is_missing = |path: &&PathBuf| path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    paths.iter().find(is_missing).map_or(Ok(()), |path| {
        let failure = Failure::new(format!("no such file or folder: `{}`", path.display()));
        Err(failure.help("name a product home, a configuration file, or a folder that holds some"))
    })
}

/// Says that there is nothing to look at.
#[allow(clippy::print_stderr, reason = "the report goes to standard output, this to a person")]
fn nothing_found(paths: &[PathBuf]) -> Exit {
    let paths: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    eprintln!(
        "no configuration of a WSO2 product found in {}\n  help: name a product home, a deployment.toml, or a folder that holds some",
        paths.join(", ")
    );
    Exit::NothingFound
}
