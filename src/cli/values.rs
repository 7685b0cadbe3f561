//! The values of options that are one of a few words.

use clap::ValueEnum;

/// Formats of `lint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people: source excerpts and help
    Human,
    /// One line per finding
    Concise,
    /// JSON, version 1
    Json,
}

/// Formats of `ports`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PortsFormat {
    /// For people
    Table,
    /// JSON, version 1
    Json,
    /// Comma-separated values with a header line
    Csv,
}

/// Which listeners are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reach {
    /// Every listener
    All,
    /// Listeners that are not bound to a loopback address
    External,
}

/// Formats of `rules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// For people
    Table,
    /// JSON, version 1
    Json,
    /// Markdown: each rule as `explain` has it
    Markdown,
}

/// Formats of `explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For people
    Text,
    /// Markdown
    Markdown,
}

/// Formats of `render` and `get`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// For people
    Text,
    /// JSON, version 1
    Json,
}

/// The severities for which `lint` exits with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Any finding
    Info,
    /// Nothing
    Never,
}

/// The purpose of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Servers in production
    Production,
    /// A developer's machine
    Development,
}
