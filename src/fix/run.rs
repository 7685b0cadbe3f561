//! Fixes what a lint run finds: pass after pass in memory, until nothing applies, and only then what is to be written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::verify::compare;
use crate::diagnostic::Diagnostic;
use crate::edit::{Edit, Fix, Safety, apply};
use crate::lint::lint;
use crate::model::{Assumptions, Overlays};
use crate::paths::DisplayPaths;
use crate::rule_info::Severity;
use crate::rules::Selection;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// How many passes are made before the fixes count as never ending.
const MAX_PASSES: usize = 10;

/// What a fix run asks for.
#[derive(Debug, Clone, Default)]
pub struct FixOptions {
    /// The paths.
    pub paths: Vec<PathBuf>,
    /// What the files do not say.
    pub assumptions: Assumptions,
    /// The rules.
    pub selection: Selection,
    /// Whether every unsafe fix is wanted; those of rules selected by name are in any case.
    pub with_unsafe: bool,
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The rule.
    pub rule: String,
    /// What was done.
    pub title: String,
    /// The file as shown.
    pub path: String,
    /// What is left for a person to look at.
    pub follow_up: Option<String>,
    /// The finding.
    subject: Subject,
}

/// A file with its old and new bytes.
#[derive(Debug, Clone)]
pub struct ChangedFile {
    /// The file.
    pub path: PathBuf,
    /// The home that it belongs to.
    pub root: PathBuf,
    /// The bytes on disk.
    pub old: Vec<u8>,
    /// The bytes to write.
    pub new: Vec<u8>,
}

/// A fix that was not applied although it was wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The file as shown.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// What a fix run comes to. Nothing is written yet.
#[derive(Debug)]
pub struct FixResult {
    /// The files that would change, by path.
    pub files: Vec<ChangedFile>,
    /// What was fixed.
    pub applied: Vec<Applied>,
    /// What was wanted and could not be done.
    pub refused: Vec<Refused>,
    /// What is left, with the fixes that were not wanted.
    pub left: Vec<Diagnostic>,
    /// The homes after all fixes, for the reports of what is left.
    pub workspace: Workspace,
}

/// Fixes that undo each other, or never end: the names of their rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidNotConverge {
    /// The rules.
    pub rules: Vec<String>,
}

/// Works out what to write. Fails when the fixes do not come to an end; then nothing is to be written.
pub fn run(request: &FixOptions, shown: &DisplayPaths) -> Result<FixResult, DidNotConverge> {
    let mut state = State::new(request, shown);
    let mut seen: Vec<Overlays> = vec![Overlays::new()];
    let mut first: Option<Vec<Diagnostic>> = None;
    for _ in 0..MAX_PASSES {
        let workspace = state.open();
        let diagnostics = lint(&workspace, &request.selection, shown);
        let fixed = state.pass(&workspace, &diagnostics);
        let before = first.get_or_insert_with(|| diagnostics.clone());
        if fixed.is_empty() {
            let broken = state.new_errors(before, &workspace);
            let ineffective = state.ineffective(&diagnostics);
            if broken.is_empty() && ineffective.is_empty() {
                return Ok(state.finish(workspace, diagnostics));
            }
            // Whatever the fixes did to these files made something worse, or nothing better: they stay as they are.
            state.roll_back(&broken, "it would bring a new error into the file");
            state.roll_back(&ineffective, "the finding would still be there");
            continue;
        }
        if seen.contains(&state.texts) {
            return Err(DidNotConverge { rules: fixed.into_iter().collect() });
        }
        seen.push(state.texts.clone());
    }
    let rules: BTreeSet<String> = state.applied.iter().map(|applied| applied.rule.clone()).collect();
    Err(DidNotConverge { rules: rules.into_iter().collect() })
}

/// A fix that is wanted, with its finding.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    diagnostic: &'a Diagnostic,
    fix: &'a Fix,
}

struct State<'a> {
    request: &'a FixOptions,
    shown: &'a DisplayPaths,
    /// The bytes that were first read of each file that a fix is about: what must still be there when the file is written.
    originals: Overlays,
    /// The new bytes of the files that change.
    texts: Overlays,
    /// The home of each of them.
    roots: BTreeMap<PathBuf, PathBuf>,
    applied: Vec<Applied>,
    /// How many findings of a rule, a file and a key there were at most.
    counts: BTreeMap<Subject, usize>,
    refused: BTreeSet<Refused>,
}

/// What findings are counted by: rule, file as shown, key.
type Subject = (String, String, Option<String>);

fn subject(diagnostic: &Diagnostic) -> Subject {
    (diagnostic.rule.name.clone(), diagnostic.path.clone(), diagnostic.finding.key.clone())
}

fn count(diagnostics: &[Diagnostic]) -> BTreeMap<Subject, usize> {
    let mut counts = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(subject(diagnostic)).or_default() += 1;
    }
    counts
}

impl<'a> State<'a> {
    fn new(request: &'a FixOptions, shown: &'a DisplayPaths) -> Self {
        Self {
            request,
            shown,
            originals: Overlays::new(),
            texts: Overlays::new(),
            roots: BTreeMap::new(),
            applied: Vec::new(),
            counts: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    fn open(&self) -> Workspace {
        Workspace::open(&self.request.paths, &self.request.assumptions, &self.texts)
    }

    /// Whether a fix is wanted: it is safe, or asked for, and was not refused before.
    fn wants(&self, diagnostic: &Diagnostic, fix: &Fix) -> bool {
        let by_name = self.request.selection.select.contains(&diagnostic.rule.name);
        let allowed = fix.safety == Safety::Safe || self.request.with_unsafe || by_name;
        allowed && !self.refused.iter().any(|refused| refused.rule == diagnostic.rule.name && refused.path == diagnostic.path)
    }

    /// Applies the wanted fixes of one lint run that fit together; returns the rules that changed something.
    fn pass(&mut self, workspace: &Workspace, diagnostics: &[Diagnostic]) -> BTreeSet<String> {
        for (subject, number) in count(diagnostics) {
            let most = self.counts.entry(subject).or_default();
            *most = number.max(*most);
        }
        // What else is wrong with a home can depend on its offset: that is settled first.
        let moves_home =
            |fix: &Fix| fix.scope.iter().any(|touched| touched == "server.offset" || touched.ends_with("Ports/Offset"));
        let moved: BTreeSet<Option<usize>> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.finding.fixes.iter().any(|fix| self.wants(diagnostic, fix) && moves_home(fix)))
            .map(Diagnostic::home)
            .collect();
        let mut accepted: Vec<Wanted> = Vec::new();
        let mut wanted: Vec<(&Diagnostic, &Fix)> = diagnostics
            .iter()
            .filter_map(|diagnostic| Some((diagnostic, diagnostic.finding.fixes.iter().find(|fix| self.wants(diagnostic, fix))?)))
            .collect();
        // What is safe goes first: a key that is spelled right may leave nothing to be set.
        wanted.sort_by_key(|(_, fix)| fix.safety);
        for (diagnostic, fix) in wanted {
            if moved.contains(&diagnostic.home()) && !moves_home(fix) {
                continue;
            }
            // Each fix must stand the comparison on its own; of two that overlap, or write the same key, the second waits for the next pass.
            let wanted = Wanted { diagnostic, fix };
            match self.verify_alone(workspace, wanted) {
                Err(reason) => self.refuse(diagnostic, reason),
                Ok(()) if accepted.iter().all(|other| !other.fix.touches_edits_of(fix) && !other.fix.shares_a_key_with(fix)) => {
                    accepted.push(wanted);
                }
                Ok(()) => {}
            }
        }
        let new = self.combine(workspace, &mut accepted);
        self.texts.extend(new);
        for Wanted { diagnostic, fix } in &accepted {
            for file in fix.files() {
                let root = diagnostic.home().map(|home| workspace.homes[home].model.layout.root.clone()).unwrap_or_default();
                self.roots.entry(file.clone()).or_insert(root);
            }
            let path = fix.files().into_iter().map(|file| self.shown.path(file)).collect::<Vec<_>>().join(", ");
            let (rule, title, follow_up) = (diagnostic.rule.name.clone(), fix.title.clone(), fix.follow_up.clone());
            self.applied.push(Applied { rule, title, path, follow_up, subject: subject(diagnostic) });
        }
        accepted.iter().map(|wanted| wanted.diagnostic.rule.name.clone()).collect()
    }

    fn refuse(&mut self, diagnostic: &Diagnostic, reason: String) {
        let (path, rule) = (diagnostic.path.clone(), diagnostic.rule.name.clone());
        self.refused.insert(Refused { path, rule, reason });
    }

    /// Whether a fix alone leaves each of its files as it may be.
    fn verify_alone(&mut self, workspace: &Workspace, wanted: Wanted) -> Result<(), String> {
        wanted.fix.files().into_iter().try_for_each(|file| self.changed(workspace, file, &[wanted]).map(|_| ()))
    }

    /// The new bytes of every file that the fixes change together. Fixes whose files do not stand the comparison together are refused and
    /// taken out, in all of their files.
    fn combine(&mut self, workspace: &Workspace, accepted: &mut Vec<Wanted>) -> Overlays {
        loop {
            let files: BTreeSet<&PathBuf> = accepted.iter().flat_map(|wanted| wanted.fix.files()).collect();
            let results: Vec<(&PathBuf, Result<Vec<u8>, String>)> =
                files.into_iter().map(|file| (file, self.changed(workspace, file, accepted))).collect();
            let Some((file, reason)) = results.iter().find_map(|(file, result)| Some((*file, result.as_ref().err()?.clone())))
            else {
                return results.into_iter().filter_map(|(file, result)| Some((file.clone(), result.ok()?))).collect();
            };
            let (out, kept): (Vec<Wanted>, Vec<Wanted>) = accepted.iter().partition(|wanted| wanted.fix.files().contains(file));
            for wanted in out {
                self.refuse(wanted.diagnostic, reason.clone());
            }
            *accepted = kept;
        }
    }

    /// The bytes of `file` with what the fixes change in it, compared with what it says now.
    fn changed(&mut self, workspace: &Workspace, file: &Path, fixes: &[Wanted]) -> Result<Vec<u8>, String> {
        let old = self.bytes_of(workspace, file).ok_or("it cannot be read without loss")?;
        let source = SourceFile::from_bytes(file, old.clone()).map_err(|_| "it is too large")?;
        let here: Vec<&Fix> =
            fixes.iter().map(|wanted| wanted.fix).filter(|fix| fix.edits.iter().any(|edit| edit.file == file)).collect();
        let edits: Vec<Vec<Edit>> =
            here.iter().map(|fix| fix.edits.iter().filter(|edit| edit.file == file).cloned().collect()).collect();
        let (text, applied) = apply(&source.text, &edits);
        if applied.contains(&false) {
            return Err("its edits do not fit the file".to_owned());
        }
        let new = source.encode(&text).ok_or_else(|| format!("the result cannot be written in {}", source.encoding.name()))?;
        let scope: Vec<String> = here.iter().flat_map(|fix| fix.scope.clone()).collect();
        compare(file, &old, &new, &scope)?;
        Ok(new)
    }

    /// The bytes that a file has so far. Those of a file that was linted are the ones from which its findings come.
    fn bytes_of(&mut self, workspace: &Workspace, file: &Path) -> Option<Vec<u8>> {
        if let Some(bytes) = self.texts.get(file).or_else(|| self.originals.get(file)) {
            return Some(bytes.clone());
        }
        let mut files = workspace.homes.iter().flat_map(|home| &home.model.files);
        let bytes = match files.find(|loaded| loaded.source.path == file) {
            Some(loaded) => loaded.source.encode(&loaded.source.text)?,
            None => fs::read(file).ok()?,
        };
        self.originals.insert(file.to_path_buf(), bytes.clone());
        Some(bytes)
    }

    /// Errors in changed files that were not there before, whatever rules were selected.
    fn new_errors(&self, before: &[Diagnostic], workspace: &Workspace) -> BTreeSet<String> {
        if self.texts.is_empty() {
            return BTreeSet::new();
        }
        let changed: BTreeSet<String> = self.texts.keys().map(|path| self.shown.path(path)).collect();
        let all = Selection::default();
        let original = Workspace::open(&self.request.paths, &self.request.assumptions, &Overlays::new());
        let original = lint(&original, &all, self.shown);
        let known = |diagnostics: &[Diagnostic], error: &Diagnostic| {
            diagnostics.iter().filter(|known| known.rule.name == error.rule.name && known.path == error.path).count()
        };
        let now = lint(workspace, &all, self.shown);
        let errors = now.iter().filter(|diagnostic| diagnostic.severity == Severity::Error && changed.contains(&diagnostic.path));
        let is_new = |error: &&Diagnostic| known(&now, error) > known(before, error).max(known(&original, error));
        errors.filter(is_new).map(|error| error.path.clone()).collect()
    }

    /// Files in which fixes were applied and there are as many of their findings as before.
    fn ineffective(&self, left: &[Diagnostic]) -> BTreeSet<String> {
        let left = count(left);
        let is_left = |applied: &&Applied| {
            let fixed = self.applied.iter().filter(|other| other.subject == applied.subject).count();
            let number = |counts: &BTreeMap<Subject, usize>| counts.get(&applied.subject).copied().unwrap_or(0);
            number(&left) > number(&self.counts).saturating_sub(fixed)
        };
        self.applied.iter().filter(is_left).flat_map(|applied| applied.path.split(", ").map(str::to_owned)).collect()
    }

    /// Takes back every change of these files and refuses their fixes.
    fn roll_back(&mut self, paths: &BTreeSet<String>, reason: &str) {
        let shown = self.shown;
        self.texts.retain(|path, _| !paths.contains(&shown.path(path)));
        let (undone, kept): (Vec<Applied>, Vec<Applied>) =
            self.applied.drain(..).partition(|applied| applied.path.split(", ").any(|path| paths.contains(path)));
        self.applied = kept;
        for applied in undone {
            self.refused.insert(Refused { path: applied.subject.1, rule: applied.rule, reason: reason.to_owned() });
        }
    }

    fn finish(self, workspace: Workspace, left: Vec<Diagnostic>) -> FixResult {
        let (roots, mut originals) = (self.roots, self.originals);
        let files = self.texts.into_iter().filter_map(|(path, new)| {
            let old = originals.remove(&path)?;
            let root = roots.get(&path).cloned().unwrap_or_default();
            (old != new).then_some(ChangedFile { path, root, old, new })
        });
        FixResult { files: files.collect(), applied: self.applied, refused: self.refused.into_iter().collect(), left, workspace }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Finding, Target};
    use crate::rule_info::rules;
    use crate::source::Span;

    /// A finding whose fix replaces the first byte of each of some files.
    fn diagnostic(files: &[&Path], text: &str, scope: &[&str]) -> Diagnostic {
        let edit = |file: &&Path| Edit { file: file.to_path_buf(), span: Span::new(0, 1), text: text.to_owned() };
        let fix = Fix {
            title: "rename".to_owned(),
            safety: Safety::Safe,
            edits: files.iter().map(edit).collect(),
            scope: scope.iter().map(|touch| (*touch).to_owned()).collect(),
            follow_up: None,
        };
        let finding = Finding::at(Target::Path(files[0].to_path_buf(), None), "x").fix(Some(fix));
        let (path, span) = (files[0].display().to_string(), Span::default());
        Diagnostic { rule: &rules()[0], severity: Severity::Info, finding, path, span, fingerprint: String::new() }
    }

    #[test]
    fn a_fix_of_several_files_is_applied_in_all_of_them_or_in_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (folder.path().join("1.toml"), folder.path().join("2.toml"));
        fs::write(&one, "a = 1\n").expect("written");
        fs::write(&other, "a = 1\nb = 2\n").expect("written");
        let shown = DisplayPaths::relative_to(PathBuf::new());
        for (text, expected) in [("c", 2), ("b", 0)] {
            let request = FixOptions { paths: vec![folder.path().to_path_buf()], ..FixOptions::default() };
            let mut state = State::new(&request, &shown);
            let workspace = state.open();
            // Renaming to `b` makes the second file define it twice.
            let fixed = state.pass(&workspace, &[diagnostic(&[&one, &other], text, &["a", "b", "c"])]);
            assert_eq!(
                (state.texts.len(), fixed.len(), state.refused.len()),
                (expected, expected / 2, 1 - expected / 2),
                "{text}"
            );
        }
    }
}
