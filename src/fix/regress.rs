//! Detects applied fixes that did harm or had no effect, and rolls them back.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::refusal::Refusal;
use super::run::{AppliedFix, FixRun, RefusedFinding, Subject, count};
use crate::diagnostic::Diagnostic;
use crate::lint::lint_in_parallel;
use crate::rule_info::Severity;
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::Workspace;

impl FixRun<'_> {
    /// The changed files with new errors of any rule, selected or not.
    pub(super) fn new_errors(&self, before: &[Diagnostic], workspace: &mut Workspace) -> BTreeSet<PathBuf> {
        if self.texts.is_empty() {
            return BTreeSet::new();
        }
        let all = Selection::default();
        let now = lint_in_parallel(workspace, &all, self.options.threads, || ());
        let mut original = self.open_with(&Overlays::new());
        let original = lint_in_parallel(&mut original, &all, self.options.threads, || ());
        let (before, original) = (per_rule(before), per_rule(&original));
        let is_new = |(place, number): &(&RuleInFile, &usize)| {
            let known = |counts: &HashMap<RuleInFile, usize>| counts.get(*place).copied().unwrap_or(0);
            **number > known(&before).max(known(&original))
        };
        let errors: BTreeSet<RuleInFile> =
            now.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).map(rule_in_file).collect();
        let now = per_rule(&now);
        let errors = now.iter().filter(|(place, _)| errors.contains(*place) && self.texts.contains_key(place.1));
        errors.filter(is_new).map(|((_, path), _)| path.to_path_buf()).collect()
    }

    /// The files in which fixes were applied but the findings remain.
    pub(super) fn ineffective(&self, remaining: &[Diagnostic]) -> BTreeSet<PathBuf> {
        let remaining = count(remaining);
        let mut fixed: BTreeMap<&Subject, usize> = BTreeMap::new();
        for applied in &self.applied {
            *fixed.entry(&applied.subject).or_default() += 1;
        }
        let remains = |applied: &&AppliedFix| {
            let number = |counts: &BTreeMap<Subject, usize>| counts.get(&applied.subject).copied().unwrap_or(0);
            let fixed = fixed.get(&applied.subject).copied().unwrap_or(0);
            number(&remaining) > number(&self.counts).saturating_sub(fixed)
        };
        self.applied.iter().filter(remains).flat_map(|applied| applied.files.iter().cloned()).collect()
    }

    /// Undoes every change to these files and refuses their fixes.
    pub(super) fn roll_back(&mut self, paths: &BTreeSet<PathBuf>, reason: &Refusal) {
        self.texts.retain(|path, _| !paths.contains(path));
        let is_undone = |applied: &AppliedFix| applied.files.iter().any(|file| paths.contains(file));
        let (undone, kept): (Vec<AppliedFix>, Vec<AppliedFix>) = self.applied.drain(..).partition(is_undone);
        self.applied = kept;
        for applied in undone {
            let refused = RefusedFinding { path: applied.subject.1, rule: applied.rule, fingerprint: None };
            self.refused.insert(refused, reason.clone());
        }
    }
}

/// A rule, and a file in which it found something.
type RuleInFile<'a> = (&'a str, &'a Path);

fn rule_in_file(diagnostic: &Diagnostic) -> RuleInFile<'_> {
    (&diagnostic.rule.name, &diagnostic.path)
}

fn per_rule(diagnostics: &[Diagnostic]) -> HashMap<RuleInFile<'_>, usize> {
    let mut counts = HashMap::new();
    for diagnostic in diagnostics {
        *counts.entry(rule_in_file(diagnostic)).or_default() += 1;
    }
    counts
}
