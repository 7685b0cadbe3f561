//! Fingerprints recognise a finding again: from every working folder, and however the path is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, Run, command_in};

const TOML: &str = "repository/conf/deployment.toml";

/// The fingerprints of a run of `lint` in `folder`, by rule, line and the last part of the home's path.
fn fingerprints(folder: &Path, paths: &[&str]) -> BTreeMap<(String, u64, String), String> {
    let run = Run::of(&mut command_in(folder, &[&["lint", "--format", "json"], paths].concat()));
    let report = run.json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let found = report["diagnostics"].as_array().expect("a list").iter().map(|diagnostic| {
        let line = diagnostic["range"]["start"]["line"].as_u64().expect("a number");
        let home = folder.join(text(&diagnostic["home"])).canonicalize().expect("a home");
        let home = home.file_name().expect("a name").to_string_lossy().into_owned();
        ((text(&diagnostic["rule"]), line, home), text(&diagnostic["fingerprint"]))
    });
    let found: BTreeMap<_, _> = found.collect();
    assert!(!found.is_empty(), "{}", run.err);
    found
}

/// Two homes with the same findings, and two files without a home.
fn folder() -> Folder {
    let folder = Folder::new();
    for home in ["one", "two"] {
        folder.copy("homes/api-manager-4.5.0", home);
        folder.write(format!("{home}/{TOML}"), "[server]\nofset = 1\noffset = \"0\"\n");
    }
    folder.write("dev/deployment.toml", "[server]\noffset = \"1\"\n");
    folder.write("prod/deployment.toml", "[server]\noffset = \"1\"\n");
    folder
}

#[test]
fn they_do_not_depend_on_the_working_folder_or_the_spelling_of_a_path() {
    let folder = folder();
    let root = folder.path();
    let absolute = folder.at("one").display().to_string();
    let expected = fingerprints(root, &["one"]);
    assert!(expected.keys().any(|(rule, ..)| rule == "unknown-key") && expected.len() > 3, "{expected:?}");
    for path in ["./one", "one/", &absolute, "two/../one"] {
        assert_eq!(fingerprints(root, &[path]), expected, "{path}");
    }
    for (inside, path) in [("one", "."), ("one", absolute.as_str()), ("two", "../one"), ("one/repository", "..")] {
        assert_eq!(fingerprints(&root.join(inside), &[path]), expected, "{path} in {inside}");
    }
    let file = format!("one/{TOML}");
    let of_file = fingerprints(root, &[&file]);
    assert!(of_file.iter().all(|(finding, fingerprint)| expected.get(finding) == Some(fingerprint)), "{of_file:?}");
}

#[test]
fn a_file_without_a_home_is_known_by_its_name_or_below_the_configuration_file() {
    let folder = folder();
    let (root, dev) = (folder.path(), folder.at("dev"));
    let alone = fingerprints(root, &["dev/deployment.toml"]);
    assert_eq!(fingerprints(&dev, &["deployment.toml"]), alone);
    assert_eq!(fingerprints(&dev, &["."]).into_values().collect::<Vec<_>>(), alone.values().cloned().collect::<Vec<_>>());
    let of_prod: Vec<String> = fingerprints(root, &["prod/deployment.toml"]).into_values().collect();
    assert_eq!(of_prod, alone.values().cloned().collect::<Vec<_>>(), "nothing tells them apart");

    folder.write("carbonlint.toml", "");
    let below = fingerprints(root, &["dev/deployment.toml"]);
    assert_eq!(fingerprints(&dev, &["../dev/deployment.toml"]), below);
    let of_prod: Vec<String> = fingerprints(root, &["prod/deployment.toml"]).into_values().collect();
    assert!(below.values().all(|fingerprint| !of_prod.contains(fingerprint)), "their paths below the file do");
}

#[test]
fn two_homes_of_a_run_have_fingerprints_of_their_own_from_everywhere() {
    let folder = folder();
    let (root, two) = (folder.path(), folder.at("two"));
    let expected = fingerprints(root, &["one", "two"]);
    assert_eq!(expected.values().collect::<BTreeSet<_>>().len(), expected.len());
    assert_eq!(fingerprints(root, &["two", "one"]), expected);
    assert_eq!(fingerprints(&two, &[".", "../one"]), expected);
}
