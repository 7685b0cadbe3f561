//! A baseline: a file that counts the findings of a run, so that later runs report only what is new.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::disk::{read_text, reason};
use crate::paths::slashed;

/// The findings that are not reported. They are counted per file, rule and key, so that it does not matter when lines move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Baseline {
    /// The folder that the paths of files are relative to: that of the file.
    folder: PathBuf,
    counts: BTreeMap<Subject, usize>,
}

/// A file with `/`, a rule, and a key; the key is empty for findings without one.
type Subject = (String, String, String);

/// The file as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    rule: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    count: usize,
}

impl Baseline {
    /// The baseline of what was found, for a file in `folder`, a real path.
    pub(crate) fn of(diagnostics: &[Diagnostic], folder: &Path) -> Self {
        let mut baseline = Self { folder: folder.to_path_buf(), counts: BTreeMap::new() };
        for diagnostic in diagnostics {
            *baseline.counts.entry(baseline.subject(diagnostic)).or_default() += 1;
        }
        baseline
    }

    /// Reads the file at `path`, an absolute path. Fails with the reason.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = read_text(path).map_err(|error| reason(&error))?;
        let document: Document = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if document.version != 1 {
            return Err(format!("version {} is unknown", document.version));
        }
        let counts = document.findings.into_iter().map(|Entry { file, rule, key, count }| ((file, rule, key), count)).collect();
        Ok(Self { folder: path.parent().unwrap_or(path).to_path_buf(), counts })
    }

    /// The file as text.
    pub(crate) fn text(&self) -> String {
        let entry = |((file, rule, key), count): (&Subject, &usize)| {
            let (file, rule, key) = (file.clone(), rule.clone(), key.clone());
            Entry { file, rule, key, count: *count }
        };
        let document = Document { version: 1, findings: self.counts.iter().map(entry).collect() };
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text + "\n"
    }

    /// Removes what the baseline has from `diagnostics`: of several findings that it counts as one, the first ones. Returns what it has and they
    /// do not.
    pub(crate) fn apply(&self, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut left = self.clone();
        diagnostics.retain(|diagnostic| match left.counts.get_mut(&self.subject(diagnostic)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        left.counts.retain(|_, count| *count > 0);
        left
    }

    /// How many findings it has.
    pub(crate) fn count(&self) -> usize {
        self.counts.values().sum()
    }

    /// Only the findings in files for which `holds` is true, and of rules for which `runs` is.
    pub(crate) fn only(mut self, holds: impl Fn(&Path) -> bool, runs: impl Fn(&str) -> bool) -> Self {
        let folder = self.folder.clone();
        self.counts.retain(|(file, rule, _), _| runs(rule) && holds(&folder.join(file)));
        self
    }

    /// Without the findings of another baseline.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        for (subject, count) in &other.counts {
            if let Some(own) = self.counts.get_mut(subject) {
                *own = own.saturating_sub(*count);
            }
        }
        self.counts.retain(|_, count| *count > 0);
        self
    }

    fn subject(&self, diagnostic: &Diagnostic) -> Subject {
        let path = relative(&diagnostic.path, &self.folder);
        (path, diagnostic.rule.name.clone(), diagnostic.finding.key.clone().unwrap_or_default())
    }
}

/// `path` as seen from `folder`, with `/`.
fn relative(path: &Path, folder: &Path) -> String {
    let common = path.components().zip(folder.components()).take_while(|(own, other)| own == other).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    slashed(&up.chain(down).collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_the_folder_of_the_baseline() {
        let seen = |path: &str, folder: &str| relative(Path::new(path), Path::new(folder));
        assert_eq!(seen("/a/b/c.toml", "/a"), "b/c.toml");
        assert_eq!(seen("/a/b/c.toml", "/a/d/e"), "../../b/c.toml");
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("b.json");
        for (text, expected) in [
            ("{", "EOF while parsing"),
            ("{\"version\":2,\"findings\":[]}", "version 2 is unknown"),
            ("{\"version\":1,\"findings\":[{\"file\":\"a\",\"rule\":\"b\",\"count\":1,\"x\":1}]}", "unknown field `x`"),
        ] {
            std::fs::write(&file, text).expect("written");
            let error = Baseline::read(&file).expect_err("refused");
            assert!(error.contains(expected), "{error}");
        }
        std::fs::write(&file, Baseline::default().text()).expect("written");
        assert_eq!(Baseline::read(&file).map(|read| read.count()), Ok(0));
    }
}
