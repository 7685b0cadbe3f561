//! Fixes what lint finds, in memory, pass after pass until no more fix applies. Nothing is written to disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::refusal::Refusal;
use super::write::ChangedFile;
use crate::diagnostic::Diagnostic;
use crate::home::Search;
use crate::lint::lint_in_parallel;
use crate::model::Assumptions;
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::{Opening, Workspace};

/// After this many passes the fixes are given up. A pass applies all fixes that do not depend on each other, so few are ever needed.
const MAX_PASSES: usize = 100;

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
    /// Whether to apply the unsafe fixes of all rules, but for those that are applied by name only. All fixes of rules that are selected by
    /// name are applied.
    pub with_unsafe: bool,
    /// On how many threads homes are looked at; the result is the same for any number.
    pub threads: usize,
    /// The only homes and lone files below the paths that are looked at; `None` for all.
    pub homes: Option<BTreeSet<PathBuf>>,
}

impl FixOptions {
    /// Whether the rule of a diagnostic is selected by its name.
    pub(super) fn names(&self, diagnostic: &Diagnostic) -> bool {
        self.selection.select.contains(&diagnostic.rule.name)
    }
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

/// A fix that was asked for but not applied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedFix {
    /// The file.
    pub path: PathBuf,
    /// The line of the finding, from 1, in the file as it is after all fixes.
    pub line: usize,
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

/// The fixes do not come to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidNotConverge {
    /// Their rules.
    pub rules: Vec<String>,
    /// Whether the fixes undo each other. Otherwise each pass finds more to fix.
    pub undo_each_other: bool,
}

impl std::fmt::Display for DidNotConverge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.undo_each_other, self.rules.as_slice()) {
            (true, [rule]) => write!(formatter, "the fixes of {rule} undo each other"),
            (true, rules) => write!(formatter, "the fixes of {} undo each other", rules.join(" and ")),
            (false, rules) => write!(formatter, "the fixes of {} find more to fix each time", rules.join(" and ")),
        }
    }
}

impl std::error::Error for DidNotConverge {}

/// Determines what to write. Fails if the fixes do not converge; nothing should be written then.
pub fn fix(options: &FixOptions) -> Result<FixResult, DidNotConverge> {
    let mut run = FixRun::new(options);
    // The texts before each pass, and the rules that it applied.
    let mut seen: Vec<(Overlays, BTreeSet<String>)> = Vec::new();
    let mut first: Option<Vec<Diagnostic>> = None;
    for _ in 0..MAX_PASSES {
        let mut workspace = run.open();
        let diagnostics = lint_in_parallel(&mut workspace, &options.selection, options.threads, || ());
        let texts = run.texts.clone();
        let fixed = run.pass(&workspace, &diagnostics);
        let before = first.get_or_insert_with(|| diagnostics.clone());
        if fixed.is_empty() {
            let broken = run.new_errors(before, &mut workspace);
            let ineffective = run.ineffective(&diagnostics);
            if broken.is_empty() && ineffective.is_empty() {
                return Ok(run.finish(workspace, diagnostics));
            }
            // The fixes broke something in these files, or had no effect: leave the files unchanged.
            run.roll_back(&broken, &Refusal::CausesError);
            run.roll_back(&ineffective, &Refusal::Ineffective);
            // What was rolled back is refused from now on, so texts seen before do not show a circle.
            seen.clear();
            continue;
        }
        seen.push((texts, fixed));
        if let Some(start) = seen.iter().position(|(texts, _)| *texts == run.texts) {
            return Err(DidNotConverge { rules: rules_of(&seen[start..]), undo_each_other: true });
        }
    }
    Err(DidNotConverge { rules: rules_of(&seen[seen.len().saturating_sub(1)..]), undo_each_other: false })
}

fn rules_of(passes: &[(Overlays, BTreeSet<String>)]) -> Vec<String> {
    let rules: BTreeSet<&String> = passes.iter().flat_map(|(_, rules)| rules).collect();
    rules.into_iter().cloned().collect()
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
    /// The fingerprints of the findings that they fixed.
    pub(super) fixed: BTreeSet<String>,
    /// The highest number of findings of a rule, a file and a key so far.
    pub(super) counts: BTreeMap<Subject, usize>,
    pub(super) refused: BTreeMap<RefusedFinding, Refusal>,
}

/// A finding whose fixes are refused, or all findings of a rule in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RefusedFinding {
    pub(super) path: PathBuf,
    pub(super) rule: String,
    /// `None` for all.
    pub(super) fingerprint: Option<String>,
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
            fixed: BTreeSet::new(),
            counts: BTreeMap::new(),
            refused: BTreeMap::new(),
        }
    }

    pub(super) fn open(&self) -> Workspace {
        self.open_with(&self.texts)
    }

    /// The homes with these texts in place of files.
    pub(super) fn open_with(&self, texts: &Overlays) -> Workspace {
        let FixOptions { paths, search, assumptions, threads, homes, .. } = self.options;
        let opening = Opening { search: *search, threads: *threads, homes: homes.as_ref() };
        Workspace::open_with(paths, opening, assumptions, texts)
    }

    /// Refuses the fixes of a finding.
    pub(super) fn refuse(&mut self, diagnostic: &Diagnostic, reason: Refusal) {
        let (path, rule) = (diagnostic.path.clone(), diagnostic.rule.name.clone());
        self.refused.insert(RefusedFinding { path, rule, fingerprint: Some(diagnostic.fingerprint.clone()) }, reason);
    }

    /// Whether a fix of this finding was applied.
    pub(super) fn has_applied(&self, diagnostic: &Diagnostic) -> bool {
        self.fixed.contains(&diagnostic.fingerprint)
    }

    /// Why the fixes of a finding are refused; `None` if they are not.
    pub(super) fn refusal_of(&self, diagnostic: &Diagnostic) -> Option<&Refusal> {
        if self.refused.is_empty() {
            return None;
        }
        let (path, rule) = (diagnostic.path.clone(), diagnostic.rule.name.clone());
        let one = RefusedFinding { path, rule, fingerprint: Some(diagnostic.fingerprint.clone()) };
        self.refused.get(&one).or_else(|| self.refused.get(&RefusedFinding { fingerprint: None, ..one }))
    }

    fn finish(self, workspace: Workspace, remaining: Vec<Diagnostic>) -> FixResult {
        let asked =
            remaining.iter().filter(|diagnostic| diagnostic.finding.fixes.iter().any(|fix| self.asks_for(diagnostic, fix)));
        let refused = asked.filter_map(|diagnostic| {
            let reason = self.refusal_of(diagnostic)?.clone();
            let (path, rule) = (diagnostic.path.clone(), diagnostic.rule.name.clone());
            Some(RefusedFix { path, line: workspace.range(diagnostic).start.line, rule, reason })
        });
        let refused = refused.collect();
        let (roots, mut originals) = (self.roots, self.originals);
        let files = self.texts.into_iter().filter_map(|(path, new)| {
            let old = originals.remove(&path)?;
            let root = roots.get(&path).cloned().unwrap_or_default();
            (old != new).then_some(ChangedFile { path, root, old, new })
        });
        FixResult { files: files.collect(), applied: self.applied, refused, remaining, workspace }
    }
}
