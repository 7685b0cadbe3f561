//! Why a path could not be read.

use std::path::{Path, PathBuf};

use crate::disk::reason;

/// A path that could not be read.
#[derive(Debug, Clone)]
pub struct ReadError {
    /// The path.
    pub path: PathBuf,
    /// What is wrong with it, lower case.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` cannot be read: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    /// What stopped a walk through a folder.
    pub(crate) fn of_walk(error: &walkdir::Error) -> Self {
        let path = error.path().map(Path::to_path_buf).unwrap_or_default();
        if error.loop_ancestor().is_some() {
            return Self::of_loop(path);
        }
        let (message, help) = match error.io_error() {
            Some(error) => (reason(error), "check the permissions, or leave the path out"),
            None => (error.to_string(), "leave the path out"),
        };
        Self { path, message, help: help.to_owned() }
    }

    /// The link at `path` leads to a folder that it is in.
    pub(super) fn of_loop(path: PathBuf) -> Self {
        let message = "a link that leads back to a folder above it".to_owned();
        Self { path, message, help: "remove the link, or search the folder that it leads to".to_owned() }
    }
}
