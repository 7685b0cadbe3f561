//! The rules of a run: the built-in ones, and those of policies.

use std::sync::Arc;

use super::{RuleInfo, rules};
use crate::suggest::did_you_mean_name;

/// The built-in rules, and those of policies.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    policies: Arc<[Arc<RuleInfo>]>,
}

impl RuleSet {
    /// These rules and those of policies. Of two rules with one name, the one that is there already counts.
    #[must_use]
    pub(crate) fn with(&self, policies: Vec<Arc<RuleInfo>>) -> Self {
        let new = policies.into_iter().filter(|rule| self.rule(&rule.name).is_none()).collect::<Vec<_>>();
        if new.is_empty() { self.clone() } else { Self { policies: self.policies.iter().cloned().chain(new).collect() } }
    }

    /// The first of `policies` that is called as a rule of another policy; `None` if there is none.
    pub(crate) fn conflict<'p>(&self, policies: &'p [Arc<RuleInfo>]) -> Option<&'p RuleInfo> {
        let is_other = |new: &&Arc<RuleInfo>| self.rule(&new.name).is_some_and(|known| known.file != new.file);
        policies.iter().find(is_other).map(|rule| &**rule)
    }

    /// All rules: the built-in ones by category and name, then those of policies.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RuleInfo>> + Clone {
        rules().iter().chain(self.policies.iter())
    }

    /// The rules of policies.
    pub(crate) fn policies(&self) -> &[Arc<RuleInfo>] {
        &self.policies
    }

    /// The rule with this name.
    pub fn rule(&self, name: &str) -> Option<&Arc<RuleInfo>> {
        self.iter().find(|rule| rule.name == name)
    }

    /// The names of all rules.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.iter().map(|rule| rule.name.as_str())
    }

    /// The names of all rules and categories; a category as often as it has rules.
    pub(crate) fn rules_and_categories(&self) -> impl Iterator<Item = &str> + Clone {
        self.iter().flat_map(|rule| [rule.category.as_str(), rule.name.as_str()])
    }

    /// Whether `name` is a rule or a category.
    pub(crate) fn has_rule_or_category(&self, name: &str) -> bool {
        self.rules_and_categories().any(|known| known == name)
    }
}

/// The help for a name that is not among the `known` ones of rules or categories.
pub(crate) fn instead_of<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    did_you_mean_name(name, known).unwrap_or_else(|| "`carbonlint rules` lists them".to_owned())
}
