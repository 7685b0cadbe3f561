//! Which rules run in which home, and how serious their findings are there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::registry::{self, Check};
use crate::config::Config;
use crate::model::HomeId;
use crate::rule_info::{ProfileSeverity, RuleInfo, RuleSet, Severity, rule};
use crate::workspace::{Home, Workspace};

/// Which rules run, and for which profile.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Rules or categories to run; empty for all.
    pub select: Vec<String>,
    /// Rules or categories to leave out.
    pub ignore: Vec<String>,
    /// `production` or `development`.
    pub profile: Option<String>,
    /// Rules or categories to run besides the selected ones, even if the profile leaves them out.
    pub extend: Vec<String>,
    /// The severities of rules in every profile.
    pub severity: BTreeMap<String, ProfileSeverity>,
}

impl Selection {
    /// Whether the built-in rule of this name runs.
    pub(crate) fn takes_rule(&self, name: &str) -> bool {
        rule(name).is_some_and(|rule| self.takes(rule))
    }

    /// Whether `rule` runs.
    fn takes(&self, rule: &RuleInfo) -> bool {
        let named = |names: &[String]| names.iter().any(|name| *name == rule.name || *name == rule.category);
        (self.select.is_empty() || named(&self.select) || named(&self.extend)) && !named(&self.ignore)
    }

    /// The severity of a rule that runs; `None` if the profile leaves it out. A rule that is selected by its name runs in every profile.
    fn severity(&self, rule: &RuleInfo) -> Option<Severity> {
        let is_named = || self.select.contains(&rule.name) || self.extend.contains(&rule.name);
        let in_profile = || rule.severity_in.get(self.profile.as_deref().unwrap_or("default"));
        match self.severity.get(&rule.name).or_else(in_profile) {
            None => Some(rule.severity),
            Some(severity) => severity.severity().or_else(|| is_named().then_some(rule.severity)),
        }
    }

    /// The selection in homes that `config` applies to. What the caller selects counts instead of what the file selects.
    fn with(&self, config: &Config) -> Self {
        let Config { profile, select, extend_select, ignore, severity, .. } = config;
        Self {
            select: if self.select.is_empty() { select.clone() } else { self.select.clone() },
            ignore: self.ignore.iter().chain(ignore).cloned().collect(),
            profile: self.profile.clone().or_else(|| profile.clone()),
            extend: if self.select.is_empty() { extend_select.clone() } else { self.extend.clone() },
            severity: severity.clone(),
        }
    }
}

/// A rule that runs, with its severity and its check; the check is `None` if the condition is in the rule's file.
pub(super) type Selected = (Arc<RuleInfo>, Severity, Option<&'static Check>);

/// The rules that run, in the order in which they do.
pub(crate) struct SelectedRules {
    rules: Vec<Selected>,
    /// Those that were not selected, and run only because a selected one looks at what all others find.
    silent: BTreeSet<String>,
}

impl SelectedRules {
    /// Those of `rules` that are selected.
    pub(crate) fn of(selection: &Selection, rules: &RuleSet) -> Self {
        let looks_at_findings = |rule: &RuleInfo| matches!(registry::check_of(rule), Some(Check::Findings));
        let needs_all = rules.iter().any(|rule| selection.takes(rule) && looks_at_findings(rule));
        let all = Selection { select: Vec::new(), ..selection.clone() };
        let running = rules.iter().filter(|rule| if needs_all { all.takes(rule) } else { selection.takes(rule) });
        let running = running.filter_map(|rule| Some((Arc::clone(rule), selection.severity(rule)?, registry::check_of(rule))));
        let mut running: Vec<Selected> = running.collect();
        running.sort_by_key(|(_, _, check)| !matches!(check, Some(Check::Text(_))));
        let silent = running.iter().filter(|(rule, ..)| !selection.takes(rule)).map(|(rule, ..)| rule.name.clone()).collect();
        Self { rules: running, silent }
    }

    /// The rules that run, each with its severity and its check.
    pub(super) fn running(&self) -> impl Iterator<Item = &Selected> {
        self.rules.iter()
    }

    /// Whether a rule was selected, rather than run only for another one.
    pub(super) fn reports(&self, rule: &RuleInfo) -> bool {
        !self.silent.contains(rule.name.as_str())
    }

    /// A rule that runs, with its severity.
    pub(super) fn rule(&self, name: &str) -> Option<(&Arc<RuleInfo>, Severity)> {
        self.running().find(|(rule, ..)| rule.name == name).map(|(rule, severity, _)| (rule, *severity))
    }

    /// Whether a rule looks at the listeners of all homes.
    pub(crate) fn compares_homes(&self) -> bool {
        self.running().any(|(_, _, check)| matches!(check, Some(Check::Run(_))))
    }
}

/// The rules that run in each home: the selection of the caller, with what the carbonlint.toml of the home says.
pub(crate) struct RulesOfHomes {
    /// Where no carbonlint.toml applies, and outside of homes.
    base: SelectedRules,
    /// For each carbonlint.toml.
    configured: Vec<SelectedRules>,
    /// The number of the file that applies to each home.
    by_home: Vec<Option<usize>>,
}

impl RulesOfHomes {
    /// The rules of `selection` in the homes of `workspace`.
    pub(crate) fn of(selection: &Selection, workspace: &Workspace) -> Self {
        let (mut known, mut configured): (Vec<&Arc<Config>>, _) = (Vec::new(), Vec::new());
        let number_of = |home| {
            let config = Home::config(home)?;
            Some(known.iter().position(|known| Arc::ptr_eq(known, config)).unwrap_or_else(|| {
                known.push(config);
                configured.push(SelectedRules::of(&selection.with(config), &config.rules));
                known.len() - 1
            }))
        };
        let by_home = workspace.homes.iter().map(number_of).collect();
        Self { base: SelectedRules::of(selection, &workspace.rules), configured, by_home }
    }

    /// The rules that run in `home`, or outside of homes.
    pub(crate) fn in_home(&self, home: Option<HomeId>) -> &SelectedRules {
        let number = home.and_then(|HomeId(home)| *self.by_home.get(home)?);
        number.map_or(&self.base, |number| &self.configured[number])
    }

    /// The rules that run anywhere.
    pub(super) fn anywhere(&self) -> impl Iterator<Item = &Selected> {
        let mut seen = BTreeSet::new();
        let all = std::iter::once(&self.base).chain(&self.configured).flat_map(SelectedRules::running);
        all.filter(move |(rule, ..)| seen.insert(&rule.name))
    }
}
