//! One short file per subcommand: arguments in, text out, an exit code.

mod add_ignores;
mod arguments;
mod baselines;
mod exit;
mod explain;
mod fix;
mod get;
mod home;
mod lint;
mod policy;
mod ports;
mod ports_of_homes;
mod progress;
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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) if !asked.use_stderr() => {
            terminal::print(&terminal::styled(asked))?;
            return Ok(Exit::Clean);
        }
        Err(wrong) => {
            terminal::print_error(&terminal::styled(wrong));
            return Ok(Exit::Failure);
        }
    };
    match cli.command {
        Command::Lint(arguments) => lint::run(&arguments, cli.color),
        Command::Fix(arguments) => fix::run(&arguments, cli.color),
        Command::Ports(arguments) => ports::run(&arguments),
        Command::Render(arguments) => render::run(&arguments, cli.color),
        Command::Get(arguments) => get::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
    }
}

fn report_failure(failure: &Failure) {
    terminal::print_error(&format!("{failure}\n"));
}
