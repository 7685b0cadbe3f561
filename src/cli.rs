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
    /// Render the files that the server renders from deployment.toml at its start
    Render(RenderArgs),
    /// Show the effective value of a key of deployment.toml, who has set it, and where
    Get(GetArgs),
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

/// What the server finds outside of its files.
#[derive(Debug, Args)]
pub struct EnvironmentArgs {
    /// Take environment variables for `$env{}` from this file, a line NAME=value each; it wins over the environment of this command, and
    /// a later file over an earlier one
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// Set a system property for `$sys{}`, as -DKEY=VALUE of the start script does; those that the script itself gives are known
    #[arg(long, value_name = "KEY=VALUE")]
    pub sys: Vec<String>,
}

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --out and --diff, lists the files with their states: unchanged, rewritten (only the server itself has changed \
        the file after rendering it), changed, new, absent (this copy of the home leaves the product out, and with it the part that holds \
        the file), unreadable (the file in the home), or failed. With FILE, prints what the \
        server would write into it. Nothing is ever written into the home.\n\n\
        Values under password-like names are masked in everything that is printed; only --out writes them.\n\
        What stops the start of the server, such as a variable that is not set, is reported on standard error (in JSON: as diagnostics), and \
        the rest is rendered.\n\
        Exit codes: 0 all rendered, and with --diff nothing differs; 1 something is reported, or with --diff differs; 2 wrong use or \
        failure; 3 no deployment.toml with templates in HOME."
)]
pub struct RenderArgs {
    /// A product home
    pub home: PathBuf,
    /// Only these files or folders: paths below the home, paths from here, or the last parts of one, such as carbon.xml
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write the files below this folder, which is made if it is not there and must lie outside of the home
    #[arg(long, value_name = "DIR", conflicts_with = "diff")]
    pub out: Option<PathBuf>,
    /// Print a unified diff from the files in the home to what the server would write
    #[arg(long)]
    pub diff: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// What the server finds outside of its files.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
}

/// Arguments of `get`.
#[derive(Debug, Args)]
#[command(
    after_help = "Each value is printed as deployment.toml would have it, with a comment: set by the user, inferred from another key by \
        infer.json, or the default of default.json, and the place. `$ref{}` is resolved; `$env{}` and `$sys{}` are where they are known, and \
        else printed as they stand.\n\n\
        Values under password-like keys are masked.\n\
        Exit codes: 0 found; 1 nothing sets the key; 2 wrong use or failure; 3 no deployment.toml with templates in HOME."
)]
pub struct GetArgs {
    /// A product home
    pub home: PathBuf,
    /// A key, as deployment.toml has it or as templates know it, or a table with everything in it [default: all keys]
    pub key: Option<String>,
    /// How to write the values
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// What the server finds outside of its files.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
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

/// Formats of `render` and `get`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextFormat {
    /// For people
    Text,
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
