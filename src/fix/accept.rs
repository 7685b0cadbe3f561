//! Chooses the fixes of one lint run that are applied together: wanted, harmless alone, and without conflicts.

use crate::disk;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::refusal::Refusal;
use super::run::{AppliedFix, FixRun, RefusedFix, count, subject};
use super::verify::compare;
use crate::diagnostic::Diagnostic;
use crate::edit::{Edit, Fix, Safety, apply};
use crate::model::HomeId;
use crate::source::{Overlays, SourceFile};
use crate::workspace::Workspace;

/// A fix that is wanted, with its diagnostic.
#[derive(Clone, Copy)]
struct WantedFix<'a> {
    diagnostic: &'a Diagnostic,
    fix: &'a Fix,
}

impl FixRun<'_> {
    /// Whether a fix is wanted: it is safe or was requested, and it has not been refused.
    fn wants(&self, diagnostic: &Diagnostic, fix: &Fix) -> bool {
        let by_name = self.options.selection.select.contains(&diagnostic.rule.name);
        let allowed = fix.safety == Safety::Safe || self.options.with_unsafe || by_name;
        allowed && !self.refused.iter().any(|refused| refused.rule == diagnostic.rule.name && refused.path == diagnostic.path)
    }

    /// Applies the wanted fixes of one lint run that fit together. Returns the rules that changed something.
    pub(super) fn pass(&mut self, workspace: &Workspace, diagnostics: &[Diagnostic]) -> BTreeSet<String> {
        for (subject, number) in count(diagnostics) {
            let most = self.counts.entry(subject).or_default();
            *most = number.max(*most);
        }
        // Other findings of a home can depend on its offset, so the offset is fixed first.
        let moves_home =
            |fix: &Fix| fix.scope.iter().any(|touched| touched == "server.offset" || touched.ends_with("Ports/Offset"));
        let moved: BTreeSet<Option<HomeId>> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.finding.fixes.iter().any(|fix| self.wants(diagnostic, fix) && moves_home(fix)))
            .map(Diagnostic::home)
            .collect();
        let mut accepted: Vec<WantedFix> = Vec::new();
        let mut wanted: Vec<(&Diagnostic, &Fix)> = diagnostics
            .iter()
            .filter_map(|diagnostic| Some((diagnostic, diagnostic.finding.fixes.iter().find(|fix| self.wants(diagnostic, fix))?)))
            .collect();
        // Safe fixes go first: once a key is spelled right, an unsafe fix may no longer be needed.
        wanted.sort_by_key(|(_, fix)| fix.safety);
        for (diagnostic, fix) in wanted {
            if moved.contains(&diagnostic.home()) && !moves_home(fix) {
                continue;
            }
            // Each fix must pass the comparison alone. Of two that overlap or write the same key, the second waits for the next pass.
            let wanted = WantedFix { diagnostic, fix };
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
        for WantedFix { diagnostic, fix } in &accepted {
            for file in fix.files() {
                let root = diagnostic.home().map(|home| workspace[home].model.layout.root.clone()).unwrap_or_default();
                self.roots.entry(file.clone()).or_insert(root);
            }
            self.applied.push(AppliedFix {
                rule: diagnostic.rule.name.clone(),
                title: fix.title.clone(),
                files: fix.files().into_iter().cloned().collect(),
                follow_up: fix.follow_up.clone(),
                subject: subject(diagnostic),
            });
        }
        accepted.iter().map(|wanted| wanted.diagnostic.rule.name.clone()).collect()
    }

    fn refuse(&mut self, diagnostic: &Diagnostic, reason: Refusal) {
        let (path, rule) = (diagnostic.path.clone(), diagnostic.rule.name.clone());
        self.refused.insert(RefusedFix { path, rule, reason });
    }

    /// Fails with the reason if the fix alone may not be applied to one of its files.
    fn verify_alone(&mut self, workspace: &Workspace, wanted: WantedFix) -> Result<(), Refusal> {
        wanted.fix.files().into_iter().try_for_each(|file| self.changed(workspace, file, &[wanted]).map(|_| ()))
    }

    /// The new bytes of every file that the fixes change together. If a file fails the comparison, the fixes that change it are refused and
    /// removed, in all of their files.
    fn combine(&mut self, workspace: &Workspace, accepted: &mut Vec<WantedFix>) -> Overlays {
        loop {
            let files: BTreeSet<&PathBuf> = accepted.iter().flat_map(|wanted| wanted.fix.files()).collect();
            let results: Vec<(&PathBuf, Result<Vec<u8>, Refusal>)> =
                files.into_iter().map(|file| (file, self.changed(workspace, file, accepted))).collect();
            let Some((file, reason)) = results.iter().find_map(|(file, result)| Some((*file, result.as_ref().err()?.clone())))
            else {
                return results.into_iter().filter_map(|(file, result)| Some((file.clone(), result.ok()?))).collect();
            };
            let (out, kept): (Vec<WantedFix>, Vec<WantedFix>) =
                accepted.iter().partition(|wanted| wanted.fix.files().contains(file));
            for wanted in out {
                self.refuse(wanted.diagnostic, reason.clone());
            }
            *accepted = kept;
        }
    }

    /// The bytes of `file` with the fixes applied, after a comparison with its current content.
    fn changed(&mut self, workspace: &Workspace, file: &Path, fixes: &[WantedFix]) -> Result<Vec<u8>, Refusal> {
        let old = self.bytes_of(workspace, file).ok_or(Refusal::Unreadable)?;
        let source = SourceFile::from_bytes(file, old.clone()).map_err(|_| Refusal::TooLarge)?;
        let here: Vec<&Fix> =
            fixes.iter().map(|wanted| wanted.fix).filter(|fix| fix.edits.iter().any(|edit| edit.file == file)).collect();
        let edits: Vec<Vec<Edit>> =
            here.iter().map(|fix| fix.edits.iter().filter(|edit| edit.file == file).cloned().collect()).collect();
        let (text, applied) = apply(&source.text, &edits);
        if applied.contains(&false) {
            return Err(Refusal::EditsDoNotFit);
        }
        let new = source.encode(&text).ok_or(Refusal::NotEncodable(source.encoding.name()))?;
        let scope: Vec<String> = here.iter().flat_map(|fix| fix.scope.clone()).collect();
        compare(file, &old, &new, &scope)?;
        Ok(new)
    }

    /// The current bytes of a file. For a linted file these are the bytes that its findings come from.
    fn bytes_of(&mut self, workspace: &Workspace, file: &Path) -> Option<Vec<u8>> {
        if let Some(bytes) = self.texts.get(file).or_else(|| self.originals.get(file)) {
            return Some(bytes.clone());
        }
        let mut files = workspace.homes.iter().flat_map(|home| &home.model.files);
        let bytes = match files.find(|loaded| loaded.source.path == file) {
            Some(loaded) => loaded.source.encode(&loaded.source.text)?,
            None => disk::read(file).ok()?,
        };
        self.originals.insert(file.to_path_buf(), bytes.clone());
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::diagnostic::{Finding, Target};
    use crate::fix::run::FixOptions;
    use crate::rule_info::{Severity, rules};
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
        let (path, span) = (files[0].to_path_buf(), Span::default());
        Diagnostic { rule: &rules()[0], severity: Severity::Info, finding, path, span, fingerprint: String::new() }
    }

    #[test]
    fn a_fix_of_several_files_is_applied_in_all_of_them_or_in_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (folder.path().join("1.toml"), folder.path().join("2.toml"));
        fs::write(&one, "a = 1\n").expect("written");
        fs::write(&other, "a = 1\nb = 2\n").expect("written");
        for (text, expected) in [("c", 2), ("b", 0)] {
            let options = FixOptions { paths: vec![folder.path().to_path_buf()], ..FixOptions::default() };
            let mut run = FixRun::new(&options);
            let workspace = run.open();
            // Renaming to `b` makes the second file define it twice.
            let fixed = run.pass(&workspace, &[diagnostic(&[&one, &other], text, &["a", "b", "c"])]);
            assert_eq!((run.texts.len(), fixed.len(), run.refused.len()), (expected, expected / 2, 1 - expected / 2), "{text}");
        }
    }
}
