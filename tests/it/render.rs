//! `render` as people and scripts see it, on copies of a started home.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Folder, Run, files_below};

pub const TEMPLATES: &str = "repository/resources/conf/templates";

/// A folder with a copy of the started home in `home`.
pub fn started() -> Folder {
    let folder = Folder::new();
    folder.copy("started/api-manager-4.5.0", "home");
    folder
}

/// Replaces `old` in deployment.toml of the home.
pub fn edit_toml(folder: &Folder, old: &str, new: &str) {
    folder.edit("home/repository/conf/deployment.toml", old, new);
}

/// Writes a template of the home.
fn write_template(folder: &Folder, name: &str, text: &str) {
    folder.write(format!("home/{TEMPLATES}/{name}.j2"), text);
}

/// A home with a file in every state.
fn in_every_state() -> Folder {
    let folder = started();
    folder.edit("home/repository/conf/carbon.xml", "<Offset>1</Offset>", "<Offset>9</Offset>");
    fs::remove_file(folder.at("home/repository/conf/axis2/axis2.xml")).expect("removed");
    fs::remove_file(folder.at("home/repository/conf/carbon.properties")).expect("removed");
    fs::create_dir(folder.at("home/repository/conf/carbon.properties")).expect("made");
    write_template(&folder, "repository/elsewhere/other.xml", "<a/>\n");
    folder.edit(&format!("home/{TEMPLATES}/repository/conf/api-manager.xml.j2"), "<Environments>\n", "{% set a, b = 1 %}\n");
    folder
}

#[test]
fn a_started_home_is_as_the_next_start_would_make_it() {
    let folder = started();
    let before = files_below(&folder.at("home"));
    let run = folder.run(&["render", "home", "--diff"]);
    assert_eq!((run.out.as_str(), run.err.as_str(), run.code), ("", "", Some(0)));
    insta::assert_snapshot!(folder.run(&["render", "home"]).all());
    assert_eq!(files_below(&folder.at("home")), before, "nothing is written into the home");
}

#[test]
fn each_file_has_its_state() {
    insta::assert_snapshot!(in_every_state().run(&["render", "home"]).all());
}

#[test]
fn json_is_version_1() {
    let folder = in_every_state();
    insta::assert_snapshot!(folder.run(&["render", "home", "--format", "json"]).all());
    let report = folder.json(&["render", "home", "carbon.xml", "axis2", "--diff"]);
    let diff = |number: usize| report["files"][number]["diff"].as_str().expect("a diff").to_owned();
    assert!(diff(0).contains("+++ b/home/repository/conf/axis2/axis2.xml\n@@ -0,0"), "{report}");
    assert!(diff(1).contains("-        <Offset>9</Offset>\n+        <Offset>1</Offset>\n"), "{report}");
}

#[test]
fn a_diff_shows_what_changes_but_no_secret() {
    let folder = started();
    edit_toml(&folder, "example-only", "hunter2-long");
    edit_toml(&folder, "offset = 1", "offset = 2");
    let run = folder.run(&["render", "home", "--diff"]);
    insta::assert_snapshot!(run.all());
    let colored = Run::of(folder.command(&["render", "home", "--diff"]).env("CLICOLOR_FORCE", "1"));
    assert!(colored.out.contains("\u{1b}[32m+        <Offset>2</Offset>\u{1b}[0m\n"));
    for arguments in [vec!["render", "home", "--format", "json", "--diff"], vec!["render", "home", "."], vec!["get", "home"]] {
        let run = folder.run(&arguments);
        assert!(!run.all().contains("hunter2") && !run.all().contains("kYHRVg"), "{arguments:?}: {}", run.all());
    }
}

#[test]
fn a_file_is_printed_as_the_server_would_write_it() {
    let folder = started();
    insta::assert_snapshot!(folder.run(&["render", "home", "master-datasources.xml"]).all());
}

#[test]
fn names_narrow_the_files() {
    let folder = started();
    write_template(&folder, "repository/conf/tomcat/carbon.xml", "<b/>\n");
    let files = |names: &[&str]| {
        let report = folder.json(&[&["render", "home", "--diff"], names].concat());
        let files = report["files"].as_array().expect("a list").clone();
        files.iter().map(|file| file["path"].as_str().expect("a path").replace("repository/conf/", "")).collect::<Vec<_>>()
    };
    assert_eq!(files(&["carbon.xml"]), ["carbon.xml", "tomcat/carbon.xml"]);
    assert_eq!(files(&["tomcat/carbon.xml"]), ["tomcat/carbon.xml"]);
    assert_eq!(files(&["repository/conf/carbon.xml"]), ["carbon.xml"]);
    assert_eq!(files(&["home/repository/conf/carbon.xml"]), ["carbon.xml"]);
    assert_eq!(files(&[folder.at("home/repository/conf/carbon.xml").to_str().expect("UTF-8")]), ["carbon.xml"]);
    assert_eq!(files(&["repository/conf/axis2", "carbon.properties"]), ["axis2/axis2.xml", "carbon.properties"]);
    assert_eq!(files(&[&format!("home/{TEMPLATES}/repository/conf/carbon.xml.j2")]), ["carbon.xml"]);
    let run = folder.run(&["render", "home", "crabon.xml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("`crabon.xml`") && run.err.contains("did you mean `repository/conf/carbon.xml`"), "{}", run.err);
}

#[test]
fn the_environment_comes_from_the_command_and_from_files() {
    let folder = started();
    edit_toml(&folder, "api.shop.example\"\noffset", "$env{SHOP_HOST}\"\noffset");
    edit_toml(&folder, "Sandbox", "$env{SHOP_NAME}");
    insta::assert_snapshot!(folder.run(&["render", "home"]).all());
    folder.write("one.env", "# hosts\nSHOP_HOST=one.example\nSHOP_NAME=Sandbox\n");
    folder.write("two.env", "export SHOP_HOST=api.shop.example\n");
    let diff = |arguments: &[&str]| {
        let mut command = folder.command(&[&["render", "home", "--diff", "--show-env"], arguments].concat());
        Run::of(command.env("SHOP_HOST", "process.example"))
    };
    let clean = diff(&["--env-file", "one.env", "--env-file", "two.env"]);
    assert_eq!((clean.out.as_str(), clean.err.as_str(), clean.code), ("", "", Some(0)));
    assert!(diff(&["--env-file", "one.env"]).out.contains("+    <HostName>one.example</HostName>"));
    let process = diff(&[]);
    assert!(process.out.contains("+    <HostName>process.example</HostName>"));
    assert!(process.err.contains("`$env{SHOP_NAME}` is not in the environment") && process.code == Some(1), "{}", process.err);
    folder.write("wrong.env", "A=1\nno assignment\n");
    let wrong = diff(&["--env-file", "wrong.env"]);
    assert!(wrong.err.contains("wrong.env:2") && wrong.code == Some(2), "{}", wrong.err);
    assert_eq!(diff(&["--env-file", "absent.env"]).code, Some(2));
}

#[test]
fn system_properties_come_from_the_script_and_from_the_command() {
    let folder = started();
    edit_toml(&folder, "$sys{wso2.server.standalone}", "$sys{wso2.server.standalone} $sys{carbon.home} $sys{shop}");
    let note = |arguments: &[&str]| {
        let run = folder.run(&[&["render", "home", "carbon.xml"], arguments].concat());
        (run.out.lines().find(|line| line.contains("standalone:")).expect("the line").trim().to_owned(), run.err)
    };
    let home = folder.at("home").canonicalize().expect("there");
    let (line, err) = note(&["--sys", "shop=blue"]);
    assert!(line.starts_with("<!-- standalone: true /") && line.ends_with("/home blue -->"), "{line} for {}", home.display());
    assert_eq!(err, "");
    let (line, err) = note(&["--sys", "carbon.home=/opt/am"]);
    assert_eq!(line, "<!-- standalone: true /opt/am $sys{shop} -->");
    assert!(err.starts_with("home/repository/conf/deployment.toml:5:73: error: `$sys{shop}` is not set"), "{err}");
    assert_eq!(folder.run(&["render", "home", "--sys", "shop"]).code, Some(2));
}

#[test]
fn what_stops_the_start_has_its_place() {
    let folder = started();
    edit_toml(&folder, "\"1h\"", "\"1 hour\"");
    edit_toml(&folder, "9444/services/\"", "9444/$ref{server.context}\"");
    edit_toml(&folder, "offset = 1", "offset = \"$ref{server.offset}\"");
    edit_toml(&folder, "admin = \"kYHRVgNYwFRYTdWmhcnwVmdTJHLzQw==\"", "other = \"[plain]\"");
    write_template(&folder, "repository/conf/carbon.xml", "<a>\r\n  é{% set a, b = 1 %}\r\n</a>\r\n");
    folder.write("home/repository/resources/conf/validator.json", "{\n  broken\n}");
    insta::assert_snapshot!(folder.run(&["render", "home", "--diff"]).all());
}

/// One home with every fault that the mapper knows. Each is reported by the rule about it, or as a fault of the environment.
#[test]
fn every_fault_of_the_mapper_is_reported() {
    let folder = Folder::new();
    folder.write("home/bin/api-manager.sh", "#!/bin/sh\n");
    // A release that reads the value of a variable as a regular expression's replacement.
    folder.write("home/lib/config-mapper-1.0.24.jar", "");
    folder.write(
        "home/repository/conf/deployment.toml",
        r#"[a]
secret = "$secret{none}"
plain = "$secret{plain}"
vault = "$secret{vault}"
variable = "$env{UNSET}"
property = "$sys{unset}"
dollar = "$env{DOLLAR}"
backslash = "$sys{backslash}"
unknown = "$ref{a.none}"
circle = "$ref{a.back}"
back = "$ref{a.circle}"
time = "1 hour"
refused = "no"
number = 1
quote = 1

[[list]]
old = 1

[secrets]
plain = "[x]"
number = 1

[runtime_secrets]
vault = "[y]"
"#,
    );
    let json = |name: &str, text: &str| folder.write(format!("home/repository/resources/conf/{name}.json"), text);
    json("key-mappings", r#"{"list:old": "new", "a.quote": "a.'quote"}"#);
    json("unit-resolve", r#"{"time": {"a.time": "m"}}"#);
    json("validator", r#"{"a.refused": [{"regex": "yes"}], "a.number": [{"regex": "1"}], "b.default": [{"regex": "1"}]}"#);
    json("default", r#"{"b.default": 1, "b.variable": "$env{UNSET}"}"#);
    write_template(&folder, "repository/conf/a.xml", "<a/>\n");
    let arguments = ["render", "home", "--sys", "backslash=C:\\"];
    let run = Run::of(folder.command(&arguments).env("DOLLAR", "a$b"));
    insta::assert_snapshot!(run.err);
    assert_eq!(run.code, Some(1));
    // Where defaults are missing, lint does not know whether a reference is set. What is rendered here has no value for it.
    fs::remove_file(folder.at("home/repository/resources/conf/default.json")).expect("removed");
    let unknown = "`$ref{a.none}` names a key that is not set";
    assert!(folder.run(&["render", "home"]).err.contains(unknown));
    assert!(!folder.run(&["lint", "home"]).out.contains(unknown));
}

#[test]
fn lint_and_render_say_the_same() {
    let folder = started();
    edit_toml(&folder, "\"1h\"", "\"1 hour\"");
    edit_toml(&folder, "9444/services/\"", "9444/$ref{server.context}\"");
    edit_toml(&folder, "admin = \"kYHRVgNYwFRYTdWmhcnwVmdTJHLzQw==\"", "other = \"[plain]\"");
    write_template(&folder, "repository/conf/carbon.xml", "<a>\r\n  é{% set a, b = 1 %}\r\n</a>\r\n");
    folder.write("home/repository/resources/conf/validator.json", "{\n  broken\n}");
    let parts = |finding: &serde_json::Value| ["message", "help", "file", "range"].map(|part| finding[part].to_string());
    let found = |arguments: &[&str]| {
        let report = folder.json(arguments);
        let found = report["diagnostics"].as_array().expect("a list").iter().map(parts);
        found.collect::<BTreeSet<_>>()
    };
    let rendered = found(&["render", "home"]);
    assert_eq!(rendered.len(), 5, "{rendered:#?}");
    let linted = found(&["lint", "home"]);
    assert!(rendered.is_subset(&linted), "{rendered:#?}\n{linted:#?}");
}

#[test]
fn a_file_that_the_server_cannot_read_is_reported() {
    let folder = started();
    edit_toml(&folder, "?useSSL=true", "?useSSL=true&x=1");
    edit_toml(&folder, "offset = 1", "offset = 1\nnote = \"say \\\"x\\\"\"");
    let wrong_tag = "<a>{% if server.note is defined %}<b>{{server.note}}<b>{% endif %}</a>\n";
    write_template(&folder, "repository/conf/a.xml", wrong_tag);
    write_template(&folder, "repository/conf/b.json", "{\"note\": \"{{server.note}}\"}\n");
    let run = folder.run(&["render", "home"]);
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err);
    let out = folder.run(&["render", "home", "--out", "out"]);
    assert_eq!(out.err, run.err, "it is written all the same, as the server would");
    assert_eq!(std::fs::read_to_string(folder.at("out/repository/conf/b.json")).expect("written"), "{\"note\": \"say \"x\"\"}\n");
    let parts = |finding: &serde_json::Value| ["message", "help", "file", "range"].map(|part| finding[part].to_string());
    let found = |arguments: &[&str]| {
        let report = folder.json(arguments);
        report["diagnostics"].as_array().expect("a list").iter().map(parts).collect::<BTreeSet<_>>()
    };
    let (rendered, linted) = (found(&["render", "home"]), found(&["lint", "home"]));
    assert_eq!(rendered.len(), 3, "{rendered:#?}");
    assert!(rendered.is_subset(&linted), "{rendered:#?}\n{linted:#?}");
    // In another environment the value is another one.
    edit_toml(&folder, "&x=1", "&amp;$env{MORE}");
    let of_env = |more: &str| {
        let mut command = folder.command(&["render", "home", "master-datasources.xml"]);
        Run::of(command.env("MORE", more))
    };
    assert_eq!(of_env("x=1").err, "");
    let run = of_env("x&1");
    assert!(run.err.contains("database.apim_db.url") && run.code == Some(1), "{}", run.err);
}

#[test]
fn hostile_templates_end_within_limits() {
    let folder = started();
    for (name, text) in [
        ("outside", "{% include \"/etc/passwd\" %}"),
        ("above", "{% include \"../../../../../../../../etc/passwd\" %}"),
        (
            "endless",
            "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% set x = a %}{% endfor %}{% endfor %}{% endfor %}",
        ),
        ("growing", "{% set x = \"aaaaaaaaaaaaaaaa\" %}{% for a in range(100) %}{% set x = x ~ x %}{% endfor %}{{ x }}"),
    ] {
        write_template(&folder, &format!("repository/conf/hostile/{name}.xml"), text);
    }
    let deep = "{% if a %}".repeat(5000);
    write_template(&folder, "repository/conf/hostile/deep.xml", &deep);
    let report = folder.json(&["render", "home"]);
    // The limits are numbers of steps and bytes, so that each template ends at the same place on every machine.
    let stops = report["diagnostics"].as_array().expect("a list").iter().map(|fault| {
        let file = fault["file"].as_str().expect("a path").rsplit('/').next().unwrap_or_default();
        format!("{file}: {}\n", fault["message"].as_str().expect("a text"))
    });
    insta::assert_snapshot!(stops.collect::<BTreeSet<_>>().into_iter().collect::<String>());
    for file in report["files"].as_array().expect("a list") {
        let expected = if file["path"].as_str().expect("a path").contains("hostile") { "failed" } else { "unchanged" };
        assert_eq!(file["state"], expected, "{file}");
    }
    assert_eq!(folder.run(&["render", "home", "carbon.xml"]).code, Some(0), "the others render");
}

#[test]
fn files_are_written_elsewhere() {
    let folder = started();
    edit_toml(&folder, "offset = 1", "offset = 2");
    let before = files_below(&folder.at("home"));
    let run = folder.run(&["render", "home", "--out", "made/out"]);
    assert_eq!((run.out.as_str(), run.err.as_str(), run.code), ("5 files written to made/out\n", "", Some(0)));
    assert!(folder.text("made/out/repository/conf/carbon.xml").contains("<Offset>2</Offset>"));
    assert!(
        folder.text("made/out/repository/conf/datasources/master-datasources.xml").contains("<password>example-only</password>")
    );
    assert_eq!(files_below(&folder.at("made/out")).len(), 5);
    assert_eq!(folder.run(&["render", "home", "--out", "made/out"]).code, Some(0), "what is there is replaced");
    for inside in ["home", "home/new", "./home/../home"] {
        let run = folder.run(&["render", "home", "--out", inside]);
        assert_eq!(run.code, Some(2), "{inside}");
        assert!(run.err.contains("is inside the home"), "{}", run.err);
    }
    assert_eq!(files_below(&folder.at("home")), before, "nothing is written into the home");
}

#[test]
fn what_cannot_be_rendered_is_not_written() {
    let folder = in_every_state();
    let run = folder.run(&["render", "home", "--out", "out"]);
    assert_eq!((run.out.as_str(), run.code), ("5 files written to out\n", Some(1)));
    assert!(run.err.contains("api-manager.xml.j2:8:5: error: "), "{}", run.err);
    assert!(!folder.at("out/repository/conf/api-manager.xml").exists());
    assert!(folder.at("out/repository/elsewhere/other.xml").exists());
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let folder = started();
    fs::create_dir_all(folder.at("out/repository")).expect("made");
    fs::create_dir(folder.at("outside")).expect("made");
    symlink("../../outside", folder.at("out/repository/conf")).expect("linked");
    let run = folder.run(&["render", "home", "--out", "out"]);
    assert!(run.code == Some(2) && run.err.contains("outside the output folder"), "{}", run.err);
    assert!(files_below(&folder.at("outside")).is_empty());
    // A link among the templates does not count as one.
    folder.write("secret.txt", "hunter2");
    symlink(folder.at("secret.txt"), folder.at(format!("home/{TEMPLATES}/repository/conf/linked.xml.j2"))).expect("linked");
    assert!(!folder.run(&["render", "home"]).out.contains("linked"));
}

#[test]
fn homes_that_render_nothing_say_why() {
    let folder = started();
    folder.write("empty/readme.txt", "");
    folder.write("xml/repository/conf/carbon.xml", "<Server/>");
    let check = |home: &str, code: i32, words: &str| {
        for arguments in [["render", home], ["get", home]] {
            let run = folder.run(&arguments);
            assert!(run.code == Some(code) && run.err.contains(words) && run.err.contains("help: "), "{arguments:?}: {run:?}");
        }
    };
    check("none", 2, "no such file or folder");
    check("empty", 3, "no WSO2 product home");
    check("xml", 3, "no templates");
    check(".", 2, "contains 2 homes");
    edit_toml(&folder, "[server]", "[server");
    check("home", 2, "is not valid TOML");
    edit_toml(&folder, "[server", "{% if x %}\n[server]\n{% endif %}\n#");
    check("home", 2, "is a template of a deployment tool");
    fs::remove_file(folder.at("home/repository/conf/deployment.toml")).expect("removed");
    check("home", 3, "`home/repository/conf/deployment.toml` does not exist");
}
