//! Runs the examples of every rule file: what fails must be reported at exactly the places named, what passes must not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, iter};

use carbonlint::catalog::{Version, catalog};
use carbonlint::diagnostic::Target;
use carbonlint::fix::run::{FixOptions, run};
use carbonlint::lint::lint;
use carbonlint::model::{Assumptions, Overlays};
use carbonlint::paths::DisplayPaths;
use carbonlint::rule_info::rules;
use carbonlint::workspace::Workspace;
use serde::Deserialize;

use crate::support::{Folder, repository, select};

/// The part of a rule file that the examples make up.
#[derive(Deserialize)]
struct Examples {
    #[serde(default)]
    fails: Vec<Example>,
    #[serde(default)]
    passes: Vec<Example>,
    /// Why a rule can have no examples.
    untestable: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    title: String,
    product: Option<String>,
    #[serde(default)]
    at: Vec<String>,
    files: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Bytes { hex: String },
    Repeated { before: String, repeat: String, times: usize, after: String },
}

impl Content {
    fn bytes(&self) -> Vec<u8> {
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
}

/// The example written to a folder, and what its files do not say.
fn lay_out(example: &Example) -> (Folder, Assumptions) {
    let folder = Folder::new();
    for (name, content) in &example.files {
        folder.write(name, content.bytes());
    }
    let product = example.product.as_deref().map(|product| {
        let (name, version) = product.split_once('@').expect("NAME@VERSION");
        (catalog().product(name).expect("a known product"), Version::parse(version))
    });
    (folder, Assumptions { product, ..Assumptions::default() })
}

/// The findings of one rule on an example, as `file:line:column`.
fn findings(rule: &str, example: &Example) -> Vec<String> {
    let (folder, assumptions) = lay_out(example);
    let workspace = Workspace::open(&[folder.path().to_path_buf()], &assumptions, &Overlays::new());
    let selection = select(&[rule]);
    let shown = DisplayPaths::relative_to(folder.path().to_path_buf());
    let diagnostics = lint(&workspace, &selection, &shown);
    let places = diagnostics.iter().map(|diagnostic| match &diagnostic.finding.target {
        Target::Site(site) => {
            let position = workspace.homes[site.home].model.file(site.at.file).source.position(diagnostic.span.start);
            format!("{}:{}:{}", diagnostic.path, position.line, position.column)
        }
        Target::Path(..) => format!("{}:1:1", diagnostic.path),
    });
    places.collect()
}

fn rule_file(category: &str, name: &str) -> PathBuf {
    repository().join("rules").join(category).join(format!("{name}.toml"))
}

fn examples(category: &str, name: &str) -> Examples {
    let text = fs::read_to_string(rule_file(category, name)).expect("the rule's file");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_example_is_judged_as_its_rule_file_says() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let examples = examples(&rule.category, &rule.name);
        let fails = examples.fails.iter().map(|example| (example, true));
        for (example, should_fail) in fails.chain(examples.passes.iter().zip(iter::repeat(false))) {
            assert_eq!(should_fail, !example.at.is_empty(), "{}: `{}` and its places", rule.name, example.title);
            let mut expected = example.at.clone();
            expected.sort();
            let mut found = findings(&rule.name, example);
            found.sort();
            if found != expected {
                wrong.push(format!("{}: {}\n    expected {expected:?}\n    found    {found:?}", rule.name, example.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_examples_of_both_kinds() {
    for rule in rules() {
        let examples = examples(&rule.category, &rule.name);
        match examples.untestable {
            Some(why) => assert!(!why.is_empty() && examples.fails.is_empty() && examples.passes.is_empty(), "{}", rule.name),
            None => assert!(!examples.fails.is_empty() && !examples.passes.is_empty(), "{}", rule.name),
        }
    }
}

#[test]
fn every_example_with_a_fix_is_fixed_by_it() {
    let mut fixed_rules = std::collections::BTreeSet::new();
    for rule in rules() {
        for example in examples(&rule.category, &rule.name).fails {
            let (folder, assumptions) = lay_out(&example);
            let shown = DisplayPaths::relative_to(folder.path().to_path_buf());
            let selection = select(&[&rule.name]);
            let request = FixOptions { paths: vec![folder.path().to_path_buf()], assumptions, selection, with_unsafe: true };
            let outcome = run(&request, &shown).expect("the fixes come to an end");
            assert!(outcome.refused.is_empty(), "{}: {}: {:?}", rule.name, example.title, outcome.refused);
            let still_fixable = outcome.left.iter().filter(|diagnostic| !diagnostic.finding.fixes.is_empty()).count();
            assert_eq!(still_fixable, 0, "{}: {}", rule.name, example.title);
            if !outcome.applied.is_empty() {
                fixed_rules.insert(rule.name.as_str());
            }
        }
    }
    // A rule that loses its fix is missed here.
    let expected = [
        "array-overrides-defaults",
        "bad-time-unit",
        "dead-passthru-tls-key",
        "double-offset",
        "enable-vs-enabled",
        "fatal-mapped-key",
        "http-disable-key-unsupported",
        "http-passthru-enabled",
        "http-servlet-enabled",
        "jmx-ports-swapped",
        "jmx-started-unprotected",
        "key-in-wrong-table",
        "mi-internal-api-port-key",
        "number-needs-quotes",
        "offset-missing-in-url",
        "offset-not-integer",
        "port-conflict-across-homes",
        "port-conflict-in-home",
        "quoted-boolean",
        "ref-in-array-table",
        "ref-unresolvable",
        "secret-not-string",
        "secret-undefined",
        "supertable-after-subtable",
        "table-vs-array",
        "toml-refused-by-server",
        "toml-syntax",
        "unknown-key",
        "unknown-placeholder",
        "unknown-value",
        "xml-unescaped-value",
    ];
    assert_eq!(fixed_rules.into_iter().collect::<Vec<_>>(), expected);
}
