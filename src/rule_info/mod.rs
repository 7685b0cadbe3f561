//! The descriptions of the rules, from `rules/<category>/<name>.toml`.

mod condition;
mod one_or_many;
mod placeholder;
mod rule_set;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

pub use condition::{Change, Condition, Pattern, Rename, ValueType};
use one_or_many::one_or_many;
pub(crate) use placeholder::{next_placeholder, placeholders, unknown_placeholder};
pub use rule_set::RuleSet;
pub(crate) use rule_set::instead_of;

use serde::{Deserialize, Serialize};

use crate::catalog::Versions;
use crate::rule_examples::{RuleExample, examples_of};

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
    /// The name, which says what is wrong, never the remedy. It is that of the file.
    #[serde(default)]
    pub name: String,
    /// The category, which is the folder of the file.
    #[serde(default)]
    pub category: String,
    /// The default severity.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub summary: String,
    /// Markdown: what is wrong, and why it matters. Only a rule of a policy can do without.
    #[serde(default)]
    pub explanation: String,
    /// Markdown: what to do. Only a rule of a policy can do without.
    #[serde(default)]
    pub remedy: String,
    /// Whether the rule has fixes, and how safe they are.
    #[serde(default)]
    pub fix: FixAvailability,
    /// Why its fixes are unsafe, or when; `None` only if there are none or all are safe.
    pub fix_note: Option<String>,
    /// Which of its unsafe fixes are applied only if the rule is selected by name, never by `--unsafe` alone.
    pub by_name: Option<ByName>,
    /// Less specific rules. Their findings are dropped at a place that this rule reports.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// The code, issues and documentation that the rule is based on. Only a rule of a policy can do without.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Other severities, by the value of `--profile`; `default` without one.
    #[serde(default)]
    pub severity_in: BTreeMap<String, ProfileSeverity>,
    /// The products that the rule applies to; empty for all.
    #[serde(default)]
    pub applies: Vec<Applies>,
    /// The conditions of a rule that needs no code; each is reported on its own.
    #[serde(default, deserialize_with = "one_or_many")]
    pub when: Vec<Condition>,
    /// The file of a rule of a policy.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    /// Examples that the rule reports; empty for built-in rules, of which `rule_examples` has some to show.
    #[serde(default)]
    pub fails: Vec<RuleExample>,
    /// Examples that look alike and are fine.
    #[serde(default)]
    pub passes: Vec<RuleExample>,
}

impl RuleInfo {
    /// An example that the rule reports and one that is fine, to show; `None` where none is plain text.
    pub(crate) fn shown_examples(&self) -> [Option<&RuleExample>; 2] {
        let built_in = examples_of(&self.name);
        let is_plain = |example: &&RuleExample| example.files.values().all(|file| file.text().is_some());
        [(&self.fails, &built_in.fails), (&self.passes, &built_in.passes)]
            .map(|(own, built_in)| own.iter().find(is_plain).or(built_in.as_ref()))
    }
}

/// Whether a rule has fixes, and how safe they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixAvailability {
    /// It has none.
    #[default]
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

/// All rules, sorted by category and name.
pub fn rules() -> &'static [Arc<RuleInfo>] {
    static RULES: LazyLock<Vec<Arc<RuleInfo>>> = LazyLock::new(|| {
        // The build script generates the text from rules/, and a test parses it, so this cannot fail in a tested binary.
        let rules: Vec<RuleInfo> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/rules.json")))
            .unwrap_or_else(|error| panic!("rules: {error}"));
        rules.into_iter().map(Arc::new).collect()
    });
    &RULES
}

/// The rule with this name.
pub fn rule(name: &str) -> Option<&'static Arc<RuleInfo>> {
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
            for part in [&info.explanation, &info.remedy] {
                assert!(!part.trim().is_empty() && !info.sources.is_empty(), "{}: explanation, remedy and sources", info.name);
            }
            assert!(needs_note || info.by_name.is_none(), "{}: by_name without an unsafe fix", info.name);
            for superseded in &info.supersedes {
                let other = rule(superseded).unwrap_or_else(|| panic!("{}: no rule {superseded}", info.name));
                assert!(!other.supersedes.contains(&info.name), "{} and {superseded} supersede each other", info.name);
            }
        }
    }
}
