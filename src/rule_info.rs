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
    /// Whether its findings have fixes, and how safe those are.
    pub fix: FixAvailability,
    /// Why its fixes are unsafe, or when; `None` only where there are none or all are safe.
    pub fix_note: Option<String>,
    /// Rules that say less of the same place: their findings are dropped where this one has reported it.
    #[serde(default)]
    pub supersedes: Vec<String>,
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

/// Whether a rule has fixes, and how safe they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixAvailability {
    /// It has none.
    None,
    /// All are safe: `carbonlint fix` applies them.
    Safe,
    /// All are unsafe: they need `--unsafe`, or the rule named with `--select`.
    Unsafe,
    /// Some are safe and some are not.
    Depends,
}

impl FixAvailability {
    /// `none`, `safe`, `unsafe` or `depends`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Depends => "depends",
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_fixes_have_a_note_and_superseded_rules_exist() {
        for info in rules() {
            let needs_note = matches!(info.fix, FixAvailability::Unsafe | FixAvailability::Depends);
            assert_eq!(needs_note, info.fix_note.is_some(), "{}: fix_note", info.name);
            for superseded in &info.supersedes {
                let other = rule(superseded).unwrap_or_else(|| panic!("{}: no rule {superseded}", info.name));
                assert!(!other.supersedes.contains(&info.name), "{} and {superseded} supersede each other", info.name);
            }
        }
    }
}
