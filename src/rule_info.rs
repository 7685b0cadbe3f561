//! The descriptions of the rules, from `rules/<category>/<name>.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::catalog::Versions;
use crate::suggest::did_you_mean_name;

/// How serious a finding is.
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

/// How serious the findings of a rule are under a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileSeverity {
    /// The rule does not run.
    Off,
    /// [`Severity::Info`]
    Info,
    /// [`Severity::Warning`]
    Warning,
    /// [`Severity::Error`]
    Error,
}

impl ProfileSeverity {
    /// The severity with this name; `None` for another name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "info" => Some(Self::Info),
            "warning" => Some(Self::Warning),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// The severity; `None` if the rule does not run.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// A rule, as described by its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleInfo {
    /// The name, which says what is wrong, never the remedy.
    pub name: String,
    /// The category, which is the folder of the file.
    pub category: String,
    /// The default severity.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub summary: String,
    /// Markdown: what is wrong, and why it matters.
    pub explanation: String,
    /// Markdown: what to do.
    pub remedy: String,
    /// Whether the rule has fixes, and how safe they are.
    pub fix: FixAvailability,
    /// Why its fixes are unsafe, or when; `None` only if there are none or all are safe.
    pub fix_note: Option<String>,
    /// Which of its unsafe fixes are applied only if the rule is selected by name, never by `--unsafe` alone.
    pub by_name: Option<ByName>,
    /// Less specific rules. Their findings are dropped at a place that this rule reports.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// The code, issues and documentation that the rule is based on.
    pub sources: Vec<String>,
    /// Other severities, by the value of `--profile`.
    #[serde(default)]
    pub severity_in: BTreeMap<String, ProfileSeverity>,
    /// The products that the rule applies to; empty for all.
    #[serde(default)]
    pub applies: Vec<Applies>,
    /// The condition of a rule that needs no code.
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
    /// All are unsafe: they need `--unsafe`, unless [`by_name`](RuleInfo::by_name) excludes it, or `--select` with the name of the rule.
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

/// Unsafe fixes that are applied only if their rule is selected by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ByName {
    /// All of the rule.
    All,
    /// Those that set an offset or the port of a listener.
    Port,
    /// Those that edit a template of the server.
    Template,
}

/// A product that a rule applies to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// The id of the product.
    pub product: String,
    /// The versions of the product.
    #[serde(default)]
    pub versions: Versions,
}

/// A condition on keys of deployment.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The flattened keys, where `*` is any segment. The rule reports each one that is set and meets the other conditions.
    pub any: Vec<String>,
    /// The values, of which a key must have one to be reported; any if empty.
    #[serde(default)]
    pub equals: Vec<serde_json::Value>,
    /// A regular expression that a text must match to be reported.
    pub matches: Option<String>,
    /// Names in the same table with values: a key is not reported if one of them has its value.
    #[serde(default)]
    pub unless: BTreeMap<String, serde_json::Value>,
    /// Whether a key is reported only if the server does not read it, as far as that is known.
    #[serde(default)]
    pub unread: bool,
    /// The message; `{key}` is replaced by the key, and `{table}` by the name of its table.
    pub message: String,
    /// How to correct it.
    pub help: Option<String>,
    /// For each key, the key that a safe fix replaces it with.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
}

/// All rules, sorted by category and name.
pub fn rules() -> &'static [RuleInfo] {
    static RULES: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
        // The build script generates the text from rules/, and a test parses it, so this cannot fail in a tested binary.
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/rules.json")))
            .unwrap_or_else(|error| panic!("rules: {error}"))
    });
    &RULES
}

/// The rule with this name.
pub fn rule(name: &str) -> Option<&'static RuleInfo> {
    rules().iter().find(|rule| rule.name == name)
}

/// The names of all rules and categories; a category as often as it has rules.
pub(crate) fn rules_and_categories() -> impl Iterator<Item = &'static str> + Clone {
    rules().iter().flat_map(|rule| [rule.category.as_str(), rule.name.as_str()])
}

/// Whether `name` is a rule or a category.
pub(crate) fn is_rule_or_category(name: &str) -> bool {
    rules_and_categories().any(|known| known == name)
}

/// The help for a name that is not among the `known` ones of rules or categories.
pub(crate) fn instead_of<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    did_you_mean_name(name, known).unwrap_or_else(|| "`carbonlint rules` lists them".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_have_valid_expressions() {
        for info in rules() {
            let Some(expression) = info.when.as_ref().and_then(|when| when.matches.as_ref()) else { continue };
            assert!(regex_lite::Regex::new(expression).is_ok(), "{}: {expression}", info.name);
        }
    }

    #[test]
    fn unsafe_fixes_have_a_note_and_superseded_rules_exist() {
        for info in rules() {
            let needs_note = matches!(info.fix, FixAvailability::Unsafe | FixAvailability::Depends);
            assert_eq!(needs_note, info.fix_note.is_some(), "{}: fix_note", info.name);
            assert!(needs_note || info.by_name.is_none(), "{}: by_name without an unsafe fix", info.name);
            for superseded in &info.supersedes {
                let other = rule(superseded).unwrap_or_else(|| panic!("{}: no rule {superseded}", info.name));
                assert!(!other.supersedes.contains(&info.name), "{} and {superseded} supersede each other", info.name);
            }
        }
    }
}
