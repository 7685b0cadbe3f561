//! The examples of rule files: how they are read, and what the tests ask of them.

use std::fs;
use std::path::PathBuf;

use carbonlint::internals::{LaidOut, Outcome};
use carbonlint::{Assumptions, FixOptions, FixResult, RuleExample, RuleInfo, RuleSet, Selection, fix, product_of};
use serde::Deserialize;

use crate::support::{Folder, repository};

/// The part of a rule file that the examples make up.
#[derive(Deserialize)]
pub struct Examples {
    #[serde(default)]
    pub fails: Vec<RuleExample>,
    #[serde(default)]
    pub passes: Vec<RuleExample>,
    /// Why a rule can have no examples.
    pub untestable: Option<String>,
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

/// What an example of a rule states, and what carbonlint makes of it.
pub fn observe(rule: &RuleInfo, example: &RuleExample) -> (Outcome, carbonlint::internals::Observed) {
    let laid_out = LaidOut::new(rule, &RuleSet::default(), example);
    let observed = laid_out.and_then(|laid_out| laid_out.observe());
    (Outcome::stated(example), observed.unwrap_or_else(|error| panic!("{}: {}: {error}", rule.name, example.title)))
}

pub fn lay_out(example: &RuleExample) -> Folder {
    let folder = Folder::new();
    for (name, content) in &example.files {
        folder.write(name, content.bytes());
    }
    folder
}

/// What the files of an example do not say.
pub fn assumptions(example: &RuleExample) -> Assumptions {
    let product = example.product.as_deref().map(|product| product_of(product).expect("a known product"));
    Assumptions { product, ..Assumptions::default() }
}

pub fn fix_in(example: &RuleExample, folder: &Folder, selection: Selection, with_unsafe: bool) -> FixResult {
    let options = FixOptions {
        paths: vec![folder.path().to_path_buf()],
        assumptions: assumptions(example),
        selection,
        with_unsafe,
        ..FixOptions::default()
    };
    fix(&options).expect("the fixes come to an end")
}
