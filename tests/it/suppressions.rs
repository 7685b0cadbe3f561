//! Comments that suppress findings, and `lint --add-ignores`, which writes them.

use std::collections::BTreeMap;

use crate::support::Folder;

const FAULTY: &str = "[server]\nhostname = \"x\"\nofset = 1\noffset = \"1\"\n[apim.cors]\nx = { enabl = true, y = \"${env:A}\" }\nl = [\n  \"${env:B}\",\n]\n";
const PRODUCT: [&str; 2] = ["--product", "api-manager@4.2.0"];

fn lint(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let run = folder.run(&[&["lint"], arguments].concat());
    (run.code, run.all())
}

/// The files of a home that is copied from the fixtures, with what else is in `more`.
fn suppressed(folder: &Folder, more: &[&str]) -> BTreeMap<std::path::PathBuf, String> {
    let before = folder.files();
    let (code, text) = lint(folder, &[&["--add-ignores", "--fail-on", "info", "."], more].concat());
    assert!(code == Some(0) && text.contains(" suppressed in "), "{text}");
    let (code, text) = lint(folder, &[&["--fail-on", "info", "."], more].concat());
    assert!(code == Some(0) && text.contains("nothing found in"), "{text}");
    let (_, again) = lint(folder, &[&["--add-ignores", "--fail-on", "info", "."], more].concat());
    assert!(again.starts_with("0 findings suppressed in 0 files\n"), "{again}");
    let changed = folder.files().into_iter().filter(|(path, bytes)| before.get(path) != Some(bytes));
    changed.map(|(path, bytes)| (path, String::from_utf8(bytes).expect("text"))).collect()
}

#[test]
fn what_is_found_is_suppressed_and_nothing_else_changes() {
    let folder = Folder::with(&[("deployment.toml", FAULTY.as_bytes())]);
    let files = suppressed(&folder, &PRODUCT);
    let text = files.values().next().expect("one file");
    insta::assert_snapshot!(text);
    let rest: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("# carbonlint: ")).collect();
    assert_eq!(rest, FAULTY.lines().collect::<Vec<_>>());
}

#[test]
fn line_ends_stay_and_a_file_inside_another_is_indented_as_it_is() {
    let folder = Folder::with(&[("deployment.toml", FAULTY.replace('\n', "\r\n").as_bytes())]);
    let files = suppressed(&folder, &PRODUCT);
    let text = files.values().next().expect("one file");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");

    let inside = format!("kind: ConfigMap\ndata:\n  deployment.toml: |-\n    {}", FAULTY.trim_end().replace('\n', "\n    "));
    let folder = Folder::with(&[("map.yaml", inside.as_bytes())]);
    let files = suppressed(&folder, &PRODUCT);
    let text = files.values().next().expect("one file");
    assert!(text.contains("\n    # carbonlint: ignore[unknown-key]\n    ofset = 1\n"), "{text}");
    assert!(text.contains(" |-\n    # carbonlint: ignore-file[http-passthru-enabled"), "{text}");
}

#[test]
fn homes_of_every_kind_take_comments() {
    for (home, files) in
        [("api-manager-2.6.0", 2), ("api-manager-4.5.0", 1), ("micro-integrator-4.2.0", 1), ("identity-server-5.8.0", 2)]
    {
        let folder = Folder::new();
        folder.copy(&format!("homes/{home}"), "home");
        assert_eq!(suppressed(&folder, &[]).len(), files, "{home}");
    }
}

#[test]
fn only_what_fails_is_suppressed_and_what_cannot_be_is_named() {
    let folder = Folder::with(&[("deployment.toml", b"[server]\nofset = 1\noffset = \"1\"\n")]);
    let (code, text) = lint(&folder, &[&["--add-ignores", "."], &PRODUCT[..]].concat());
    assert!(code == Some(0) && text.starts_with("1 finding suppressed in 1 file\n"), "{text}");
    assert_eq!(folder.text("deployment.toml"), "[server]\n# carbonlint: ignore[unknown-key]\nofset = 1\noffset = \"1\"\n");

    folder.write("deployment.toml", "[server]\nx = \"\"\"\n\\y\n\"\"\"\n");
    let before = folder.text("deployment.toml");
    let (code, text) = lint(&folder, &["--add-ignores", "."]);
    let left = "1 finding left, which no comment can suppress: `carbonlint lint` shows where\n";
    assert!(code == Some(1) && text.contains(left), "{text}");
    assert_eq!(folder.text("deployment.toml"), before);
}

#[test]
fn a_comment_counts_only_for_its_own_rules_and_lines() {
    let folder = Folder::with(&[(
        "deployment.toml",
        b"# carbonlint: ignore[unknown-key]\n[server]\nofset = 1\noffset = \"1\" # carbonlint: ignore[keys] wrong category\n",
    )]);
    let (_, text) = lint(&folder, &[&["--format", "concise", "."], &PRODUCT[..]].concat());
    for expected in [
        "deployment.toml:1:22: warning[unused-suppression] `unknown-key` finds nothing here that this comment could suppress",
        "deployment.toml:3:1: warning[unknown-key]",
        "deployment.toml:4:1: info[offset-not-integer]",
        "deployment.toml:4:35: warning[unused-suppression]",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    // A rule that did not run is not judged.
    let (_, text) = lint(&folder, &[&["--format", "concise", "--select", "ports", "."], &PRODUCT[..]].concat());
    assert!(!text.contains("unused-suppression"), "{text}");
    let (_, text) = lint(&folder, &[&["--format", "concise", "--select", "unused-suppression", "."], &PRODUCT[..]].concat());
    assert!(
        text.lines().filter(|line| line.contains("[unused-suppression]")).count() == 2 && !text.contains("[unknown-key]"),
        "{text}"
    );
}
