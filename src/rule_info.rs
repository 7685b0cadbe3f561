//! What `rules/<category>/<name>.toml` says of a rule.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::catalog::Versions;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Insecure, or silently ignored.
    Warning,
    /// The server does not start, loses configuration, or does the opposite of what is written.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule as its file describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleInfo {
    /// The name: what is wrong, never the remedy.
    pub name: String,
    /// The category: the folder of the file.
    pub category: String,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// Markdown: what is wrong, and why it matters.
    pub explanation: String,
    /// Markdown: what to do.
    pub remedy: String,
    /// Code, issues and documentation that the rule rests on.
    pub sources: Vec<String>,
    /// Another severity under `--profile`.
    #[serde(default)]
    pub severity_in: BTreeMap<String, Severity>,
    /// The products that it is for; empty for all.
    #[serde(default)]
    pub applies: Vec<Applies>,
    /// The condition, where data is enough.
    pub when: Option<When>,
}

/// A product that a rule is for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// The product.
    pub product: String,
    /// Its versions.
    #[serde(default)]
    pub versions: Versions,
}

/// A condition on keys of deployment.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The file: `deployment.toml`.
    pub file: String,
    /// The flattened keys; the rule reports each one that is there.
    pub any: Vec<String>,
    /// Only with this value.
    pub equals: Option<serde_json::Value>,
    /// The message, in which `{key}` is the key.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// For a key the one to write in its place: a fix that is safe.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
}

/// Every rule, by category and name.
pub fn rules() -> &'static [RuleInfo] {
    static RULES: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
        // The build wrote the text from rules/, and a test parses it: it cannot be wrong in a binary that was tested.
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/rules.json")))
            .unwrap_or_else(|error| panic!("rules: {error}"))
    });
    &RULES
}

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static RuleInfo> {
    rules().iter().find(|rule| rule.name == name)
}
