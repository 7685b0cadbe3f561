//! The `carbonlint` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    carbonlint::run_command_line()
}
