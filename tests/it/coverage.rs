//! What was not checked is said, once, with what to do; files that were named are judged as parts of their homes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Folder, Run, fixture, run};

const AM: &str = "started/api-manager-4.5.0";

/// The reasons in `not_checked`, with the paths.
fn gaps(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let gaps = report["not_checked"].as_array().expect("a list").iter();
    gaps.map(|gap| (text(&gap["reason"]), text(&gap["path"]))).collect()
}

fn gap(reason: &str, path: &str) -> (String, String) {
    (reason.to_owned(), path.to_owned())
}

/// The rules that `lint` reports for a path.
fn rules(folder: &Folder, path: &str) -> BTreeSet<String> {
    let report = folder.json(&["lint", path]);
    assert_eq!(report["summary"]["files"], 1, "{path}");
    let diagnostics = report["diagnostics"].as_array().expect("a list").iter();
    diagnostics
        .inspect(|found| assert_eq!(found["file"], path))
        .map(|found| found["rule"].as_str().expect("a text").to_owned())
        .collect()
}

#[test]
fn a_foreign_file_that_is_named_is_passed_over_with_a_note() {
    let folder = Folder::with(&[
        ("pyproject.toml", b"[project\n"),
        ("values.yaml", b"a: {{ x\n"),
        ("nginx.conf", b"a \\u\n"),
        ("build.sh", b"-DportOffset=x\n"),
        ("package.json", b"{\n"),
        ("README.md", b"# x\n"),
    ]);
    for name in ["pyproject.toml", "values.yaml", "nginx.conf", "build.sh", "package.json", "README.md"] {
        let Run { out, err, code } = folder.run(&["lint", name]);
        let note = format!(
            "note: `{name}` is not configuration of a WSO2 server: not checked\n  \
             help: a deployment.toml is known by its name, such as `deployment-prod.toml`\n"
        );
        assert_eq!((out.as_str(), err, code), ("", note, Some(0)), "{name}");
        assert_eq!(folder.run(&["lint", "--strict", name]).code, Some(1), "{name}");
        assert_eq!(folder.run(&["fix", name]).code, Some(0), "{name}");
    }
    let err = folder.run(&["lint", "pyproject.toml", "values.yaml", "package.json"]).err;
    assert!(err.starts_with("note: `package.json` and 2 more are not configuration of a WSO2 server: not checked\n"), "{err}");
    let report = folder.json(&["lint", "pyproject.toml"]);
    assert_eq!(gaps(&report), [gap("foreign-file", "pyproject.toml")]);
    assert_eq!(report["summary"]["not_understood"], 1);
    let missing = folder.run(&["lint", "no-such.toml"]);
    assert_eq!((missing.code, missing.err.starts_with("error: no such file or folder: `no-such.toml`")), (Some(2), true));
}

#[test]
fn foreign_files_do_not_hide_the_findings_in_others() {
    let folder = Folder::with(&[("pyproject.toml", b"[project]\n"), ("conf/deployment.toml", b"[server]\noffset = \"one\"\n")]);
    let Run { out, err, code } = folder.run(&["lint", "pyproject.toml", "conf/deployment.toml", "--format", "concise"]);
    assert!(out.contains("conf/deployment.toml:2:1: error[offset-not-integer]"), "{out}");
    assert!(err.contains("note: `pyproject.toml` is not configuration"), "{err}");
    assert_eq!(code, Some(1));
}

#[test]
fn an_unknown_product_is_noted_with_what_to_do() {
    let folder = Folder::with(&[("a/deployment.toml", b"[server]\nhostname = \"x\"\n"), ("b/deployment.toml", b"[server]\n")]);
    insta::assert_snapshot!(folder.run(&["lint"]).all());
    insta::assert_snapshot!(folder.run(&["lint", "a/deployment.toml"]).all());
    assert_eq!(folder.run(&["lint", "--strict"]).code, Some(1));
    let report = folder.json(&["lint"]);
    assert_eq!(gaps(&report), [gap("unknown-product", "a"), gap("unknown-product", "b")]);
    assert_eq!((&report["summary"]["checks_skipped"], &report["summary"]["homes"]), (&Value::from(2), &Value::from(0)));
    let known = folder.run(&["lint", "--strict", "--product", "api-manager@4.5.0", "--fail-on", "never"]);
    assert_eq!((known.code, known.out.contains("note")), (Some(0), false), "{}", known.out);
    folder.write("carbonlint.toml", "product = \"api-manager@4.5.0\"\n");
    assert_eq!(gaps(&folder.json(&["lint"])), []);
}

#[test]
fn a_guess_an_unknown_version_and_an_unknown_profile_are_noted() {
    let keys = "[server]\nhostname = \"x\"\nbase_path = \"x\"\n[super_admin]\nusername = \"admin\"\n[apim.gateway]\n\
                [[apim.gateway.environment]]\nname = \"x\"\ntype = \"hybrid\"\n[apim.key_manager]\nservice_url = \"x\"\n[apim.cors]\nallow_origins = \"*\"\n";
    let folder = Folder::with(&[("deployment.toml", keys.as_bytes())]);
    let message = |arguments: &[&str]| {
        let report = folder.json(&[&["lint", "deployment.toml"], arguments].concat());
        let gaps = report["not_checked"].as_array().expect("a list").iter();
        gaps.map(|gap| gap["message"].as_str().expect("a text").to_owned()).collect::<Vec<String>>()
    };
    let guess = message(&[]);
    assert!(guess[0].contains("its keys are compared with those of api-manager, a guess from its keys, "), "{guess:?}");
    let version = message(&["--product", "api-manager"]);
    assert_eq!(version, ["the version of `deployment.toml` is unknown: checked as API Manager 4.7.0"]);
    // A profile that no home has is refused.
    folder.write("other/deployment.toml", "[server]\nhostname = \"x\"\n");
    folder.write("other/carbonlint.toml", "product = \"micro-integrator@4.2.0\"\n");
    folder.write("carbonlint.toml", "product = \"api-manager@4.2.0\"\n");
    let profile = message(&["other", "--server-profile", "control-plane"]);
    assert_eq!(profile.len(), 1);
    assert!(profile[0].starts_with("`control-plane` is not a server profile of Micro Integrator"), "{profile:?}");
    assert_eq!(message(&["--product", "api-manager@4.2.0", "--server-profile", "control-plane"]), [""; 0]);
}

#[test]
fn whole_homes_have_no_gaps() {
    let report = run(&["lint", "fixtures/homes", "fixtures/started", "--format", "json"]).json();
    assert_eq!(gaps(&report), []);
    assert_eq!(report["summary"]["homes"], 21);
}

#[test]
fn every_home_keeps_its_line_in_the_summary() {
    let out = run(&["lint", "fixtures/homes/api-manager-4.7.0", "fixtures/homes/identity-server-5.8.0"]).out;
    assert!(out.contains("fixtures/homes/api-manager-4.7.0: API Manager 4.7.0, deployment.toml, offset 0\n"), "{out}");
    assert!(out.contains("fixtures/homes/identity-server-5.8.0: Identity Server 5.8.0, XML, offset 2\n"), "{out}");
    assert!(out.contains(" files of 2 homes\n"), "{out}");
}

#[test]
fn only_the_syntax_of_an_unknown_name_is_checked_and_that_is_said() {
    let folder = Folder::with(&[("pom.xml", b"<project/>\n"), ("axis2_client.xml", b"<axisconfig>\n")]);
    assert_eq!(gaps(&folder.json(&["lint", "pom.xml"])), [gap("unknown-name", "pom.xml")]);
    let Run { out, code, .. } = folder.run(&["lint", "axis2_client.xml"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("note: `axis2_client.xml` has a name that no server reads: only the syntax is checked\n"), "{out}");
    // A search does not look at them.
    assert_eq!(folder.run(&["lint"]).code, Some(3));
}

#[test]
fn a_binary_file_is_one_finding() {
    let elf = [&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0\n"[..], &[0; 64]].concat().repeat(20);
    for name in ["deployment.toml", "carbon.xml", "log4j2.properties", "deployment.yaml"] {
        let folder = Folder::with(&[(name, &elf)]);
        let Run { out, code, .. } = folder.run(&["lint", name, "--format", "concise"]);
        let message = "the file is not text: it is binary, or in an encoding that the server does not read";
        assert_eq!((out, code), (format!("{name}:1:1: error[encoding-invalid] {message}\n"), Some(1)));
        assert_eq!(folder.run(&["fix", name]).code, Some(0));
    }
}

#[test]
fn files_of_a_home_are_judged_as_parts_of_it() {
    let folder = Folder::new();
    folder.copy(AM, "home");
    let resources = "home/repository/resources/conf";
    let template = format!("{resources}/templates/repository/conf/carbon.xml.j2");
    let rendered = "home/repository/conf/carbon.xml";
    for path in [&template, &format!("{resources}/default.json"), rendered, "home/bin/api-manager.sh"] {
        assert_eq!(rules(&folder, path), BTreeSet::new(), "{path}");
        assert_eq!(folder.json(&["lint", path])["homes"][0]["path"], "home", "{path}");
    }
    for (path, rule) in [
        (template.as_str(), "template-edited"),
        (&format!("{resources}/default.json"), "template-edited"),
        (rendered, "managed-file-edited"),
    ] {
        let old = folder.text(path);
        let edited = if path == rendered { old.replacen("<Name>", "<Name>x", 1) } else { format!("{old}\n") };
        folder.write(path, edited);
        assert!(rules(&folder, path).contains(rule), "{path}: {:?}", rules(&folder, path));
        folder.write(path, old);
    }
    folder.write(format!("{resources}/infer.json"), "{\n");
    assert!(rules(&folder, &format!("{resources}/infer.json")).contains("mapper-file-broken"));
    folder.edit(&template, "<Server", "{% if x %}<Server");
    assert!(rules(&folder, &template).contains("template-fails"), "{:?}", rules(&folder, &template));
    folder.write("home/bin/api-manager.sh", "java -DportOffset=one org.wso2.carbon.bootstrap.Bootstrap\n");
    assert!(rules(&folder, "home/bin/api-manager.sh").contains("offset-not-integer"));
    folder.write("home/repository/conf/log4j2.properties", "a = \\u12\n");
    assert!(rules(&folder, "home/repository/conf/log4j2.properties").contains("properties-syntax"));
}

#[test]
fn a_template_of_a_server_without_its_home_is_not_judged() {
    let path = "overlay/repository/resources/conf/templates/repository/conf/carbon.xml.j2";
    let folder = Folder::with(&[(path, b"<Server>{% if a %}</Server>\n")]);
    let expected = [gap("template-without-home", path)];
    for (named, code) in [(path, Some(0)), ("overlay", Some(3))] {
        let run = folder.run(&["lint", named]);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{named}");
        assert!(run.err.starts_with("note: `overlay/repository/"), "{}", run.err);
        assert_eq!(gaps(&folder.json(&["lint", named])), expected);
        assert_eq!(
            folder.run(&["lint", named, "--strict"]).code.filter(|code| *code != 0),
            Some(if named == path { 1 } else { 3 })
        );
    }
    // A home without a start script is not complete.
    folder.write("overlay/repository/conf/deployment.toml", "[server]\n");
    assert!(gaps(&folder.json(&["lint", path])).contains(&expected[0]));
}

#[test]
fn several_homes_where_one_is_needed_are_listed_line_by_line() {
    let folder = Folder::new();
    for number in 10..22 {
        folder.write(format!("n{number}/repository/conf/deployment.toml"), "[server]\n");
    }
    for command in [&["render", "."][..], &["get", "."], &["trace", ".", "carbon.xml"], &["schema", "."]] {
        let Run { err, code, .. } = folder.run(command);
        let listed = (10..20).map(|number| format!("\n    n{number}")).collect::<Vec<String>>().concat();
        let expected = format!("error: `.` contains 12 homes\n  help: name one of them:{listed}\n    and 2 more\n");
        assert_eq!((err, code), (expected, Some(2)), "{command:?}");
    }
}

#[test]
fn a_broken_carbonlint_toml_is_reported_once() {
    let folder = Folder::with(&[
        ("a/deployment.toml", b"[server]\n"),
        ("a/deployment-b.toml", b"[server]\n"),
        ("b/deployment.toml", b"[server]\n"),
    ]);
    folder.write("carbonlint.toml", "produkt = 1\n");
    let out = folder.run(&["lint", "--format", "concise"]).out;
    assert_eq!(out.matches("carbonlint.toml: error[path-unreadable]").count(), 1, "{out}");
}

#[test]
fn only_so_many_findings_of_a_kind_are_listed() {
    let keys: String = (0..2_500).map(|number| format!("unknown_{number} = 1\n")).collect::<Vec<_>>().concat();
    let tables: String = (0..2_500).map(|number| format!("[unknown_{number}]\na = 1\nb = 2\n")).collect::<Vec<_>>().concat();
    let folder = Folder::with(&[
        ("keys/deployment.toml", format!("[server]\n{keys}hostname = \"x\"\n").as_bytes()),
        ("tables/deployment.toml", tables.as_bytes()),
    ]);
    for name in ["keys", "tables"] {
        let arguments = ["lint", name, "--product", "api-manager@4.5.0", "--select", "unknown-key", "--format", "concise"];
        let found = folder.run(&arguments).out;
        assert_eq!(found.lines().count(), 1_001, "{name}");
        let last = found.lines().find(|line| line.contains("more tables and keys")).expect("the rest is counted");
        assert!(last.ends_with("1500 more tables and keys of this file have no effect"), "{last}");
    }
}

#[test]
fn the_report_says_where_the_product_is_known_from() {
    let toml: &[u8] = b"[apim.cors]\nallow_origins = [\"*\"]\nalow_headers = \"x\"\n";
    let folder = Folder::with(&[
        ("wso2am-4.2.0/repository/conf/deployment.toml", toml),
        ("confs/apim-gateway/deployment.toml", toml),
        ("configured/deployment.toml", toml),
        ("configured/carbonlint.toml", b"product = \"api-manager@4.5.0\"\n"),
        ("unknown/deployment.toml", toml),
    ]);
    let sources = |arguments: &[&str]| {
        let report = folder.json(&[&["lint"], arguments].concat());
        let homes = report["homes"].as_array().expect("homes").iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        homes.map(|home| format!("{} {}", text(&home["product"]), text(&home["product_source"]))).collect::<Vec<String>>()
    };
    assert_eq!(sources(&[]), ["api-manager config", "api-manager guess", "- -", "api-manager home"]);
    assert_eq!(sources(&["unknown", "--product", "api-manager"]), ["api-manager flag"]);
    let home = folder.json(&["lint", fixture("homes/api-manager-4.5.0").to_str().expect("UTF-8")]);
    assert_eq!(home["homes"][0]["product_source"], "home");
    // What is only a guess never fails the run.
    let guessed = folder.run(&["lint", "confs"]);
    assert!(guessed.code == Some(0) && guessed.out.contains("api-manager, a guess from its path"), "{}", guessed.all());
    assert!(guessed.out.contains("? WSO2 API Manager is a guess from the path of the\n"), "{}", guessed.all());
}
