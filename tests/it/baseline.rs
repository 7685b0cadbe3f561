//! `--write-baseline`, `--baseline` and `--prune-baseline`, and the short reports `--statistics` and `--quiet`.

use serde_json::{Value, json};

use crate::support::Folder;

fn folder() -> Folder {
    let toml: &[u8] = b"[server]\nofset = 1\noffset = \"1\"\n[apim.cors]\nalow_origins = [\"*\"]\n";
    Folder::with(&[
        ("a/deployment.toml", toml),
        ("carbonlint.toml", b"product = \"api-manager@4.2.0\"\nignore = [\"transport\"]\n"),
    ])
}

fn rules(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let report = folder.json(&[&["lint"], arguments].concat());
    let found = report["diagnostics"].as_array().expect("a list").iter();
    found
        .map(|found| format!("{} {}", found["rule"].as_str().unwrap_or_default(), found["key"].as_str().unwrap_or_default()))
        .collect()
}

#[test]
fn only_what_is_new_is_reported_wherever_lines_move() {
    let folder = folder();
    let written = folder.run(&["lint", "--write-baseline", "known/b.json"]);
    assert_eq!(written.code, Some(2), "the folder does not exist");
    let written = folder.run(&["lint", "--write-baseline", "b.json"]);
    assert_eq!((written.code, written.out.as_str()), (Some(0), "3 findings written to `b.json`\n"));
    let document: Value = serde_json::from_str(&folder.text("b.json")).expect("JSON");
    assert_eq!(
        document["findings"][0],
        json!({"file": "a/deployment.toml", "rule": "offset-not-integer", "key": "server.offset", "count": 1})
    );

    assert_eq!(rules(&folder, &["--baseline", "b.json"]), [""; 0]);
    folder.edit("a/deployment.toml", "[server]\n", "# moved\n\n[server]\nhostnam = \"x\"\n");
    assert_eq!(rules(&folder, &["--baseline", "b.json", "a"]), ["unknown-key server.hostnam"]);
    // The configuration file names it for everyone.
    folder.write("carbonlint.toml", "product = \"api-manager@4.2.0\"\nignore = [\"transport\"]\nbaseline = \"b.json\"\n");
    assert_eq!(rules(&folder, &["a"]), ["unknown-key server.hostnam"]);
    assert_eq!(rules(&folder, &["a", "--no-config", "--product", "api-manager@4.2.0", "--ignore", "transport"]).len(), 4);
}

#[test]
fn what_no_longer_occurs_is_said_and_pruned() {
    let folder = folder();
    folder.run(&["lint", "--write-baseline", "b.json"]);
    let before = folder.text("b.json");
    folder.edit("a/deployment.toml", "ofset = 1\n", "");
    let run = folder.run(&["lint", "--baseline", "b.json"]);
    assert!(
        run.code == Some(0)
            && run.err.contains("note: 1 finding in `b.json` no longer occurs; `--prune-baseline` removes what is gone"),
        "{}",
        run.all()
    );
    let other = folder.run(&["lint", "--baseline", "b.json", "--select", "ports"]);
    assert!(!other.err.contains("no longer"), "the rule did not run: {}", other.all());
    assert_eq!(folder.text("b.json"), before);
    let run = folder.run(&["lint", "--baseline", "b.json", "--prune-baseline"]);
    assert!(run.err.contains("note: 1 finding removed from `b.json`"), "{}", run.all());
    assert_eq!(folder.text("b.json").matches("\"rule\"").count(), 2);
    let run = folder.run(&["lint", "--prune-baseline"]);
    assert!(run.code == Some(2) && run.err.contains("there is no baseline to prune"), "{}", run.all());
    folder.write("b.json", "{}");
    let run = folder.run(&["lint", "--baseline", "b.json"]);
    assert!(
        run.code == Some(2) && run.err.contains("cannot use the baseline `b.json`: missing field `version`"),
        "{}",
        run.all()
    );
}

#[test]
fn statistics_count_and_quiet_prints_findings_alone() {
    let folder = folder();
    let run = folder.run(&["lint", "--statistics"]);
    let expected = "     2  unknown-key         warning\n     1  offset-not-integer  info     1 fixable\n3 findings in 1 file\n";
    assert_eq!((run.code, run.out.as_str()), (Some(1), expected));
    let statistics = folder.json(&["lint", "--statistics"]);
    assert_eq!(statistics["statistics"][0]["count"], 2, "{statistics:#}");
    let quiet = folder.run(&["lint", "--quiet"]);
    assert!(
        quiet.out.contains("unknown-key") && !quiet.out.contains("API Manager 4.2.0, ") && quiet.err.is_empty(),
        "{}",
        quiet.all()
    );
    assert_eq!(folder.run(&["lint", "--quiet", "--select", "secrets"]).all().lines().next(), Some("--- standard error"));
    let alias = folder.run(&["lint", "--output-format", "concise"]);
    assert_eq!(alias.out, folder.run(&["lint", "--format", "concise"]).out);
}
