//! Fixes what lint finds, in memory, pass after pass until no more fix applies. Nothing is written to disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::refusal::Refusal;
use super::write::ChangedFile;
use crate::diagnostic::Diagnostic;
use crate::home::Search;
use crate::lint::lint;
use crate::model::Assumptions;
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::Workspace;

/// After this many passes, fixes are considered not to converge.
const MAX_PASSES: usize = 10;

/// What to fix, and with which fixes.
#[derive(Debug, Clone, Default)]
pub struct FixOptions {
    /// The paths: homes, files, or folders to search.
    pub paths: Vec<PathBuf>,
    /// How folders are searched.
    pub search: Search,
    /// Facts that the files do not state.
    pub assumptions: Assumptions,
    /// The rules.
    pub selection: Selection,
    /// Whether to apply all unsafe fixes. Those of rules selected by name are always applied.
    pub with_unsafe: bool,
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFix {
    /// The rule.
    pub rule: String,
    /// What was done.
    pub title: String,
    /// The files that it changed.
    pub files: Vec<PathBuf>,
    /// What the user should check next.
    pub follow_up: Option<String>,
    /// The finding.
    pub(super) subject: Subject,
}

/// A fix that was wanted but not applied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedFix {
    /// The file.
    pub path: PathBuf,
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason: Refusal,
}

/// The result of fixing. Nothing is written yet: see [`write_all`](super::write::write_all).
#[derive(Debug)]
pub struct FixResult {
    /// The files that would change, by path.
    pub files: Vec<ChangedFile>,
    /// What was fixed.
    pub applied: Vec<AppliedFix>,
    /// The wanted fixes that were not applied.
    pub refused: Vec<RefusedFix>,
    /// The diagnostics that remain, with their fixes.
    pub remaining: Vec<Diagnostic>,
    /// The homes after all fixes, to which [`remaining`](Self::remaining) refers.
    pub workspace: Workspace,
}

/// The fixes undo each other, or never end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidNotConverge {
    /// Their rules.
    pub rules: Vec<String>,
}

impl std::fmt::Display for DidNotConverge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the fixes of {} undo each other", self.rules.join(" and "))
    }
}

impl std::error::Error for DidNotConverge {}

/// Determines what to write. Fails if the fixes do not converge; nothing should be written then.
pub fn fix(options: &FixOptions) -> Result<FixResult, DidNotConverge> {
    let mut run = FixRun::new(options);
    let mut seen: Vec<Overlays> = vec![Overlays::new()];
    let mut first: Option<Vec<Diagnostic>> = None;
    for _ in 0..MAX_PASSES {
        let workspace = run.open();
        let diagnostics = lint(&workspace, &options.selection);
        let fixed = run.pass(&workspace, &diagnostics);
        let before = first.get_or_insert_with(|| diagnostics.clone());
        if fixed.is_empty() {
            let broken = run.new_errors(before, &workspace);
            let ineffective = run.ineffective(&diagnostics);
            if broken.is_empty() && ineffective.is_empty() {
                return Ok(run.finish(workspace, diagnostics));
            }
            // The fixes broke something in these files, or had no effect: leave the files unchanged.
            run.roll_back(&broken, &Refusal::CausesError);
            run.roll_back(&ineffective, &Refusal::Ineffective);
            continue;
        }
        if seen.contains(&run.texts) {
            return Err(DidNotConverge { rules: fixed.into_iter().collect() });
        }
        seen.push(run.texts.clone());
    }
    let rules: BTreeSet<String> = run.applied.iter().map(|applied| applied.rule.clone()).collect();
    Err(DidNotConverge { rules: rules.into_iter().collect() })
}

/// The state between two passes.
pub(super) struct FixRun<'a> {
    pub(super) options: &'a FixOptions,
    /// The bytes of each edited file as first read. The file must still have them when it is written.
    pub(super) originals: Overlays,
    /// The new bytes of the files that change.
    pub(super) texts: Overlays,
    /// The home of each of them.
    pub(super) roots: BTreeMap<PathBuf, PathBuf>,
    pub(super) applied: Vec<AppliedFix>,
    /// The highest number of findings of a rule, a file and a key so far.
    pub(super) counts: BTreeMap<Subject, usize>,
    pub(super) refused: BTreeSet<RefusedFix>,
}

/// What findings are counted by: rule, file and key.
pub(super) type Subject = (String, PathBuf, Option<String>);

pub(super) fn subject(diagnostic: &Diagnostic) -> Subject {
    (diagnostic.rule.name.clone(), diagnostic.path.clone(), diagnostic.finding.key.clone())
}

pub(super) fn count(diagnostics: &[Diagnostic]) -> BTreeMap<Subject, usize> {
    let mut counts = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(subject(diagnostic)).or_default() += 1;
    }
    counts
}

impl<'a> FixRun<'a> {
    pub(super) fn new(options: &'a FixOptions) -> Self {
        Self {
            options,
            originals: Overlays::new(),
            texts: Overlays::new(),
            roots: BTreeMap::new(),
            applied: Vec::new(),
            counts: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    pub(super) fn open(&self) -> Workspace {
        Workspace::open_found(&self.options.paths, self.options.search, &self.options.assumptions, &self.texts)
    }

    fn finish(self, workspace: Workspace, remaining: Vec<Diagnostic>) -> FixResult {
        let (roots, mut originals) = (self.roots, self.originals);
        let files = self.texts.into_iter().filter_map(|(path, new)| {
            let old = originals.remove(&path)?;
            let root = roots.get(&path).cloned().unwrap_or_default();
            (old != new).then_some(ChangedFile { path, root, old, new })
        });
        let files = files.collect();
        FixResult { files, applied: self.applied, refused: self.refused.into_iter().collect(), remaining, workspace }
    }
}
