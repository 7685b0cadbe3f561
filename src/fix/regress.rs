//! Detects applied fixes that did harm or had no effect, and rolls them back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::refusal::Refusal;
use super::run::{AppliedFix, FixRun, RefusedFix, Subject, count};
use crate::diagnostic::Diagnostic;
use crate::lint::lint;
use crate::rule_info::Severity;
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::Workspace;

impl FixRun<'_> {
    /// The changed files with new errors of any rule, selected or not.
    pub(super) fn new_errors(&self, before: &[Diagnostic], workspace: &Workspace) -> BTreeSet<PathBuf> {
        if self.texts.is_empty() {
            return BTreeSet::new();
        }
        let all = Selection::default();
        let original =
            Workspace::open_found(&self.options.paths, self.options.search, &self.options.assumptions, &Overlays::new());
        let original = lint(&original, &all);
        let known = |diagnostics: &[Diagnostic], error: &Diagnostic| {
            diagnostics.iter().filter(|known| known.rule.name == error.rule.name && known.path == error.path).count()
        };
        let now = lint(workspace, &all);
        let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
        let errors = now.iter().filter(is_error).filter(|error| self.texts.contains_key(&error.path));
        let is_new = |error: &&Diagnostic| known(&now, error) > known(before, error).max(known(&original, error));
        errors.filter(is_new).map(|error| error.path.clone()).collect()
    }

    /// The files in which fixes were applied but the findings remain.
    pub(super) fn ineffective(&self, remaining: &[Diagnostic]) -> BTreeSet<PathBuf> {
        let remaining = count(remaining);
        let remains = |applied: &&AppliedFix| {
            let fixed = self.applied.iter().filter(|other| other.subject == applied.subject).count();
            let number = |counts: &BTreeMap<Subject, usize>| counts.get(&applied.subject).copied().unwrap_or(0);
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
            self.refused.insert(RefusedFix { path: applied.subject.1, rule: applied.rule, reason: reason.clone() });
        }
    }
}
