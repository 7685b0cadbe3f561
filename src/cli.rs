//! The command line: definitions, nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Lint the configuration of WSO2 products.
#[derive(Debug, Parser)]
#[command(
    name = "carbonlint",
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or failure, 3 no configuration found."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report what is wrong with product homes and configuration files
    Lint(LintArgs),
    /// Repair what is wrong, and change not one byte more
    Fix(FixArgs),
    /// Show which ports the servers open
    Ports(PortsArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Explain a rule: what is wrong, why, and what to do
    Explain(ExplainArgs),
    /// Print a JSON Schema of deployment.toml, for editors
    Schema(SchemaArgs),
}

/// What files do not say.
#[derive(Debug, Args)]
pub struct AssumeArgs {
    /// The product of files that do not tell it, such as api-manager@4.2.0
    #[arg(long, value_name = "NAME[@VERSION]")]
    pub product: Option<String>,
    /// The port offset given to the start script (-DportOffset=N)
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub port_offset: Option<i32>,
    /// The server profile given to the start script (-Dprofile=X)
    #[arg(long, value_name = "X")]
    pub server_profile: Option<String>,
}

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Product homes, configuration files, or folders to search for both; `-` reads standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = LintFormat::Human)]
    pub format: LintFormat,
    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The lowest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Run only these rules or categories
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave out these rules or categories
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// What the servers are for
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// The file that standard input stands for: its name tells the kind, its folder the home
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// What files do not say.
    #[command(flatten)]
    pub assume: AssumeArgs,
}

/// Arguments of `fix`.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Product homes, configuration files, or folders to search for both [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Print a unified diff and write nothing
    #[arg(long)]
    pub diff: bool,
    /// Write nothing; exit with 1 when something would change
    #[arg(long)]
    pub check: bool,
    /// Apply fixes that change behaviour, too
    #[arg(long = "unsafe")]
    pub with_unsafe: bool,
    /// Fix only these rules or categories; a rule that is named brings its unsafe fixes
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave out these rules or categories
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Keep the old content of each file under its name with this ending
    #[arg(long, value_name = "SUFFIX")]
    pub backup: Option<String>,
    /// Bring back the elements that this rule commented out
    #[arg(long, value_name = "RULE", conflicts_with_all = ["select", "ignore", "with_unsafe"])]
    pub revert: Option<String>,
    /// What files do not say.
    #[command(flatten)]
    pub assume: AssumeArgs,
}

/// Arguments of `ports`.
#[derive(Debug, Args)]
pub struct PortsArgs {
    /// Product homes, configuration files, or folders to search for both [default: ., or none with --product]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to write the ports
    #[arg(long, value_enum, default_value_t = PortsFormat::Table)]
    pub format: PortsFormat,
    /// List what does not open, too
    #[arg(long)]
    pub all: bool,
    /// What files do not say; without PATH, --product shows the product's defaults.
    #[command(flatten)]
    pub assume: AssumeArgs,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// How to write the list
    #[arg(long, value_enum, default_value_t = RulesFormat::Table)]
    pub format: RulesFormat,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule
    pub rule: String,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The product home whose deployment.toml it is for, or a deployment.toml [default: ., or none with --product]
    #[arg(value_name = "HOME")]
    pub paths: Vec<PathBuf>,
    /// The product of a file that does not tell it, or without HOME, such as api-manager@4.5.0
    #[arg(long, value_name = "NAME[@VERSION]")]
    pub product: Option<String>,
    /// Print the table of live keys that rules/catalog/keys/ holds, from homes of one product as shipped
    #[arg(long, requires = "paths", conflicts_with = "product")]
    pub extract: bool,
}

/// Formats of `lint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// For people: source, labels, remedies
    Human,
    /// A line per finding
    Concise,
    /// JSON, version 1
    Json,
}

/// Formats of `ports`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PortsFormat {
    /// For people
    Table,
    /// JSON, version 1
    Json,
    /// Comma-separated values with a header line
    Csv,
}

/// Formats of `rules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// For people
    Table,
    /// JSON, version 1
    Json,
}

/// Severities that fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Any finding
    Info,
    /// Nothing
    Never,
}

/// What servers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Real use
    Production,
    /// A developer's machine
    Development,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_sound() {
        super::Cli::command().debug_assert();
    }
}
