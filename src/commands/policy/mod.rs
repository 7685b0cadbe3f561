//! `carbonlint policy`

mod new;
mod test;

use super::exit::{Exit, Failure};
use crate::cli::{PolicyCommand, PolicyCommandArgs};

/// Runs the command.
pub(super) fn run(arguments: &PolicyCommandArgs) -> Result<Exit, Failure> {
    match &arguments.command {
        PolicyCommand::Test { folder } => test::run(folder),
        PolicyCommand::New { name, folder } => new::run(name, folder),
    }
}
