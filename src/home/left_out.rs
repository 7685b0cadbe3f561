//! What a search leaves out of the homes that it finds, and why.

use std::path::PathBuf;

use crate::catalog::LeftAloneRow;

/// A file or a home that looks like configuration and was left alone.
#[derive(Debug, Clone)]
pub(crate) struct LeftAlone {
    /// The file, or the home.
    pub path: PathBuf,
    /// Why.
    pub why: WhyLeftAlone,
}

/// Why a file or a home was left alone.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WhyLeftAlone {
    /// By its name, or by the name of its folder.
    ByName(&'static LeftAloneRow),
    /// A copy of a rendered file that the config mapper keeps.
    MappersCopy,
    /// It is in an installed home whose server does not read it.
    NotRead,
    /// It is hidden, or `.gitignore` or `.ignore` leave it out.
    Ignored,
    /// A carbonlint.toml excludes it.
    Excluded,
}

impl WhyLeftAlone {
    /// Its name in JSON.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::ByName(row) => &row.id,
            Self::MappersCopy => "mapper-copy",
            Self::NotRead => "not-read",
            Self::Ignored => "ignored",
            Self::Excluded => "excluded",
        }
    }

    /// What such a file is, or `count` of them.
    pub(crate) fn what(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::ByName(row), 1) => &row.what,
            (Self::ByName(row), _) => &row.many,
            (Self::MappersCopy, 1) => "old copy kept by the server",
            (Self::MappersCopy, _) => "old copies kept by the server",
            (Self::NotRead, 1) => "file that the server of its home does not read",
            (Self::NotRead, _) => "files that the server of their home does not read",
            (Self::Ignored, _) => "hidden or ignored",
            (Self::Excluded, _) => "excluded by carbonlint.toml",
        }
    }
}

/// A file that was named and is not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PassedOver {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: WhyPassedOver,
}

/// Why a file that was named is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WhyPassedOver {
    /// No server reads a file of this name.
    Foreign,
    /// A template of a server, without the home that it belongs to.
    TemplateWithoutHome,
}
