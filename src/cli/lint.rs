//! The arguments of `lint`.

use std::path::PathBuf;

use clap::Args;

use super::not_blank::{path, rule_name};
use super::values::{FailOn, LintFormat, Profile};
use super::{AssumeArgs, MachineArgs, PolicyArgs, SearchArgs, ThreadArgs};

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Product homes, configuration files, or folders to search for both; `-` reads standard input [default: .]
    #[arg(value_name = "PATH", value_parser = path())]
    pub paths: Vec<PathBuf>,
    /// Format of the report
    #[arg(long, visible_alias = "output-format", value_enum, default_value_t = LintFormat::Human)]
    pub format: LintFormat,
    /// Write the report to a file
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub output: Option<PathBuf>,
    /// Lowest severity that sets exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Run only these rules or categories, separated by commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_name())]
    pub select: Vec<String>,
    /// Skip these rules or categories, separated by commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_name())]
    pub ignore: Vec<String>,
    /// Purpose of the servers: advice about what a product ships is information, for production a warning, for development left out
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// Path of the file on standard input: its name determines the kind of file, and its folder the home
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub stdin_filename: Option<PathBuf>,
    /// List the homes and files that are checked, and what is not, instead of checking them
    #[arg(long, conflicts_with_all = ["strict", "fail_on", "select", "ignore", "profile"])]
    pub list_files: bool,
    /// Exit with 1 if anything was not understood or not checked
    #[arg(long)]
    pub strict: bool,
    /// What of the report is printed.
    #[command(flatten)]
    pub extent: ExtentArgs,
    /// What is known and not reported.
    #[command(flatten)]
    pub baseline: BaselineArgs,
    /// Write a comment into the files that suppresses it for each finding at or above `--fail-on`, instead of reporting
    #[arg(long, conflicts_with_all = ["list_files", "strict", "output", "stdin_filename"])]
    pub add_ignores: bool,
    /// Rules besides the built-in ones.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// How folders are searched.
    #[command(flatten)]
    pub search: SearchArgs,
    /// Facts that the files do not state.
    #[command(flatten)]
    pub assume: AssumeArgs,
    /// How much is done at a time.
    #[command(flatten)]
    pub threads: ThreadArgs,
    /// Whether the homes share a machine.
    #[command(flatten)]
    pub machine: MachineArgs,
}

/// What of the report is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ExtentArgs {
    /// Count the findings of each rule instead of listing them
    #[arg(long, conflicts_with = "list_files")]
    pub statistics: bool,
    /// Print the findings and nothing else
    #[arg(long, conflicts_with = "list_files")]
    pub quiet: bool,
}

/// What is known and not reported.
#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    /// Leave out the findings that this file counts
    #[arg(long = "baseline", value_name = "FILE", value_parser = path())]
    pub file: Option<PathBuf>,
    /// Write a file that counts what is found now, for `--baseline`
    #[arg(long = "write-baseline", value_name = "FILE", value_parser = path(), conflicts_with_all = ["list_files", "file"])]
    pub write: Option<PathBuf>,
    /// Remove what no longer occurs from the baseline
    #[arg(long = "prune-baseline", conflicts_with_all = ["list_files", "write"])]
    pub prune: bool,
}
