//! Chooses the fixes of one lint run that are applied together: wanted, harmless, and without conflicts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::refusal::Refusal;
use super::run::{AppliedFix, FixRun, count, subject};
use super::verify::compare;
use crate::diagnostic::Diagnostic;
use crate::disk;
use crate::edit::{Edit, Fix, Safety, TakenPlaces, apply};
use crate::model::{HomeId, LoadedFile};
use crate::source::{Overlays, SourceFile};
use crate::workspace::Workspace;

/// A fix that is wanted, with its diagnostic.
#[derive(Clone, Copy)]
struct WantedFix<'a> {
    diagnostic: &'a Diagnostic,
    fix: &'a Fix,
}

/// What the fixes of a pass take for themselves. Of two that need the same, the second waits for the next pass.
#[derive(Default)]
struct Claims<'a> {
    places: HashMap<&'a Path, TakenPlaces>,
    /// The rule that changes a key or element of a file.
    keys: HashMap<(&'a Path, &'a str), &'a str>,
}

impl<'a> Claims<'a> {
    /// Takes what the fix needs. Returns `false`, and takes nothing more, if another fix has some of it.
    fn take(&mut self, WantedFix { diagnostic, fix }: WantedFix<'a>) -> bool {
        let files = fix.files();
        let keys: Vec<(&Path, &str)> =
            files.iter().flat_map(|file| fix.scope.iter().map(|key| (file.as_path(), key.as_str()))).collect();
        let rule = diagnostic.rule.name.as_str();
        // Two rules would write the same key twice. One rule changes it in several elements, or in several places of its value.
        if keys.iter().any(|key| self.keys.get(key).is_some_and(|other| *other != rule)) {
            return false;
        }
        let mut taken = true;
        for file in files {
            let edits = fix.edits.iter().filter(|edit| edit.file == *file);
            taken &= self.places.entry(file.as_path()).or_default().take(edits);
        }
        if taken {
            self.keys.extend(keys.into_iter().map(|key| (key, rule)));
        }
        taken
    }
}

/// The files of a lint run by their paths.
type Loaded<'a> = HashMap<&'a Path, &'a LoadedFile>;

impl FixRun<'_> {
    /// Whether the options ask for a fix: it is safe, or unsafe fixes or those of its rule are wanted.
    pub(super) fn asks_for(&self, diagnostic: &Diagnostic, fix: &Fix) -> bool {
        match fix.safety {
            Safety::Safe => true,
            Safety::Unsafe => self.options.with_unsafe || self.options.names(diagnostic),
            Safety::ByName => self.options.names(diagnostic),
        }
    }

    /// Whether a fix is wanted: it is asked for, and it has not been refused.
    pub(super) fn wants(&self, diagnostic: &Diagnostic, fix: &Fix) -> bool {
        self.asks_for(diagnostic, fix) && self.refusal_of(diagnostic).is_none()
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
        let mut wanted: Vec<WantedFix> = diagnostics
            .iter()
            .filter_map(|diagnostic| {
                let fix = diagnostic.finding.fixes.iter().find(|fix| self.wants(diagnostic, fix))?;
                Some(WantedFix { diagnostic, fix })
            })
            .filter(|WantedFix { diagnostic, fix }| !moved.contains(&diagnostic.home()) || moves_home(fix))
            .collect();
        // Safe fixes go first: once a key is spelled right, an unsafe fix may no longer be needed.
        wanted.sort_by_key(|wanted| wanted.fix.safety);
        let mut claims = Claims::default();
        wanted.retain(|wanted| claims.take(*wanted));
        let files = workspace.homes.iter().flat_map(|home| &home.model.files);
        let loaded: Loaded = files.map(|file| (file.source.path.as_path(), file)).collect();
        let (mut accepted, mut new) = (Vec::new(), Overlays::new());
        self.settle(&loaded, &mut accepted, &mut new, &wanted);
        self.texts.extend(new);
        for WantedFix { diagnostic, fix } in &accepted {
            for file in fix.files() {
                let root = diagnostic.home().map(|home| workspace[home].model.layout.root.clone()).unwrap_or_default();
                self.roots.entry(file.clone()).or_insert(root);
            }
            self.fixed.insert(diagnostic.fingerprint.clone());
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

    /// Accepts those of `wanted` that pass the comparison together with the ones accepted before; `new` are the new bytes of their files. Where
    /// they do not pass, each half is tried, down to the single fix: alone, it is refused; beside others, it waits for the next pass.
    fn settle<'a>(&mut self, loaded: &Loaded, accepted: &mut Vec<WantedFix<'a>>, new: &mut Overlays, wanted: &[WantedFix<'a>]) {
        let (Some(first), (left, right)) = (wanted.first(), wanted.split_at(wanted.len() / 2)) else { return };
        match self.changed(loaded, accepted, wanted) {
            Ok(texts) => {
                accepted.extend(wanted);
                new.extend(texts);
            }
            Err(_) if wanted.len() > 1 => {
                self.settle(loaded, accepted, new, left);
                self.settle(loaded, accepted, new, right);
            }
            Err(_) => {
                if let Err(reason) = self.changed(loaded, &[], wanted) {
                    self.refuse(first.diagnostic, reason);
                }
            }
        }
    }

    /// The new bytes of every file that `added` changes, with the fixes of `accepted` too. Fails with the reason if they may not be applied to
    /// one of the files.
    fn changed(&mut self, loaded: &Loaded, accepted: &[WantedFix], added: &[WantedFix]) -> Result<Overlays, Refusal> {
        let mut fixes: BTreeMap<&PathBuf, Vec<&Fix>> =
            added.iter().flat_map(|wanted| wanted.fix.files()).map(|file| (file, Vec::new())).collect();
        for wanted in accepted.iter().chain(added) {
            for file in wanted.fix.files() {
                fixes.entry(file).and_modify(|fixes| fixes.push(wanted.fix));
            }
        }
        fixes.into_iter().map(|(file, fixes)| Ok((file.clone(), self.changed_file(loaded, file, &fixes)?))).collect()
    }

    /// The bytes of `file` with the fixes applied, after a comparison with its current content.
    fn changed_file(&mut self, loaded: &Loaded, file: &Path, fixes: &[&Fix]) -> Result<Vec<u8>, Refusal> {
        let loaded = loaded.get(file).copied();
        // A file inside a YAML file is compared with what is around it.
        let unchanged = loaded.filter(|loaded| !self.texts.contains_key(file) && loaded.source.embedded().is_none());
        let reread;
        let (source, content) = if let Some(loaded) = unchanged {
            (&*loaded.source, Some(loaded.content()))
        } else {
            self.keep_original(loaded, file).ok_or(Refusal::Unreadable)?;
            let bytes = self.texts.get(file).or_else(|| self.originals.get(file)).ok_or(Refusal::Unreadable)?;
            reread = SourceFile::from_bytes(file, bytes.clone()).map_err(|_| Refusal::TooLarge)?;
            (&reread, None)
        };
        let edits: Vec<Vec<Edit>> =
            fixes.iter().map(|fix| fix.edits.iter().filter(|edit| edit.file == file).cloned().collect()).collect();
        let (text, applied) = apply(&source.text, &edits);
        if applied.contains(&false) {
            return Err(Refusal::EditsDoNotFit);
        }
        let new = source.encode(&text).ok_or(Refusal::NotEncodable(source.encoding.name()))?;
        drop(text);
        let scope: BTreeSet<&str> = fixes.iter().flat_map(|fix| fix.scope.iter().map(String::as_str)).collect();
        let changed = SourceFile::from_bytes(file, new).map_err(|_| Refusal::TooLarge)?;
        compare(source, content, &changed, &scope)?;
        self.keep_original(loaded, file).ok_or(Refusal::Unreadable)?;
        changed.into_bytes().ok_or(Refusal::NotEncodable(source.encoding.name()))
    }

    /// Keeps the bytes that `file` has before any fix. For a linted file these are the bytes that its findings come from. `None` if there are none.
    fn keep_original(&mut self, loaded: Option<&LoadedFile>, file: &Path) -> Option<()> {
        if !self.originals.contains_key(file) {
            let bytes = match loaded {
                Some(loaded) => loaded.source.encode(&loaded.source.text)?,
                None => disk::read(file).ok()?,
            };
            self.originals.insert(file.to_path_buf(), bytes);
        }
        Some(())
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
        Diagnostic { rule: rules()[0].clone(), severity: Severity::Info, finding, path, span, fingerprint: String::new() }
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

    #[test]
    fn a_thousand_fixes_of_one_key_are_one_pass() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        fs::write(&path, "[[a]]\nx = 1\n".repeat(1000)).expect("written");
        let options = FixOptions { paths: vec![folder.path().to_path_buf()], ..FixOptions::default() };
        let mut run = FixRun::new(&options);
        let workspace = run.open();
        let mut diagnostics: Vec<Diagnostic> = (0..1000).map(|_| diagnostic(&[&path], "2", &["a[].x"])).collect();
        for (number, diagnostic) in diagnostics.iter_mut().enumerate() {
            let value = "[[a]]\nx = 1\n".len() * number + "[[a]]\nx = ".len();
            diagnostic.finding.fixes[0].edits[0].span = Span::new(value, value + 1);
        }
        run.pass(&workspace, &diagnostics);
        assert_eq!((run.applied.len(), run.refused.len()), (1000, 0));
        assert_eq!(run.texts[&path], "[[a]]\nx = 2\n".repeat(1000).into_bytes());
    }

    #[test]
    fn one_bad_fix_among_many_is_found_and_the_others_are_applied() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths: Vec<PathBuf> = (0..9).map(|number| folder.path().join(format!("{number}.toml"))).collect();
        for path in &paths {
            fs::write(path, "a = 1\n").expect("written");
        }
        let options = FixOptions { paths: vec![folder.path().to_path_buf()], ..FixOptions::default() };
        let mut run = FixRun::new(&options);
        let workspace = run.open();
        let text = |number: usize| if number == 5 { "[" } else { "c" };
        let diagnostics: Vec<Diagnostic> =
            paths.iter().enumerate().map(|(number, path)| diagnostic(&[path], text(number), &["a", "c"])).collect();
        run.pass(&workspace, &diagnostics);
        assert_eq!((run.applied.len(), run.refused.len()), (8, 1));
        assert!(run.refused.keys().all(|refused| refused.path == paths[5]), "{:?}", run.refused);
    }
}
