//! Why files were not written.

use std::path::PathBuf;
use std::{fmt, io};

use crate::disk;

/// Why the files of a home were not written.
#[derive(Debug)]
pub enum WriteError {
    /// The file has changed since it was read.
    Changed(PathBuf),
    /// The file or its folder is not writable.
    ReadOnly(PathBuf),
    /// The path is a link to a target outside the home.
    LinkOut(PathBuf, PathBuf),
    /// The file was replaced, and could not be put back when another one could not be replaced: the file, what has its old content, and why
    /// it could not be put back.
    NotPutBack(PathBuf, PathBuf, io::Error),
    /// Another process is writing to the file.
    Busy(PathBuf),
    /// The operating system reported an error.
    Io(PathBuf, io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(path) => write!(formatter, "`{}` has changed since it was read", path.display()),
            Self::ReadOnly(path) => write!(formatter, "`{}` is read-only", path.display()),
            Self::LinkOut(path, target) => {
                write!(formatter, "`{}` is a link to `{}`, which is outside the home", path.display(), target.display())
            }
            Self::NotPutBack(path, kept, error) => write!(
                formatter,
                "`{}` was changed and could not be put back ({}): its old content is in `{}`",
                path.display(),
                disk::reason(error),
                kept.display()
            ),
            Self::Busy(path) => write!(formatter, "another process is writing to `{}`", path.display()),
            Self::Io(path, error) => write!(formatter, "cannot write `{}`: {}", path.display(), disk::reason(error)),
        }
    }
}

impl std::error::Error for WriteError {}
