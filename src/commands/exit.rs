//! How a command ends: its exit code, or why it failed.

use std::fmt;

use crate::printable::{on_one_line, printable};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing at or above the severity that fails.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// Wrong usage, or a failure.
    Failure = 2,
    /// No configuration at the paths.
    NothingFound = 3,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    help: Option<String>,
    /// The exit code.
    pub(super) exit: Exit,
}

impl Failure {
    /// A failure with a message, in lower case.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Failure }
    }

    /// Adds what to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the exit code.
    pub(super) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}", on_one_line(&self.message))?;
        self.help.as_ref().map_or(Ok(()), |help| write!(formatter, "\n  help: {}", printable(help)))
    }
}

impl std::error::Error for Failure {}
