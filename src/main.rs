//! The command line of carbonlint: parses the arguments, runs one command, maps its result to the exit code.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};
use commands::{Exit, Failure};

fn main() -> ExitCode {
    let exit = run().unwrap_or_else(|failure| {
        say(&failure);
        failure.exit
    });
    ExitCode::from(exit as u8)
}

fn run() -> Result<Exit, Failure> {
    match Cli::parse().command {
        Command::Lint(arguments) => commands::lint::run(&arguments),
        Command::Fix(arguments) => commands::fix::run(&arguments),
        Command::Ports(arguments) => commands::ports::run(&arguments),
        Command::Render(arguments) => commands::render::run(&arguments),
        Command::Get(arguments) => commands::get::run(&arguments),
        Command::Rules(arguments) => commands::rules::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Schema(arguments) => commands::schema::run(&arguments),
    }
}

#[allow(clippy::print_stderr, reason = "a failure is for the person who ran the command")]
fn say(failure: &Failure) {
    eprintln!("{failure}");
}
