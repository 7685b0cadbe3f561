//! What `$env{}` and `$sys{}` stand for.

use std::collections::BTreeMap;

/// The environment variables and system properties of the server.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    properties: BTreeMap<String, String>,
    /// Whether what is not here may be there when the server starts: nothing is said of it then.
    pub is_unknown: bool,
}

impl Environment {
    /// An environment of which nothing is known.
    pub fn unknown() -> Self {
        Self { is_unknown: true, ..Self::default() }
    }

    /// An environment with `variables` and the system properties `properties`.
    pub fn new(variables: BTreeMap<String, String>, properties: BTreeMap<String, String>) -> Self {
        Self { variables, properties, is_unknown: false }
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The value of a system property; an empty one is as good as none (ReferenceResolver.java).
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// The variables of a file with a line `NAME=value` each, as Docker reads it: `#` begins a comment, and values are taken as they stand.
/// Fails with the 1-based numbers of lines that are no such line.
pub fn parse_env_file(text: &str) -> Result<BTreeMap<String, String>, Vec<usize>> {
    let mut variables = BTreeMap::new();
    let mut wrong = Vec::new();
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
            _ => wrong.push(number + 1),
        }
    }
    if wrong.is_empty() { Ok(variables) } else { Err(wrong) }
}
