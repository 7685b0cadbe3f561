//! carbonlint.toml: what it decides, for which files, and which file counts.

use crate::support::Folder;

/// A folder with two lone files of API Manager 4.2.0, each with a mistyped key and a quoted offset, and a configuration.
fn folder(config: &str) -> Folder {
    let toml: &[u8] = b"[server]\nofset = 1\noffset = \"1\"\n";
    let config = format!("product = \"api-manager@4.2.0\"\n{config}");
    Folder::with(&[("a/deployment.toml", toml), ("b/deployment.toml", toml), ("carbonlint.toml", config.as_bytes())])
}

/// What `lint` finds, without advice, as `file severity rule`.
fn found(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let run = folder.run(&[&["lint", "--format", "concise"], arguments].concat());
    let lines = run.out.lines().filter(|line| !line.contains("plain HTTP"));
    let short = |line: &str| {
        let (place, rest) = line.split_once(": ").expect("a place");
        let (severity, rest) = rest.split_once('[').expect("a rule");
        format!("{} {severity} {}", place.split(':').next().unwrap_or(place), rest.split(']').next().expect("a rule"))
    };
    lines.map(short).collect()
}

const ALL: [&str; 4] = [
    "a/deployment.toml warning unknown-key",
    "a/deployment.toml info offset-not-integer",
    "b/deployment.toml warning unknown-key",
    "b/deployment.toml info offset-not-integer",
];

#[test]
fn rules_and_severities_are_those_of_the_file() {
    assert_eq!(found(&folder(""), &[]), ALL);
    for (config, expected) in [
        ("select = [\"keys\"]", &[ALL[0], ALL[2]][..]),
        ("ignore = [\"unknown-key\"]", &[ALL[1], ALL[3]]),
        ("select = [\"ports\"]\nextend-select = [\"unknown-key\"]\nexclude = [\"b\"]", &ALL[..2]),
        (
            "[severity]\nunknown-key = \"off\"\noffset-not-integer = \"error\"",
            &["a/deployment.toml error offset-not-integer", "b/deployment.toml error offset-not-integer"],
        ),
        ("[per-file-ignores]\n\"b\" = [\"keys\"]\n\"a/*.toml\" = [\"offset-not-integer\"]", &[ALL[0], ALL[3]]),
        ("include = [\"b\"]", &ALL[2..]),
    ] {
        assert_eq!(found(&folder(config), &[]), expected, "{config}");
    }
    // The command line decides over the file.
    assert_eq!(found(&folder("select = [\"keys\"]"), &["--select", "ports"]), [ALL[1], ALL[3]]);
    assert_eq!(found(&folder("ignore = [\"keys\"]"), &["--ignore", "ports"]), [""; 0]);
    assert_eq!(found(&folder("[severity]\nunknown-key = \"off\""), &["--select", "unknown-key"]), [ALL[0], ALL[2]]);
}

#[test]
fn the_profile_is_that_of_the_file_unless_one_is_given() {
    let exit = |config: &str, arguments: &[&str]| {
        let folder = folder(config);
        folder.write("a/deployment.toml", "[server]\noffset = 1\n");
        folder.run(&[&["lint", "a"], arguments].concat()).code
    };
    assert_eq!(exit("", &[]), Some(0));
    assert_eq!(exit("profile = \"production\"", &[]), Some(1));
    assert_eq!(exit("profile = \"production\"", &["--profile", "development"]), Some(0));
}

#[test]
fn what_is_excluded_is_counted_and_checked_only_by_its_own_name() {
    let folder = folder("exclude = [\"b\"]");
    let text = folder.run(&["lint"]).out;
    assert!(text.contains("left alone: 1 excluded by carbonlint.toml;") && text.contains(" in 1 file"), "{text}");
    assert_eq!(found(&folder, &["b/deployment.toml"]), [""; 0], "a hook names every file");
    folder.copy("homes/api-manager-4.5.0", "b/home");
    let home = folder.run(&["lint", "b/home"]);
    assert!(home.out.contains("default-admin-credentials"), "a home that is named is checked: {}", home.all());
    assert!(folder.run(&["ports", "b/home"]).out.contains("9443"));
    std::fs::remove_dir_all(folder.at("b/home")).expect("removed");
    let listed = folder.json(&["lint", "--list-files"]);
    assert_eq!(listed["left_alone"][0]["reason"], "excluded", "{listed:#}");
    assert_eq!(folder.run(&["fix"]).out.matches("b/deployment.toml").count(), 0);
    assert_eq!(folder.text("b/deployment.toml"), "[server]\nofset = 1\noffset = \"1\"\n");
}

#[test]
fn each_path_has_its_product() {
    let folder = folder("[products]\n\"a\" = \"micro-integrator@4.2.0\"\n\"*\" = \"identity-server@7.1.0\"\n");
    let report = folder.json(&["lint"]);
    let products: Vec<&str> =
        report["homes"].as_array().expect("homes").iter().map(|home| home["product"].as_str().expect("a product")).collect();
    assert_eq!(products, ["micro-integrator", "identity-server"]);
}

#[test]
fn the_nearest_file_counts_or_the_named_one_or_none() {
    let folder = folder("ignore = [\"keys\"]");
    folder.write("b/carbonlint.toml", "product = \"api-manager@4.2.0\"\n[severity]\noffset-not-integer = \"off\"\n");
    folder.write("c.toml", "product = \"api-manager@4.2.0\"\nexclude = [\"a\"]\n");
    assert_eq!(found(&folder, &[]), [ALL[1], ALL[2]]);
    assert_eq!(found(&folder, &["--config", "c.toml"]), &ALL[2..]);
    assert_eq!(found(&folder, &["--no-config", "--product", "api-manager@4.2.0"]), ALL);
    assert_eq!(found(&folder, &["--no-config"]).len(), 2, "the product is unknown");
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_with_its_line() {
    let folder = folder("\nselekt = []\n");
    let run = folder.run(&["lint", "--format", "concise"]);
    let expected = "carbonlint.toml: error[path-unreadable] cannot be read: line 3: unknown key `selekt`; did you mean `select`?";
    assert!(run.code == Some(1) && run.out.contains(expected), "{}", run.all());
    let run = folder.run(&["lint", "--config", "carbonlint.toml"]);
    assert!(run.code == Some(2) && run.err.contains("`carbonlint.toml`: line 3: unknown key `selekt`"), "{}", run.all());
    let run = folder.run(&["lint", "--config", "missing.toml"]);
    assert!(run.code == Some(2) && run.err.contains("`missing.toml`: "), "{}", run.all());
}

#[test]
fn fix_heeds_the_file_too() {
    let folder = folder("ignore = [\"offset-not-integer\"]");
    folder.run(&["fix"]);
    assert!(folder.text("a/deployment.toml").contains("offset = \"1\""));
    folder.run(&["fix", "--no-config"]);
    assert!(folder.text("a/deployment.toml").contains("offset = 1"));
}

#[test]
fn the_configuration_in_the_readme_is_valid() {
    let readme = std::fs::read_to_string(crate::support::repository().join("README.md")).expect("the README");
    let block = |start: &str| {
        let block = readme.split("```toml\n").find(|block| block.starts_with(start)).expect("a block");
        block.split("```").next().expect("its end").to_owned()
    };
    let folder = folder("");
    for node in ["gw1", "gw2"] {
        folder.write(format!("nodes/{node}/deployment.toml"), block("# carbonlint: ignore-file"));
    }
    folder.copy("policies", "policies");
    folder.write("carbonlint-baseline.json", "{\"version\": 1, \"findings\": []}");
    folder.write("carbonlint.toml", block("profile = "));
    let run = folder.run(&["lint"]);
    assert!(run.out.contains("excluded by carbonlint.toml") && !run.out.contains("path-unreadable"), "{}", run.all());
    folder.write("carbonlint.toml", "product = \"api-manager@4.2.0\"\nignore = [\"http-servlet-enabled\"]\n");
    let run = folder.run(&["lint", "--fail-on", "info", "nodes/gw1"]);
    assert!(run.code == Some(0), "every suppression is used: {}", run.all());
}

#[cfg(unix)]
#[test]
fn paths_through_links_are_those_that_they_lead_to() {
    let folder = folder("[per-file-ignores]\n\"a\" = [\"keys\", \"ports\"]");
    std::os::unix::fs::symlink(folder.at("a"), folder.at("linked")).expect("linked");
    assert_eq!(found(&folder, &["linked/deployment.toml"]), [""; 0]);
    assert_eq!(found(&folder, &["b/deployment.toml"]), &ALL[2..]);
}
