//! Checks the examples of rules: lays their files out in a temporary folder, lints them, and fixes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};
use std::{fs, io};

use tempfile::TempDir;

use crate::catalog::product_of;
use crate::config::{ConfigChoice, FILE_NAME};
use crate::diagnostic::Diagnostic;
use crate::disk::MAX_FILE_BYTES;
use crate::edit::Safety;
use crate::fix::run::{FixOptions, FixResult, fix};
use crate::lint::lint;
use crate::model::{Assumptions, size_limit};
use crate::paths::{DisplayPaths, absolute, slashed};
use crate::rule_examples::{ExampleFile, ExampleFix, RuleExample};
use crate::rule_info::{RuleInfo, RuleSet};
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::Workspace;

/// What is found in an example, and what the fixes of its rule make of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The findings of the rule itself: `file:line:column severity message`.
    pub findings: Vec<String>,
    /// Those of other rules: `rule file:line:column severity`.
    pub also: Vec<String>,
    /// How safe the fixes are; `None` if there are none.
    pub fix: Option<ExampleFix>,
    /// The files that the fixes change, as they are afterwards.
    pub after: BTreeMap<String, ExampleFile>,
}

impl Outcome {
    /// What an example states.
    pub fn stated(example: &RuleExample) -> Self {
        let RuleExample { findings, also, fix, after, .. } = example.clone();
        Self { findings, also, fix, after }
    }
}

/// What carbonlint makes of an example.
#[derive(Debug)]
pub struct Observed {
    /// What is found, with all rules, and what changes.
    pub outcome: Outcome,
    /// The places of the rule's findings when it runs alone.
    pub alone: BTreeSet<String>,
    /// Whether the rule's findings have a safe fix, and whether they have an unsafe one.
    pub offered: (bool, bool),
    /// Why the files are not what they seem to be; `None` if carbonlint reads them.
    pub unread: Option<&'static str>,
    /// What is wrong with the fixes: refused ones, findings left with a fix, unsafe changes without being asked for.
    pub faults: Vec<String>,
}

/// Why an example cannot be checked.
#[derive(Debug)]
pub enum ExampleError {
    /// A file cannot be written.
    Io(io::Error),
    /// The path of a file leads out of the home.
    Outside(String),
    /// A file is larger than those that carbonlint reads.
    TooLarge(String),
    /// The product is unknown.
    Product(String),
    /// The fixes do not come to an end.
    DoesNotEnd,
}

impl std::fmt::Display for ExampleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(formatter, "its files cannot be written: {error}"),
            Self::Outside(path) => write!(formatter, "`{path}` is not a path in a home"),
            Self::TooLarge(path) => write!(formatter, "`{path}` is larger than {}", size_limit()),
            Self::Product(message) => formatter.write_str(message),
            Self::DoesNotEnd => formatter.write_str("its fixes undo each other"),
        }
    }
}

impl std::error::Error for ExampleError {}

/// An example with its files in a temporary folder.
#[derive(Debug)]
pub struct LaidOut<'a> {
    folder: TempDir,
    assumptions: Assumptions,
    rule: &'a RuleInfo,
}

impl<'a> LaidOut<'a> {
    /// Writes the files of an example of `rule`, one of `rules`.
    pub fn new(rule: &'a RuleInfo, rules: &RuleSet, example: &RuleExample) -> Result<Self, ExampleError> {
        let folder = tempfile::Builder::new().prefix("carbonlint-").tempdir().map_err(ExampleError::Io)?;
        let product = example.product.as_deref().map(product_of).transpose();
        let product = product.map_err(|unknown| ExampleError::Product(format!("{}; {}", unknown.message, unknown.help)))?;
        for (name, content) in &example.files {
            if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) || name.is_empty() {
                return Err(ExampleError::Outside(name.clone()));
            }
            if content.len() as u64 > MAX_FILE_BYTES {
                return Err(ExampleError::TooLarge(name.clone()));
            }
            let path = folder.path().join(name);
            let written = fs::create_dir_all(path.parent().unwrap_or(&path)).and_then(|()| fs::write(&path, content.bytes()));
            written.map_err(ExampleError::Io)?;
        }
        // What is around the temporary folder says nothing about the example.
        let own = folder.path().join(FILE_NAME);
        let config = if own.exists() { ConfigChoice::Only(absolute(&own)) } else { ConfigChoice::Ignored };
        let assumptions = Assumptions { product, config, rules: rules.clone(), ..Assumptions::default() };
        Ok(Self { folder, assumptions, rule })
    }

    /// What carbonlint makes of it.
    pub fn observe(&self) -> Result<Observed, ExampleError> {
        let own_only = Selection { select: vec![self.rule.name.clone()], ..Selection::default() };
        // Some rules are off by default.
        let (is_empty, all) = self.lint_all(&Selection { extend: vec![self.rule.name.clone()], ..Selection::default() });
        let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|found| found.rule == self.rule.name);
        let (_, alone) = self.lint_all(&own_only);
        let unread = if is_empty {
            Some("carbonlint checks none of its files: they have other names than those of the products")
        } else if others.iter().any(|found| SYNTAX.contains(&found.rule.as_str())) {
            Some("a file has a syntax error")
        } else {
            None
        };
        let others = others.into_iter().filter(|found| self.rule.category == "transport" || !found.is_as_shipped());
        let offers = |safety| alone.iter().flat_map(|found| &found.safeties).any(|offered| *offered == safety);
        let offered = (offers(Safety::Safe), offers(Safety::Unsafe) || offers(Safety::ByName));

        let mut faults = Vec::new();
        let every = self.fix(own_only, true)?;
        let still = every.remaining.iter().filter(|diagnostic| !diagnostic.finding.fixes.is_empty()).count();
        if still > 0 || !every.refused.is_empty() {
            faults.push(format!("{still} findings keep a fix, refused: {:?}", every.refused));
        }
        // Naming a rule allows its unsafe fixes: here it is selected by its category.
        let others_of_category = self.assumptions.rules.iter().filter(|other| other.category == self.rule.category);
        let ignore = others_of_category.filter(|other| other.name != self.rule.name).map(|other| other.name.clone()).collect();
        let plain = Selection { ignore, select: vec![self.rule.category.clone()], ..Selection::default() };
        let plain = self.fix(plain, false)?;
        let (after, plainly) = (self.changed(every), self.changed(plain));
        let fix = match offered {
            (true, true) => Some(ExampleFix::Both),
            (true, false) => Some(ExampleFix::Safe),
            (false, true) => Some(ExampleFix::Unsafe),
            (false, false) => None,
        };
        let is_right = match fix {
            Some(ExampleFix::Safe) => plainly == after,
            Some(ExampleFix::Both) => plainly != after && !plainly.is_empty(),
            Some(ExampleFix::Unsafe) | None => plainly.is_empty(),
        };
        if !is_right || fix.is_some() == after.is_empty() {
            faults.push(format!("fixes are {fix:?}, and without --unsafe they make {plainly:?} of it"));
        }
        let outcome = Outcome {
            findings: own.iter().map(|found| format!("{} {} {}", found.place, found.severity, found.message)).collect(),
            also: others.map(|found| format!("{} {} {}", found.rule, found.place, found.severity)).collect(),
            fix,
            after,
        };
        Ok(Observed { outcome, alone: alone.into_iter().map(|found| found.place).collect(), offered, unread, faults })
    }

    /// Whether there is nothing to check, and what is found.
    fn lint_all(&self, selection: &Selection) -> (bool, Vec<Found>) {
        let workspace = Workspace::open(&[self.path()], &self.assumptions, &Overlays::new());
        let found = lint(&workspace, selection);
        let found = found.iter().map(|diagnostic| Found::of(diagnostic, &workspace, &self.path())).collect();
        (workspace.is_empty(), found)
    }

    fn fix(&self, selection: Selection, with_unsafe: bool) -> Result<FixResult, ExampleError> {
        let assumptions = self.assumptions.clone();
        let options = FixOptions { paths: vec![self.path()], assumptions, selection, with_unsafe, ..FixOptions::default() };
        fix(&options).map_err(|_| ExampleError::DoesNotEnd)
    }

    fn path(&self) -> std::path::PathBuf {
        absolute(self.folder.path())
    }

    /// The files that fixes would change, by their paths in the folder.
    fn changed(&self, result: FixResult) -> BTreeMap<String, ExampleFile> {
        let folder = self.path();
        let named = result.files.into_iter().map(|file| {
            let name = slashed(file.path.strip_prefix(&folder).unwrap_or(&file.path));
            (name, ExampleFile::of(file.new))
        });
        named.collect()
    }
}

/// The rules that report files which cannot be parsed.
const SYNTAX: [&str; 4] = ["toml-syntax", "xml-not-well-formed", "yaml-syntax", "properties-syntax"];

/// Rules about what every home does that leaves plain HTTP as shipped: nearly every example would state them.
const ABOUT_DEFAULTS: [&str; 2] = ["http-passthru-enabled", "http-servlet-enabled"];

/// A finding as examples state it.
struct Found {
    rule: String,
    place: String,
    severity: &'static str,
    message: String,
    safeties: Vec<Safety>,
}

impl Found {
    fn of(diagnostic: &Diagnostic, workspace: &Workspace, folder: &Path) -> Self {
        let path = DisplayPaths::relative_to(folder.to_path_buf()).path(&diagnostic.path);
        let position = workspace.range(diagnostic).start;
        // The folder has another name in every run.
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        Self {
            rule: diagnostic.rule.name.clone(),
            place: format!("{path}:{}:{}", position.line, position.column),
            severity: diagnostic.severity.as_str(),
            message: diagnostic.finding.message.replace(name, "HOME"),
            safeties: diagnostic.finding.fixes.iter().map(|fix| fix.safety).collect(),
        }
    }

    /// Whether it is about a default: no line of the file has to do with it.
    fn is_as_shipped(&self) -> bool {
        ABOUT_DEFAULTS.contains(&self.rule.as_str()) && self.place.ends_with(":1:1")
    }
}
