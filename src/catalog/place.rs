//! Places of values in configuration files.

use serde::Deserialize;

/// A place in a file: `conf/…` is in the configuration folder, anything else is relative to the home.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The path inside the file.
    pub path: String,
    /// The value that counts as true if it is a switch; `true` if absent.
    pub equals: Option<String>,
}

impl Place {
    /// The place at `path` in `file`.
    pub fn new(file: &str, path: &str) -> Self {
        Self { file: file.to_owned(), path: path.to_owned(), equals: None }
    }

    /// Whether `value`, found here, counts as true.
    pub fn holds(&self, value: &str) -> bool {
        value.trim().eq_ignore_ascii_case(self.equals.as_deref().unwrap_or("true"))
    }
}
