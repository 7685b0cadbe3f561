//! The examples of rule files: their format, and what carbonlint reports and fixes in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use carbonlint::internals::{DisplayPaths, catalog};
use carbonlint::{
    Assumptions, Diagnostic, FixOptions, FixResult, Overlays, RuleInfo, Safety, Selection, Version, Workspace, fix, lint, rules,
};
use serde::Deserialize;

use crate::support::{Folder, repository, select};

/// The part of a rule file that the examples make up.
#[derive(Deserialize)]
pub struct Examples {
    #[serde(default)]
    pub fails: Vec<Example>,
    #[serde(default)]
    pub passes: Vec<Example>,
    /// Why a rule can have no examples.
    pub untestable: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub title: String,
    pub product: Option<String>,
    files: BTreeMap<String, Content>,
    #[serde(flatten)]
    pub stated: Outcome,
}

/// What is found in an example, and what the rule's fixes make of it.
#[derive(Deserialize, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The findings of the rule itself: `file:line:column severity message`.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Those of other rules: `rule file:line:column severity`.
    #[serde(default)]
    pub also: Vec<String>,
    /// For a rule whose fixes are safe in some cases only: those here.
    pub fix: Option<Fixed>,
    /// The files that the rule's fixes change, as they are afterwards.
    #[serde(default)]
    pub after: BTreeMap<String, Content>,
}

/// How safe the fixes in one example are.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Fixed {
    Safe,
    Unsafe,
    Both,
}

impl Fixed {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Both => "both",
        }
    }
}

#[derive(Deserialize, Debug, Clone)]
#[serde(untagged)]
pub enum Content {
    Text(String),
    Bytes { hex: String },
    Repeated { before: String, repeat: String, times: usize, after: String },
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Content {}

impl Content {
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes { hex } => {
                let digits: Vec<char> = hex.chars().filter(|digit| !digit.is_whitespace()).collect();
                digits
                    .chunks(2)
                    .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal"))
                    .collect()
            }
            Self::Repeated { before, repeat, times, after } => format!("{before}{}{after}", repeat.repeat(*times)).into_bytes(),
        }
    }

    fn of(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes { hex: hex(error.as_bytes()) }, Self::Text)
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

pub fn rule_file(rule: &RuleInfo) -> PathBuf {
    repository().join("rules").join(&rule.category).join(format!("{}.toml", rule.name))
}

impl Examples {
    pub fn of(rule: &RuleInfo) -> Self {
        let text = fs::read_to_string(rule_file(rule)).expect("the rule's file");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", rule.name))
    }
}

/// What the program says of an example.
pub struct Observed {
    pub outcome: Outcome,
    /// The places of the rule's findings when it runs alone.
    pub alone: BTreeSet<String>,
    /// Whether the rule's findings have a safe fix, and whether they have an unsafe one.
    pub offered: (bool, bool),
    /// What is wrong with the fixes: refused ones, findings left with a fix, unsafe changes without being asked for.
    pub faults: Vec<String>,
}

impl Example {
    pub fn observe(&self, rule: &RuleInfo) -> Observed {
        let folder = self.lay_out();
        let all = self.lint(&folder, &Selection::default());
        let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|found| found.rule == rule.name);
        let alone = self.lint(&folder, &select(&[&rule.name]));
        let others = others.into_iter().filter(|found| rule.category == "transport" || !found.is_as_shipped());
        let offered = |safety| alone.iter().flat_map(|found| &found.safeties).any(|offered| *offered == safety);
        let offered = (offered(Safety::Safe), offered(Safety::Unsafe) || offered(Safety::ByName));

        let mut faults = Vec::new();
        let every = self.fix(&folder, select(&[&rule.name]), true);
        let still = every.remaining.iter().filter(|diagnostic| !diagnostic.finding.fixes.is_empty()).count();
        if still > 0 || !every.refused.is_empty() {
            faults.push(format!("{still} findings keep a fix, refused: {:?}", every.refused));
        }
        // Naming a rule allows its unsafe fixes: here it is selected by its category.
        let others_of_category = rules().iter().filter(|other| other.category == rule.category && other.name != rule.name);
        let ignore = others_of_category.map(|other| other.name.clone()).collect();
        let plain = self.fix(&folder, Selection { ignore, ..select(&[&rule.category]) }, false);
        let (after, plainly) = (changed(&folder, every), changed(&folder, plain));
        let fix = match offered {
            (true, true) => Some(Fixed::Both),
            (true, false) => Some(Fixed::Safe),
            (false, true) => Some(Fixed::Unsafe),
            (false, false) => None,
        };
        let is_right = match fix {
            Some(Fixed::Safe) => plainly == after,
            Some(Fixed::Both) => plainly != after && !plainly.is_empty(),
            Some(Fixed::Unsafe) | None => plainly.is_empty(),
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
        Observed { outcome, alone: alone.into_iter().map(|found| found.place).collect(), offered, faults }
    }

    pub fn lay_out(&self) -> Folder {
        let folder = Folder::new();
        for (name, content) in &self.files {
            folder.write(name, content.bytes());
        }
        folder
    }

    /// What the files do not say.
    pub fn assumptions(&self) -> Assumptions {
        let product = self.product.as_deref().map(|product| {
            let (name, version) = product.split_once('@').expect("NAME@VERSION");
            (catalog().product(name).expect("a known product"), Version::parse(version))
        });
        Assumptions { product, ..Assumptions::default() }
    }

    fn lint(&self, folder: &Folder, selection: &Selection) -> Vec<Found> {
        let workspace = Workspace::open(&[folder.path().to_path_buf()], &self.assumptions(), &Overlays::new());
        lint(&workspace, selection).iter().map(|diagnostic| Found::of(diagnostic, &workspace, folder)).collect()
    }

    pub fn fix(&self, folder: &Folder, selection: Selection, with_unsafe: bool) -> FixResult {
        let options = FixOptions {
            paths: vec![folder.path().to_path_buf()],
            assumptions: self.assumptions(),
            selection,
            with_unsafe,
            ..FixOptions::default()
        };
        fix(&options).expect("the fixes come to an end")
    }
}

/// The files that fixes would change, by their paths in the folder.
fn changed(folder: &Folder, result: FixResult) -> BTreeMap<String, Content> {
    let files = result.files.into_iter().map(|file| {
        let name = file.path.strip_prefix(folder.path()).expect("below").to_str().expect("UTF-8").replace('\\', "/");
        (name, Content::of(file.new))
    });
    files.collect()
}

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
    /// Whether it is about a default: no line of the file has to do with it.
    fn is_as_shipped(&self) -> bool {
        ABOUT_DEFAULTS.contains(&self.rule.as_str()) && self.place.ends_with(":1:1")
    }

    fn of(diagnostic: &Diagnostic, workspace: &Workspace, folder: &Folder) -> Self {
        let path = DisplayPaths::relative_to(folder.path().to_path_buf()).path(&diagnostic.path);
        let position = workspace.range(diagnostic).start;
        let place = format!("{path}:{}:{}", position.line, position.column);
        // The folder has another name in every run.
        let name = folder.path().file_name().and_then(|name| name.to_str()).expect("UTF-8");
        Self {
            rule: diagnostic.rule.name.clone(),
            place,
            severity: diagnostic.severity.as_str(),
            message: diagnostic.finding.message.replace(name, "HOME"),
            safeties: diagnostic.finding.fixes.iter().map(|fix| fix.safety).collect(),
        }
    }
}
