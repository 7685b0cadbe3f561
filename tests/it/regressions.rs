//! Inputs that once made the tool panic or misread, each under the name of what is odd in it: what is found in them now.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::fixture;
use carbonlint::internals::{DisplayPaths, Report, concise};
use carbonlint::{Assumptions, Overlays, Selection, Workspace, lint};

/// The file of a home that a regression is for.
fn file_of_home(path: &Path) -> PathBuf {
    fixture(match path.extension().and_then(|ending| ending.to_str()) {
        Some("xml") => "homes/api-manager-2.6.0/repository/conf/tomcat/catalina-server.xml",
        Some("toml") => "homes/api-manager-4.2.0/repository/conf/deployment.toml",
        Some("yaml") => "homes/api-manager-analytics-3.2.0/conf/worker/deployment.yaml",
        Some("properties") => "homes/api-manager-2.6.0/repository/conf/carbon.properties",
        _ => "homes/api-manager-4.2.0/bin/api-manager.sh",
    })
}

/// The findings on `bytes` in place of the file at `path`.
fn findings(path: &Path, bytes: Vec<u8>) -> String {
    let overlays = Overlays::from([(path.to_path_buf(), bytes)]);
    let workspace = Workspace::open(&[path.to_path_buf()], &Assumptions::default(), &overlays);
    let shown = DisplayPaths::relative_to(fixture(""));
    let diagnostics = lint(&workspace, &Selection::default());
    let text = concise::render(Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown, selected: &[] });
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}

#[test]
fn every_regression_has_its_findings() {
    let mut text = String::new();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(fixture("regressions")).expect("the folder").map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    for path in paths {
        let bytes = fs::read(&path).expect("readable");
        let name = path.file_name().expect("a name").to_string_lossy();
        let in_home = file_of_home(&path);
        let alone = path.with_file_name(in_home.file_name().expect("a name"));
        let (alone, in_home) = (findings(&alone, bytes.clone()), findings(&in_home, bytes));
        writeln!(text, "# {name}\nalone:\n{alone}in a home:\n{in_home}").expect("written");
    }
    insta::assert_snapshot!(text);
}
