#![allow(missing_docs, reason = "divan generates what it would complain about")]
//! Measures how long it takes to load, lint and render a home, and to parse a deployment.toml.

use std::path::{Path, PathBuf};

use carbonlint::internals::cava_toml::{Verdict, check};
use carbonlint::internals::{DisplayPaths, Report, json};
use carbonlint::{Assumptions, Environment, Overlays, Selection, Workspace, render};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/homes").join(name)
}

/// The home in `CARBONLINT_BENCH_HOME`, preferably a real one, otherwise the fixture of API Manager 4.5.
fn home() -> PathBuf {
    std::env::var_os("CARBONLINT_BENCH_HOME").map_or_else(|| fixture("api-manager-4.5.0"), PathBuf::from)
}

fn lint(path: &Path) -> String {
    let workspace = Workspace::open(&[path.to_path_buf()], &Assumptions::default(), &Overlays::new());
    let shown = DisplayPaths::relative_to(PathBuf::new());
    let diagnostics = carbonlint::lint(&workspace, &Selection::default());
    json::render(Report { workspace: &workspace, diagnostics: &diagnostics, shown: &shown, selected: &[] })
}

/// Discovers, loads and lints an API Manager home, and writes the JSON report. The limit is 10 ms.
#[divan::bench]
fn load_and_lint_api_manager_home(bencher: Bencher) {
    let home = home();
    bencher.bench_local(|| lint(black_box(&home)));
}

/// Renders every file of the home in `CARBONLINT_BENCH_HOME`, otherwise of the fixture that was started, and compares it with the file on
/// disk. The limit is 50 ms for a complete home.
#[divan::bench]
fn render_home(bencher: Bencher) {
    let started = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/started/api-manager-4.5.0");
    let home = std::env::var_os("CARBONLINT_BENCH_HOME").map_or(started, PathBuf::from);
    bencher.bench_local(|| {
        let workspace = Workspace::open_sources(&[black_box(&home).clone()], &Assumptions::default());
        let home = workspace.only_home().expect("one home");
        let rendering = render(home, &Environment::unknown()).expect("a home with templates");
        rendering.paths().iter().filter(|path| rendering.render(path).state.differs()).count()
    });
}

/// Loads and lints the home's deployment.toml alone.
#[divan::bench]
fn load_and_lint_deployment_toml(bencher: Bencher) {
    let file = home().join("repository/conf/deployment.toml");
    bencher.bench_local(|| lint(black_box(&file)));
}

/// Checks a deployment.toml of about 500 lines with the emulation of the server's parser. The limit is 1 ms.
#[divan::bench]
fn predict_the_servers_parser(bencher: Bencher) {
    let text = std::fs::read_to_string(fixture("api-manager-4.2.0").join("repository/conf/deployment.toml")).expect("a fixture");
    // The tables of each copy need unique names.
    let copy = |number: usize| {
        let own = |line: &str| match line.rsplit_once('[').filter(|(brackets, _)| brackets.trim_start_matches('[').is_empty()) {
            Some((brackets, header)) => format!("{brackets}[copy{number}.{header}\n"),
            None => format!("{line}\n"),
        };
        text.lines().map(own).collect::<String>()
    };
    let text: String = (0..=500 / text.lines().count()).map(copy).collect();
    assert_eq!(check(&text), Verdict::Accepted);
    bencher.bench_local(|| check(black_box(&text)));
}
