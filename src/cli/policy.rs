//! The arguments about policies.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::not_blank::{not_blank, path};

/// Rules besides the built-in ones.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// Also use the rules in this folder, as `policies` in carbonlint.toml does; can be repeated
    #[arg(long = "policy", value_name = "DIR", value_parser = path())]
    pub policies: Vec<PathBuf>,
}

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub(crate) struct PolicyCommandArgs {
    /// The subcommand.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// The subcommands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check the rules of a policy: whether their examples are found, and fixed, as they say
    Test {
        /// Folder with rule files, or one such file
        #[arg(value_name = "DIR", default_value = "policies", value_parser = path())]
        folder: PathBuf,
    },
    /// Write a rule to start from
    New {
        /// Name of the rule, which says what is wrong: lower case letters, digits and hyphens
        #[arg(value_parser = not_blank("name one such as host-name-form"))]
        name: String,
        /// Folder to write it to; it is created if it does not exist
        #[arg(value_name = "DIR", default_value = "policies", value_parser = path())]
        folder: PathBuf,
    },
}
