//! One short file per subcommand: arguments in, text out, an exit code.

mod arguments;
mod exit;
mod explain;
mod fix;
mod get;
mod home;
mod lint;
mod ports;
mod ports_of_homes;
mod render;
mod rules;
mod schema;
mod terminal;
mod trace;

use std::process::ExitCode;

use clap::Parser;
use exit::{Exit, Failure};

use crate::cli::{Cli, Command};

/// Runs the command line of this process, as the `carbonlint` binary does, and returns the exit code.
pub fn run_command_line() -> ExitCode {
    let exit = run().unwrap_or_else(|failure| {
        report_failure(&failure);
        failure.exit
    });
    ExitCode::from(exit as u8)
}

fn run() -> Result<Exit, Failure> {
    match Cli::parse().command {
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Fix(arguments) => fix::run(&arguments),
        Command::Ports(arguments) => ports::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Get(arguments) => get::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
    }
}

#[allow(clippy::print_stderr, reason = "failures go to standard error")]
fn report_failure(failure: &Failure) {
    eprintln!("{failure}");
}
