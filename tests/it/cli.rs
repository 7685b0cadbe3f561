//! The command line as scripts see it: formats, exit codes, standard input, paths.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Folder, Run, command_in, files_below, formats_of, repository, run};

fn stdout(arguments: &[&str]) -> String {
    run(arguments).out
}

fn json(arguments: &[&str]) -> Value {
    run(arguments).json()
}

fn exit_code(arguments: &[&str]) -> Option<i32> {
    run(arguments).code
}

/// A home with a password in every kind of file, none of which can be parsed.
const WITH_SECRETS: [(&str, &[u8]); 4] = [
    ("updates/product.txt", b"wso2am-4.2.0"),
    (
        "repository/conf/deployment.toml",
        b"[super_admin]\npassword = \"hunter2\" # x\n\n[apim.jms]\nurl = \"amqp://admin:hunter2@localhost:5672\"\npassword = hunter2\n",
    ),
    (
        "repository/conf/user-mgt.xml",
        b"<UserManager>\n<Password>hunter2</Password><Property name=\"password\">hunter2</Property></Realm>\n",
    ),
    ("repository/conf/carbon.properties", b"db.password=hunter2\\users\n"),
];

#[test]
fn lint_draws_source_and_remedy_for_people() {
    insta::assert_snapshot!(stdout(&[
        "lint",
        "--fail-on",
        "never",
        "--profile",
        "production",
        "fixtures/homes/api-manager-2.6.0"
    ]));
}

#[test]
fn lint_is_quiet_about_a_hardened_home() {
    insta::assert_snapshot!(stdout(&["lint", "--ignore", "credentials,database", "fixtures/homes/api-manager-4.7.0"]));
}

#[test]
fn every_hostile_file_is_a_finding_with_its_place() {
    insta::assert_snapshot!(stdout(&["lint", "fixtures/hostile", "--format", "concise"]));
}

#[test]
fn what_is_odd_and_fine_has_no_finding() {
    for name in ["latin1", "mixed-eol", "empty-toml", "doctype"] {
        let folder = format!("fixtures/hostile/{name}");
        assert_eq!(stdout(&["lint", &folder, "--format", "concise", "--ignore", "credentials"]), "", "{name}");
    }
}

#[test]
fn lint_json_is_version_1() {
    insta::assert_snapshot!(stdout(&["lint", "fixtures/homes/api-manager-3.2.0", "--format", "json"]));
}

#[test]
fn ports_table_is_for_people() {
    insta::assert_snapshot!(stdout(&["ports", "fixtures/homes/api-manager-4.2.0", "fixtures/homes/identity-server-7.1.0"]));
}

#[test]
fn ports_json_is_version_1() {
    insta::assert_snapshot!(stdout(&["ports", "fixtures/homes/micro-integrator-4.2.0", "--format", "json"]));
}

#[test]
fn ports_csv_has_a_header_and_a_line_per_listener() {
    insta::assert_snapshot!(stdout(&["ports", "fixtures/homes/identity-server-5.8.0", "--format", "csv"]));
}

#[test]
fn what_a_product_ships_is_information_and_for_production_a_warning() {
    let mut homes: Vec<_> = std::fs::read_dir(repository().join("fixtures/homes")).expect("homes").flatten().collect();
    homes.sort_by_key(std::fs::DirEntry::file_name);
    for home in homes {
        let path = home.path();
        let path = path.to_str().expect("UTF-8");
        let plain = run(&["lint", "--format", "concise", path]);
        assert_eq!(plain.code, Some(0), "{}", plain.out);
        let development = run(&["lint", "--format", "concise", "--profile", "development", path]);
        assert_eq!((development.out.as_str(), development.code), ("", Some(0)));
        // What is so in nearly every home is said for production only.
        let others = ["--ignore", "hostname-localhost,server-header-leak,weak-tls-default,ws-http-enabled,plaintext-secret"];
        let production = run(&[&["lint", "--format", "concise", "--profile", "production", path], &others[..]].concat());
        let without_severity = |text: &str| {
            [": info[", ": warning[", ": error["].iter().fold(text.to_owned(), |text, severity| text.replace(severity, ": ["))
        };
        assert_eq!(without_severity(&production.out), without_severity(&plain.out));
        assert!(!production.out.contains(": info["), "{}", production.out);
        assert_eq!(production.code, Some(i32::from(!plain.out.is_empty())), "{}", production.out);
    }
    // A rule that is asked for by its name runs in every profile.
    let rule = ["--select", "http-passthru-enabled", "--profile", "development", "--format", "concise"];
    let named = run(&[&["lint", "fixtures/homes/api-manager-4.2.0"], &rule[..]].concat());
    assert_eq!(
        named.out,
        "fixtures/homes/api-manager-4.2.0/repository/conf/deployment.toml: info[http-passthru-enabled] \
         API calls and messages are accepted over plain HTTP on port 8281\n"
    );
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let empty = Folder::new();
    let empty = empty.path().to_str().expect("UTF-8");
    for (arguments, code) in [
        (vec!["lint", "fixtures/homes/api-manager-4.2.0", "--profile", "production"], 1),
        (vec!["lint", "fixtures/homes/api-manager-4.2.0", "--profile", "production", "--format", "json"], 1),
        (vec!["lint", "fixtures/homes/api-manager-4.2.0", "--profile", "production", "--fail-on", "error"], 1),
        (
            vec![
                "lint",
                "fixtures/homes/api-manager-4.2.0",
                "--profile",
                "production",
                "--fail-on",
                "error",
                "--ignore",
                "credentials",
            ],
            0,
        ),
        (vec!["lint", "fixtures/homes/api-manager-4.2.0", "--profile", "production", "--fail-on", "never"], 0),
        (
            vec![
                "lint",
                "fixtures/homes/api-manager-4.2.0",
                "--profile",
                "production",
                "--ignore",
                "transport,credentials,database,secrets,tls",
            ],
            0,
        ),
        (vec!["lint", "fixtures/homes/api-manager-4.2.0"], 0),
        (vec!["lint", "fixtures/homes/api-manager-4.2.0", "--fail-on", "info"], 1),
        (vec!["lint", "fixtures/homes/api-manager-4.2.0", "--profile", "development", "--fail-on", "info"], 0),
        (vec!["lint", "fixtures/hostile/bom", "--fail-on", "error"], 1),
        (vec!["lint", "no-such-folder"], 2),
        (vec!["lint", "--select", "no-such-rule", "fixtures"], 2),
        (vec!["lint", "--format", "no-such-format"], 2),
        (vec!["lint", "-"], 2),
        (vec!["lint", empty], 3),
        (vec!["lint", "Cargo.lock"], 0),
        (vec!["lint", "Cargo.lock", "--strict"], 1),
        (vec!["fix", "Cargo.lock", "--check"], 0),
        (vec!["ports", "Cargo.lock"], 3),
        (vec!["ports", empty], 3),
        (vec!["ports", "fixtures/homes/api-manager-4.2.0"], 0),
        (vec!["ports", "--product", "no-such-product"], 2),
        (vec!["ports", "--product", "api-manager@x"], 2),
        (vec!["explain", "double-offset"], 0),
        (vec!["explain", "no-such-rule"], 2),
        (vec!["rules"], 0),
    ] {
        assert_eq!(exit_code(&arguments), Some(code), "{arguments:?}");
    }
}

#[test]
fn rules_say_whether_they_have_fixes_and_how_safe_they_are() {
    let report = json(&["rules", "--format", "json"]);
    let rules = report["rules"].as_array().expect("a list");
    let fix = |name: &str| rules.iter().find(|rule| rule["name"] == name).expect("listed")["fix"].clone();
    let table = stdout(&["rules"]);
    for (name, expected, listed, said) in [
        ("xml-not-well-formed", "none", "error ", "This rule has no fix."),
        ("unknown-key", "safe", "warning safe fix ", "Safe, for the findings that have one. In the home, apply it with:"),
        (
            "double-offset",
            "unsafe",
            "error fix by name ",
            "Unsafe, and applied only if the rule is named. In the home, apply it with:",
        ),
        ("quoted-boolean", "depends", "error fix depends ", "Safe for some findings, unsafe for others."),
    ] {
        assert_eq!(fix(name), expected, "{name}");
        let line = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(line.into_iter().any(|line| line.starts_with(&format!("{name} {listed}"))), "{table}");
        let explained = stdout(&["explain", name]);
        let paragraph = explained.split_once("\nFix\n\n").and_then(|(_, rest)| rest.lines().next()).unwrap_or_default();
        assert!(paragraph.contains(said), "{explained}");
    }
    let command_and_note = "\n    carbonlint fix --select double-offset\n\nThe listener moves to another port.\n";
    assert!(stdout(&["explain", "double-offset"]).contains(command_and_note));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let arguments = ["lint", "fixtures", "--format", "json"];
    assert_eq!(stdout(&arguments), stdout(&arguments));
}

#[test]
fn diagnostics_are_sorted_and_fingerprints_differ() {
    let report = json(&["lint", "fixtures", "--format", "json"]);
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    let key = |diagnostic: &Value| {
        let text = |name: &str| diagnostic[name].as_str().expect("a text").to_owned();
        let offset = |end: &str| diagnostic["range"][end]["offset"].as_u64().expect("a number");
        (text("file"), offset("start"), offset("end"), text("rule"), text("message"))
    };
    assert!(diagnostics.len() > 20);
    assert!(diagnostics.is_sorted_by_key(key));
    let fingerprints: std::collections::BTreeSet<&str> =
        diagnostics.iter().map(|diagnostic| diagnostic["fingerprint"].as_str().expect("a text")).collect();
    assert_eq!(fingerprints.len(), diagnostics.len());
}

#[test]
fn a_file_of_a_home_is_judged_as_part_of_it_and_alone_in_the_report() {
    let file = "fixtures/homes/api-manager-4.2.0/repository/conf/deployment.toml";
    let report = json(&["lint", file, "--format", "json"]);
    assert_eq!(report["homes"][0]["version"], "4.2.0");
    assert_eq!(report["homes"][0]["path"], "fixtures/homes/api-manager-4.2.0");
    assert_eq!(report["summary"]["files"], 1);
    assert!(report["diagnostics"].as_array().expect("a list").iter().all(|diagnostic| diagnostic["file"] == file));
    let other = json(&["lint", "fixtures/homes/api-manager-4.2.0/repository/conf/carbon.xml", "--format", "json"]);
    assert_eq!(other["diagnostics"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_home_is_found_from_any_path_that_leads_to_it() {
    for path in [
        "fixtures/homes/api-manager-4.2.0/",
        "fixtures/homes/api-manager-4.2.0/repository/conf",
        "fixtures/homes/../homes/api-manager-4.2.0",
    ] {
        let report = json(&["lint", path, "--format", "json"]);
        assert_eq!(report["homes"].as_array().map(Vec::len), Some(1), "{path}");
        assert_eq!(report["homes"][0]["version"], "4.2.0", "{path}");
    }
}

#[test]
fn standard_input_replaces_a_file_of_a_home() {
    let arguments = [
        "lint",
        "-",
        "--stdin-filename",
        "fixtures/homes/api-manager-4.2.0/repository/conf/deployment.toml",
        "--format",
        "concise",
    ];
    let mut child =
        command_in(repository(), &arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary runs");
    let text = b"[server]\noffset = \"one\"\n[transport.passthru_http.listener]\nenable = false\n";
    child.stdin.take().expect("a pipe").write_all(text).expect("written");
    let run = Run::ended(child.wait_with_output().expect("ended"));
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.out);
}

#[test]
fn a_report_can_go_to_a_file() {
    let folder = Folder::new();
    let file = folder.at("report.json");
    let run = run(&["lint", "fixtures/homes/api-manager-4.2.0", "--format", "json", "--output", file.to_str().expect("UTF-8")]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_slice(&folder.read("report.json")).expect("JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(folder.files().len(), 1, "no temporary file is left");
    let missing = folder.at("missing/report.json");
    let run = crate::support::run(&["lint", "fixtures/homes/api-manager-4.2.0", "--output", missing.to_str().expect("UTF-8")]);
    assert!(run.code == Some(2) && run.err.contains("missing/report.json`: no such file or folder\n"), "{}", run.err);
}

#[test]
fn lint_and_ports_write_nothing() {
    let folder = Folder::with(&WITH_SECRETS);
    let before = listing(folder.path());
    let path = folder.path().to_str().expect("UTF-8");
    run(&["lint", path]);
    run(&["ports", path, "--all"]);
    assert_eq!(listing(folder.path()), before);
}

/// Every file below `folder` with its content and time of change.
fn listing(folder: &Path) -> Vec<(PathBuf, Vec<u8>, std::time::SystemTime)> {
    let files = files_below(folder).into_iter();
    files
        .map(|(path, bytes)| {
            let time = fs::metadata(&path).expect("known").modified().expect("known");
            (path, bytes, time)
        })
        .collect()
}

#[test]
fn no_output_holds_a_secret() {
    let folder = Folder::with(&WITH_SECRETS);
    let path = folder.path().to_str().expect("UTF-8");
    for format in formats_of("lint") {
        let text = stdout(&["lint", path, "--format", &format]);
        assert!(
            text.contains("toml-syntax") && text.contains("xml-not-well-formed") && text.contains("properties-syntax"),
            "{text}"
        );
        assert!(!text.contains("hunter2"), "{format}: {text}");
    }
}

#[test]
fn conflicts_come_with_the_offset_that_parts_the_homes() {
    let homes = ["fixtures/homes/api-manager-4.5.0", "fixtures/homes/identity-server-7.1.0"];
    let report = json(&["ports", homes[0], homes[1], "--same-host", "--format", "json"]);
    let conflicts = report["conflicts"].as_array().expect("a list");
    assert_eq!(
        conflicts.iter().map(|conflict| conflict["port"].as_i64()).collect::<Vec<_>>(),
        [Some(9443), Some(9763), Some(10711)]
    );
    assert_eq!(conflicts[0]["suggested_offset"]["value"], 1);
    assert_eq!(conflicts[0]["suggested_offset"]["home"], "fixtures/homes/identity-server-7.1.0");
    let apart = json(&["ports", "fixtures/homes/api-manager-4.2.0", homes[1], "--same-host", "--format", "json"]);
    assert_eq!(apart["conflicts"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_offset_of_the_command_line_replaces_the_servers() {
    let report = json(&["ports", "fixtures/homes/api-manager-4.5.0", "--port-offset", "3", "--format", "json"]);
    assert_eq!(report["homes"][0]["offset"]["source"]["kind"], "flag");
    let listeners = report["homes"][0]["listeners"].as_array().expect("a list");
    let servlet = listeners.iter().find(|listener| listener["id"] == "servlet-https").expect("listed");
    assert_eq!(
        (servlet["base"].as_i64(), servlet["offset"].as_i64(), servlet["port"].as_i64()),
        (Some(9443), Some(3), Some(9446))
    );
}

#[test]
fn a_server_profile_narrows_the_listeners() {
    let ids = |profile: &str| {
        let report = json(&["ports", "fixtures/homes/api-manager-4.2.0", "--server-profile", profile, "--format", "json"]);
        let listeners = report["homes"][0]["listeners"].as_array().expect("a list").clone();
        listeners.iter().map(|listener| listener["id"].as_str().expect("a text").to_owned()).collect::<Vec<_>>()
    };
    assert!(!ids("traffic-manager").contains(&"passthru-http".to_owned()));
    assert!(!ids("gateway-worker").contains(&"binary-tcp".to_owned()));
    assert!(ids("control-plane").contains(&"binary-tcp".to_owned()));
}

#[cfg(unix)]
#[test]
fn a_link_loop_is_reported_and_the_rest_goes_on() {
    let folder = Folder::new();
    for (name, bytes) in WITH_SECRETS {
        folder.write(Path::new("home").join(name), bytes);
    }
    std::os::unix::fs::symlink("..", folder.at("home/again")).expect("linked");
    let text = stdout(&["lint", folder.path().to_str().expect("UTF-8"), "--format", "concise"]);
    assert!(text.contains("home/again: error[path-unreadable] cannot be read: a link that leads back to"), "{text}");
    assert!(text.contains("toml-syntax"), "{text}");
}

#[test]
fn a_file_past_the_limit_is_a_finding() {
    let folder = Folder::new();
    folder.write("deployment.toml", vec![b'#'; 17 * 1024 * 1024]);
    let text = folder.run(&["lint", "deployment.toml", "--format", "concise"]).out;
    assert!(text.contains("[file-too-large] not checked: the file has 17 MiB, more than the limit of 16 MiB"), "{text}");
}

#[test]
fn a_file_of_a_million_tokens_is_read_and_one_of_more_is_a_finding() {
    let folder = Folder::new();
    // Four tokens: the key, `=`, the value, and the line break.
    let lines: Vec<String> = (0..250_000).map(|number| format!("k{number} = 1\n")).collect();
    folder.write("one/deployment.toml", lines.concat());
    folder.write("more/deployment.toml", lines.concat() + "[a]\n");
    folder.write("more/carbon.xml", "<Server><a></Server>");
    let text = folder.run(&["lint", "one", "more", "--format", "concise"]).out;
    assert_eq!(text.matches("file-too-large").count(), 1, "{text}");
    let found = "more/deployment.toml: warning[file-too-large] not checked: the file has more than a million keys, values and other tokens";
    assert!(text.contains(found), "{text}");
    assert!(text.contains("more/carbon.xml:1:"), "the rest is checked: {text}");
    folder.write("alone/deployment.toml", lines.concat() + "[a]\n");
    let run = folder.run(&["lint", "alone/deployment.toml"]);
    assert!(run.out.contains("unknown product, deployment.toml, offset 0"), "{}", run.out);
    assert!(!run.out.contains("--product"), "no product helps here: {}", run.out);
}

#[test]
fn colour_follows_the_environment() {
    let colored = |name: &str, value: &str| {
        Run::of(command_in(repository(), &["lint", "fixtures/homes/api-manager-4.2.0"]).env(name, value)).out.contains('\x1b')
    };
    assert!(!colored("TERM", "xterm"), "a pipe takes no colour");
    assert!(colored("CLICOLOR_FORCE", "1"));
    let both = Run::of(command_in(repository(), &["lint", "fixtures"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!both.out.contains('\x1b'));
}

#[test]
fn the_configuration_file_names_the_product_of_a_lone_file() {
    let folder = Folder::with(&[("confs/deployment.toml", b"[server]\nhostnam = \"localhost\"\n")]);
    let lint = |product: &str| {
        folder.write("carbonlint.toml", product);
        folder.run(&["lint", "--format", "concise", "--select", "unknown-key,path-unreadable", "confs"]).out
    };
    assert!(!lint("").contains("unknown-key"));
    assert!(lint("product = \"api-manager@4.5.0\"\n").contains("confs/deployment.toml:2:1: warning[unknown-key]"));
    let broken = lint("product = \"api-manger\"\n");
    assert!(broken.contains("carbonlint.toml") && broken.contains("no product is called `api-manger`"), "{broken}");
}
