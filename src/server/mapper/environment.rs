//! The values of `$env{}` and `$sys{}`.

use std::collections::BTreeMap;

/// The environment variables and system properties of the server.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    properties: BTreeMap<String, String>,
    /// If set, missing values are not reported: they may exist at startup.
    pub is_unknown: bool,
    /// Whether reports may show the values of the variables.
    pub is_shown: bool,
}

impl Environment {
    /// An unknown environment.
    pub fn unknown() -> Self {
        Self { is_unknown: true, ..Self::default() }
    }

    /// An environment with `variables` and the system properties `properties`.
    pub fn new(variables: BTreeMap<String, String>, properties: BTreeMap<String, String>) -> Self {
        Self { variables, properties, is_unknown: false, is_shown: false }
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The value of a system property; an empty value counts as unset (ReferenceResolver.java).
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// A line of an environment file that is not of the form `NAME=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAVariable {
    /// Its 1-based number.
    pub line: usize,
}

impl std::fmt::Display for NotAVariable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {}: expected `NAME=value`", self.line)
    }
}

impl std::error::Error for NotAVariable {}

/// The variables of a file of `NAME=value` lines, read as Docker does: `#` begins a comment, and values are not unquoted. Fails at the
/// first line that has another form.
pub(crate) fn parse_env_file(text: &str) -> Result<BTreeMap<String, String>, NotAVariable> {
    let mut variables = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        match line.split_once('=') {
            Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
                variables.insert(name.to_owned(), value.to_owned());
            }
            _ => return Err(NotAVariable { line: number + 1 }),
        }
    }
    Ok(variables)
}
