//! No input makes the tool panic: odd characters inserted all over the fixtures, and the fixtures cut off everywhere.

use std::path::{Path, PathBuf};

use crate::support::{fixture, formats_of};
use carbonlint::internals::{DisplayPaths, Report, Style, concise, human, json};
use carbonlint::{Assumptions, Overlays, Selection, Workspace};

/// Characters that parsers stumble over: blanks that are none, several bytes long, quotes, brackets, line ends, control characters.
const ODD: [&str; 18] = [
    "\u{a0}",
    "é",
    "“",
    "”",
    "😀",
    "\u{feff}",
    "\u{2028}",
    "\0",
    "\u{1b}[31m",
    "<",
    "&",
    "\"",
    "'",
    "[",
    "]",
    "=",
    "\r",
    "{{ x }}",
];

/// How many places of each file are tried with each character.
const PLACES: usize = 40;

/// Every kind of file, small ones of each.
const FILES: [&str; 9] = [
    "homes/api-manager-4.2.0/repository/conf/deployment.toml",
    "homes/identity-server-5.8.0/repository/conf/carbon.xml",
    "homes/api-manager-2.6.0/repository/conf/tomcat/catalina-server.xml",
    "homes/api-manager-2.6.0/repository/conf/log4j.properties",
    "homes/api-manager-analytics-3.2.0/conf/worker/deployment.yaml",
    "homes/micro-integrator-4.2.0/conf/deployment.toml",
    "homes/micro-integrator-4.2.0/bin/micro-integrator.sh",
    "hostile/invalid-utf8/repository/conf/deployment.toml",
    "hostile/unclosed-comment/repository/conf/tomcat/catalina-server.xml",
];

/// Lints `bytes` in place of the file at `path` and writes every report.
fn lint(path: &Path, bytes: Vec<u8>) {
    let overlays = Overlays::from([(path.to_path_buf(), bytes)]);
    let workspace = Workspace::open(&[path.to_path_buf()], &Assumptions::default(), &overlays);
    let shown = DisplayPaths::relative_to(PathBuf::from("/"));
    let diagnostics = carbonlint::lint(&workspace, &Selection::default());
    let report = Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown, selected: &[] };
    for (_, render, check) in FORMATS {
        check(&render(report), diagnostics.len());
    }
}

/// A format of `lint`: its name, how it is written, and what must hold of it for so many findings.
type Format = (&'static str, fn(Report) -> String, fn(&str, usize));

const FORMATS: [Format; 3] = [
    (
        "human",
        |report| human::render(report, Style { color: false, unicode: true, width: Some(80) }),
        |text, _| {
            assert!(!text.contains(['\0', '\u{1b}']), "control characters reach the terminal");
        },
    ),
    ("concise", concise::render, |text, findings| assert_eq!(text.lines().count(), findings)),
    ("json", json::render, |text, _| assert!(text.ends_with("}\n"))),
];

#[test]
fn every_format_of_lint_is_tried() {
    assert_eq!(FORMATS.map(|(name, ..)| name).as_slice(), formats_of("lint"));
}

fn fixtures() -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    FILES.iter().map(|file| {
        let path = fixture(file);
        let bytes = std::fs::read(&path).expect("a fixture");
        (path, bytes)
    })
}

#[test]
fn odd_characters_anywhere_are_survived() {
    for (path, bytes) in fixtures() {
        let step = (bytes.len() / PLACES).max(1);
        for (number, odd) in ODD.iter().enumerate() {
            // Each character starts elsewhere, so that together they reach many places.
            for at in (number % step..=bytes.len()).step_by(step) {
                let mut changed = bytes.clone();
                changed.splice(at..at, odd.bytes());
                lint(&path, changed);
            }
        }
    }
}

#[test]
fn files_cut_off_anywhere_are_survived() {
    for (path, bytes) in fixtures() {
        let step = (bytes.len() / 150).max(1);
        for end in (0..bytes.len()).step_by(step) {
            lint(&path, bytes[..end].to_vec());
        }
    }
}
