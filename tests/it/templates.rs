//! Templates of deployment tools, and configuration files inside YAML files.

use std::fs;

use crate::support::{Folder, Run, command_in, run};

fn lint(folder: &Folder, arguments: &[&str]) -> Run {
    Run::of(&mut command_in(folder.path(), &[&["lint", "--format", "concise"], arguments].concat()))
}

#[test]
fn a_config_map_is_checked_with_places_in_the_yaml_file() {
    let linted = run(&["lint", "--format", "concise", "fixtures/charts"]);
    let found: Vec<&str> = linted.out.lines().collect();
    assert_eq!(
        found,
        [
            "fixtures/charts/gateway/templates/gateway-conf.yaml:12:5: info[offset-not-integer] the offset `\"0\"` is a string",
            "fixtures/charts/gateway/templates/gateway-conf.yaml:19:5: error[toml-syntax] key `user_store.type` is defined twice",
            "fixtures/charts/plain/conf.yaml:9:5: info[offset-not-integer] the offset `\"0\"` is a string",
            "fixtures/charts/plain/conf.yaml:22:7: info[offset-not-integer] the offset `\"1\"` is a string",
            "fixtures/charts/plain/conf.yaml:25:19: error[secret-undefined] `[secrets]` has no alias for `$secret{trust}`: the server does not start, or runs without the secret",
            "fixtures/charts/plain/conf.yaml:29:25: error[xml-not-well-formed] expected `</Offset>`, found `</Ofset>`",
        ]
    );
}

#[test]
fn a_fix_of_a_config_map_keeps_the_indentation_and_what_is_around() {
    let folder = Folder::copy_of("charts");
    let rules = ["--select", "offset-not-integer", "--select", "http-passthru-enabled", "--product", "api-manager@4.5.0"];
    let fix = |arguments: &[&str]| {
        Run::of(&mut command_in(folder.path(), &[&["fix", "plain/conf.yaml"], &rules[..], arguments].concat()))
    };
    let before = fs::read_to_string(folder.at("plain/conf.yaml")).expect("a ConfigMap");
    let mark = "# carbonlint[http-passthru-enabled] set to false, table and blank line added";
    let added = |indent: &str| format!("\n{indent}[transport.passthru_http.listener]\n{indent}enable = false {mark}\n");
    let expected = before
        .replace("offset = \"0\"", "offset = 0")
        .replace("offset = \"1\"", "offset = 1")
        .replace("    port = 8243\n", &format!("    port = 8243\n{}", added("    ")))
        .replace("$secret{trust}\"\n", &format!("$secret{{trust}}\"\n{}", added("      ")));
    let diff = fix(&["--diff"]);
    assert!(diff.out.contains("+++ b/plain/conf.yaml") && diff.out.contains("+    enable = false"), "{}", diff.out);
    assert_eq!(fs::read_to_string(folder.at("plain/conf.yaml")).expect("unchanged"), before);
    let fixed = fix(&[]);
    assert_eq!(fs::read_to_string(folder.at("plain/conf.yaml")).expect("fixed"), expected, "{}", fixed.all());
    assert!(fixed.out.contains("4 findings fixed in 1 file"), "{}", fixed.out);
    assert!(fix(&[]).out.contains("0 findings fixed"), "nothing is left");
    let reverted = folder.run(&["fix", "--revert", "http-passthru-enabled", "plain/conf.yaml", "--product", "api-manager@4.5.0"]);
    let unmarked = expected.replace(&added("    "), "").replace(&added("      "), "");
    assert_eq!(fs::read_to_string(folder.at("plain/conf.yaml")).expect("reverted"), unmarked, "{}", reverted.all());
}

#[test]
fn other_yaml_is_not_parsed() {
    let folder = Folder::with(&[
        ("values.yaml", b"a: [\n"),
        ("templates/deployment.yaml", b"apiVersion: apps/v1\nspec: {{ toYaml .x }}\n"),
        ("worker/deployment.yaml", b"a: [\n"),
    ]);
    for foreign in ["values.yaml", "templates/deployment.yaml"] {
        assert_eq!(lint(&folder, &[foreign]).out, "", "{foreign}");
    }
    assert!(lint(&folder, &["worker/deployment.yaml"]).out.contains("error[yaml-syntax]"));
}

#[test]
fn a_tag_anywhere_makes_a_value_unknown_in_a_home_too() {
    let home = Folder::copy_of("homes/api-manager-4.5.0");
    let toml = home.at("repository/conf/deployment.toml");
    let text = fs::read_to_string(&toml).expect("a deployment.toml");
    let filled = text
        .replace("type = \"database_unique_id\"", "type = \"<%= @type %>\"")
        .replace("name = \"Default\"", "name = \"{% if a %}<&{% endif %}\"")
        .replace("password = \"admin\"", "password = \"{{ a & b }}\"");
    assert_ne!(filled, text);
    let before = lint(&home, &[".", "--ignore", "credentials"]).out;
    fs::write(&toml, &filled).expect("written");
    assert_eq!(lint(&home, &[".", "--ignore", "default-keystore-credentials"]).out, before);
}

#[test]
fn the_keys_of_a_template_in_a_home_are_checked_with_the_home_s_own() {
    let home = Folder::copy_of("homes/api-manager-4.5.0");
    let template =
        b"[server]\noffset = {{ .Values.offset }}\n{{ $key }} = 1\n{{ if .x }}\n{{ else }}\nno_such_key = 1\n{{ end }}\n";
    home.write("repository/conf/deployment.toml", template);
    let found = lint(&home, &["--select", "unknown-key", "--select", "template-not-checked", "."]).out;
    let found: Vec<&str> = found.lines().collect();
    let path = "repository/conf/deployment.toml";
    assert_eq!(
        found,
        [
            format!(
                "{path}:2:10: info[template-not-checked] a deployment tool fills in values: what the server renders from them was not checked"
            ),
            format!("{path}:6:1: warning[unknown-key] `server.no_such_key` has no effect: no template reads it"),
        ]
    );
}

#[test]
fn a_byte_order_mark_is_the_only_finding_of_a_template() {
    for name in ["deployment.toml.j2", "deployment.toml.erb", "deployment.toml.template"] {
        let folder = Folder::with(&[(name, "\u{feff}[server]\nhostname = \"{{ x }}\"\n".as_bytes())]);
        let fixed = Run::of(&mut command_in(folder.path(), &["fix", name]));
        assert!(fixed.out.ends_with("1 finding fixed in 1 file\n"), "{}", fixed.out);
        assert_eq!(fs::read(folder.at(name)).expect("fixed"), b"[server]\nhostname = \"{{ x }}\"\n");
    }
}
