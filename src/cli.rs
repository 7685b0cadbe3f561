//! The command line: definitions, nothing else.

mod lint;
mod not_blank;
mod policy;
mod values;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand};

pub(crate) use lint::LintArgs;
use not_blank::{not_blank, path, product_name, rule_name};
pub(crate) use policy::{PolicyArgs, PolicyCommand, PolicyCommandArgs};
pub(crate) use values::{ExplainFormat, FailOn, LintFormat, PortsFormat, Profile, Reach, RulesFormat, TextFormat};

/// Lint the configuration of WSO2 servers.
#[derive(Debug, Parser)]
#[command(
    name = "carbonlint",
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 no findings at or above --fail-on, 1 findings, 2 wrong usage or failure, 3 no configuration found."
)]
pub(crate) struct Cli {
    /// When to use colors: on a terminal that has them, always, or never
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", hide_possible_values = true)]
    pub color: ColorChoice,
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report problems in product homes and configuration files
    Lint(LintArgs),
    /// Fix problems in place, changing nothing else
    Fix(FixArgs),
    /// Show the ports that the servers open
    Ports(PortsArgs),
    /// Render the files that the server generates from deployment.toml at startup
    Render(RenderArgs),
    /// Show the effective value of a key of deployment.toml, and where it is set
    Get(GetArgs),
    /// Show what decides a line of a rendered file, or where a key of deployment.toml ends up
    Trace(TraceArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Explain a rule: what it reports, why, and what to do
    Explain(ExplainArgs),
    /// Check rules of your own, or write one to start from
    Policy(PolicyCommandArgs),
    /// Print a JSON Schema of deployment.toml for editors
    Schema(SchemaArgs),
}

/// Facts that the files do not state.
#[derive(Debug, Args)]
pub(crate) struct AssumeArgs {
    /// Product to assume for files that do not name theirs, such as api-manager@4.2.0
    #[arg(long, value_name = "NAME[@VERSION]", value_parser = product_name())]
    pub product: Option<String>,
    /// Port offset passed to the start script (-DportOffset=N)
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub port_offset: Option<i32>,
    /// Server profile passed to the start script (-Dprofile=X)
    #[arg(long, value_name = "X", value_parser = not_blank("name one such as gateway-worker"))]
    pub server_profile: Option<String>,
    /// Use this configuration file for everything, instead of the nearest carbonlint.toml of each home
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub config: Option<PathBuf>,
    /// Use no carbonlint.toml
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// What is read of a home.
    #[command(flatten)]
    pub links: LinkArgs,
}

/// What is read of a home.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LinkArgs {
    /// Also read files outside of a home that links in it lead to
    #[arg(long)]
    pub follow_links: bool,
}

/// How folders are searched.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct SearchArgs {
    /// Also search what .gitignore and .ignore leave out
    #[arg(long)]
    pub no_ignore: bool,
    /// Also search hidden files and folders
    #[arg(long)]
    pub hidden: bool,
}

/// How much is done at a time.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ThreadArgs {
    /// Number of homes and lone files to check at the same time [default: as many as the machine has processors for]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

/// Whether the homes share a machine.
#[derive(Debug, Args)]
pub(crate) struct MachineArgs {
    /// All homes run on one machine: report the ports that they take from each other
    #[arg(long)]
    pub same_host: bool,
}

/// Arguments of `fix`.
#[derive(Debug, Args)]
pub(crate) struct FixArgs {
    /// Product homes, configuration files, or folders to search for both [default: .]
    #[arg(value_name = "PATH", value_parser = path())]
    pub paths: Vec<PathBuf>,
    /// Print a unified diff and write nothing
    #[arg(long)]
    pub diff: bool,
    /// Write nothing, and exit with 1 if anything would change
    #[arg(long)]
    pub check: bool,
    /// Also apply fixes that change what the server does, but for those that need the name of their rule
    #[arg(long = "unsafe")]
    pub with_unsafe: bool,
    /// Fix only these rules or categories, separated by commas; unsafe fixes are applied too for rules named here
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_name())]
    pub select: Vec<String>,
    /// Skip these rules or categories, separated by commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_name())]
    pub ignore: Vec<String>,
    /// Keep the old content of each changed file beside it, with this suffix added to its name (and a number if that name is taken)
    #[arg(long, value_name = "SUFFIX", value_parser = not_blank("use one such as .orig"))]
    pub backup: Option<String>,
    /// Undo what the fixes of this rule changed, where they left a mark with its name
    #[arg(long, value_name = "RULE", conflicts_with_all = ["select", "ignore", "with_unsafe"], value_parser = rule_name())]
    pub revert: Option<String>,
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

/// Arguments of `ports`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, with --find also that the port is taken; 1 with --check: there are conflicts, with --find: nothing \
        takes the port; 2 wrong usage or failure; 3 no configuration found."
)]
pub(crate) struct PortsArgs {
    /// Product homes, configuration files, or folders to search for both [default: ., or none with --product]
    #[arg(value_name = "PATH", value_parser = path())]
    pub paths: Vec<PathBuf>,
    /// Format of the list
    #[arg(long, value_enum, default_value_t = PortsFormat::Table)]
    pub format: PortsFormat,
    /// Also list listeners that do not open
    #[arg(long)]
    pub all: bool,
    /// Exit with 1 if two listeners of a machine want one port, or a port is above 65535
    #[arg(long)]
    pub check: bool,
    /// List only what takes this port, also listeners that do not open; exit with 1 if nothing takes it
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), conflicts_with_all = ["all", "check"])]
    pub find: Option<u16>,
    /// List only listeners that other machines can reach, or all of them
    #[arg(long, value_enum, default_value_t = Reach::All, value_name = "REACH")]
    pub listen: Reach,
    /// How folders are searched.
    #[command(flatten)]
    pub search: SearchArgs,
    /// Facts that the files do not state. Without PATH, --product shows the product's defaults.
    #[command(flatten)]
    pub assume: AssumeArgs,
    /// How much is done at a time.
    #[command(flatten)]
    pub threads: ThreadArgs,
    /// Whether the homes share a machine.
    #[command(flatten)]
    pub machine: MachineArgs,
}

/// The environment of the server.
#[derive(Debug, Args)]
pub(crate) struct EnvironmentArgs {
    /// Read environment variables for `$env{}` from a file with lines NAME=value; they override the environment of this command, and a later
    /// file overrides an earlier one
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub env_file: Vec<PathBuf>,
    /// Show the values that come from environment variables
    #[arg(long)]
    pub show_env: bool,
    /// Set a system property for `$sys{}`, as -DKEY=VALUE does; those that the start script sets need not be given
    #[arg(long, value_name = "KEY=VALUE")]
    pub sys: Vec<String>,
    /// What is read of a home.
    #[command(flatten)]
    pub links: LinkArgs,
}

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = "Without FILE, --out and --diff, lists the files and their states:\n  \
        unchanged   the file in the home is what the server would write\n  \
        rewritten   only the server itself changed the file after rendering it\n  \
        changed     the server would change it\n  \
        new         the server would create it\n  \
        absent      missing only because this copy of the home is incomplete\n  \
        unreadable  the file in the home cannot be read\n  \
        failed      the file cannot be rendered\n\
        With FILE, prints what the server would write to it. Nothing is ever written into the home.\n\n\
        Values of password-like keys are masked in all output; only --out writes them.\n\
        Problems that stop the server from starting, such as an unset variable, are reported on standard error (in JSON: as diagnostics), and \
        the rest is rendered.\n\n\
        Exit codes: 0 everything is rendered and, with --diff, nothing differs; 1 there are problems or, with --diff, differences; 2 wrong \
        usage or failure; 3 HOME has no deployment.toml or no templates.")]
pub(crate) struct RenderArgs {
    /// A product home
    #[arg(value_parser = path())]
    pub home: PathBuf,
    /// Only these files or folders: paths in the home, relative paths, or the last parts of a path, such as carbon.xml
    #[arg(value_name = "FILE", value_parser = path())]
    pub files: Vec<PathBuf>,
    /// Write the files to this folder, which must be outside the home; it is created if it does not exist
    #[arg(long, value_name = "DIR", conflicts_with = "diff", value_parser = path())]
    pub out: Option<PathBuf>,
    /// Print a unified diff from the files in the home to what the server would write
    #[arg(long)]
    pub diff: bool,
    /// Format of the output
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// The environment of the server.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
}

/// Arguments of `get`.
#[derive(Debug, Args)]
#[command(
    after_help = "Each value is printed as in deployment.toml, with a comment that says where it comes from: `user` (set in deployment.toml), \
        `inferred` (from another key, by infer.json) or `default` (set in default.json). `$ref{}` is resolved. `$env{}` and `$sys{}` are \
        resolved if their values are known.\n\n\
        Values of password-like keys are masked.\n\n\
        Exit codes: 0 found; 1 nothing sets the key; 2 wrong usage or failure; 3 HOME has no deployment.toml or no templates."
)]
pub(crate) struct GetArgs {
    /// A product home
    #[arg(value_parser = path())]
    pub home: PathBuf,
    /// A key as in deployment.toml or in a template, or a table for everything in it [default: all keys]
    #[arg(value_parser = not_blank("name one such as server.offset"))]
    pub key: Option<String>,
    /// Format of the values
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// The environment of the server.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
#[command(
    after_help = "carbonlint trace HOME carbon.xml:24     the keys that decide line 24 of carbon.xml as the server would render it\n\
        carbonlint trace HOME carbon.xml        every line with a value\n\
        carbonlint trace HOME server.offset     every place that the key decides, or why there is none\n\n\
        For a line: the values printed on it, who set them and where, the conditions around it, and the template. `$ref{}` is followed. Values \
        of password-like keys are masked.\n\n\
        Exit codes: 0 found; 1 the key decides nothing; 2 wrong usage or failure; 3 HOME has no deployment.toml or no templates."
)]
pub(crate) struct TraceArgs {
    /// A product home
    #[arg(value_parser = path())]
    pub home: PathBuf,
    /// A rendered file, with or without a line, or a key: carbon.xml:24, carbon.xml, server.offset, `datasource[0].url`
    #[arg(value_name = "FILE[:LINE]|KEY", value_parser = not_blank("name one such as carbon.xml:24 or server.offset"))]
    pub target: String,
    /// Format of the output
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// The environment of the server.
    #[command(flatten)]
    pub environment: EnvironmentArgs,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// Format of the list
    #[arg(long, value_enum, default_value_t = RulesFormat::Table)]
    pub format: RulesFormat,
    /// Rules besides the built-in ones.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Name of the rule
    #[arg(value_parser = rule_name())]
    pub rule: String,
    /// Format of the explanation
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// Rules besides the built-in ones.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// A product home or a deployment.toml to describe [default: ., or none with --product]
    #[arg(value_name = "HOME", value_parser = path())]
    pub paths: Vec<PathBuf>,
    /// Product to describe without HOME, or to assume for a file that does not name its own, such as api-manager@4.5.0
    #[arg(long, value_name = "NAME[@VERSION]", value_parser = product_name())]
    pub product: Option<String>,
    /// Print the table of keys that a product reads, for rules/catalog/keys/, from homes of it as shipped
    #[arg(long, requires = "paths", conflicts_with = "product")]
    pub extract: bool,
    /// Print the schema of carbonlint.toml
    #[arg(long, conflicts_with_all = ["paths", "product"])]
    pub config: bool,
    /// What is read of a home.
    #[command(flatten)]
    pub links: LinkArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_sound() {
        super::Cli::command().debug_assert();
    }
}
