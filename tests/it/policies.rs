//! Rules of one's own: what they find and fix, how they are named, and what is refused.

use std::fs;

use serde_json::Value;

use crate::support::{Folder, Run, repository, run};

const TOML: &[u8] = b"[server]\nhostname = \"gateway-2.example.com\"\noffset = 5\n\n[super_admin]\npassword = \"x\"\n";

/// A lone file of API Manager 4.5.0 with the policies of the fixtures beside it, and this carbonlint.toml.
fn folder(config: &str) -> Folder {
    let folder = Folder::with(&[("deployment.toml", TOML), ("carbonlint.toml", config.as_bytes())]);
    folder.copy("policies", "policies");
    folder
}

/// What `lint` finds of policies, as `line rule severity`.
fn found(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let product = ["--product", "api-manager@4.5.0", "--format", "json"];
    let run: Value = folder.run(&[&["lint"], arguments, &product].concat()).json();
    let own = ["offset-of-host", "secret-outside-vault", "host-name-form"];
    let findings = run["diagnostics"].as_array().expect("a list").iter();
    let findings = findings.filter(|finding| own.contains(&finding["rule"].as_str().expect("a name")));
    let line = |finding: &Value| {
        let (rule, severity) = (finding["rule"].as_str().expect("text"), finding["severity"].as_str().expect("text"));
        format!("{} {rule} {severity}", finding["range"]["start"]["line"])
    };
    findings.map(line).collect()
}

fn failure(run: &Run) -> (&str, Option<i32>) {
    (&run.err, run.code)
}

#[test]
fn the_policies_of_the_fixtures_do_as_they_say() {
    let run = run(&["policy", "test", "fixtures/policies"]);
    assert_eq!((run.out.as_str(), run.code), ("14 examples of 5 rules: all as they say\n", Some(0)), "{}", run.err);
}

#[test]
fn policies_come_from_the_command_line_and_from_carbonlint_toml() {
    let expected = ["3 offset-of-host error", "6 secret-outside-vault error"];
    assert_eq!(found(&folder(""), &[]), [""; 0]);
    assert_eq!(found(&folder(""), &["--policy", "policies"]), expected);
    assert_eq!(
        found(&folder(""), &["--policy", "policies/ports", "--policy", "policies/secrets/secret-outside-vault.toml"]),
        expected
    );
    assert_eq!(found(&folder("policies = [\"policies\"]"), &[]), expected);
    assert_eq!(found(&folder("policies = [\"policies\"]"), &["--policy", "policies"]), expected);
    assert_eq!(found(&folder("policies = [\"policies\"]"), &["--no-config"]), [""; 0]);
}

#[test]
fn their_names_count_wherever_those_of_built_in_rules_do() {
    let policies = "policies = [\"policies\"]\n";
    for (config, arguments, expected) in [
        ("", &["--select", "secret-outside-vault"][..], &["6 secret-outside-vault error"][..]),
        ("", &["--select", "ports"], &["3 offset-of-host error"]),
        ("", &["--ignore", "offset-of-host"], &["6 secret-outside-vault error"]),
        ("ignore = [\"offset-of-host\"]", &[], &["6 secret-outside-vault error"]),
        ("[severity]\noffset-of-host = \"info\"\nsecret-outside-vault = \"off\"", &[], &["3 offset-of-host info"]),
        ("[per-file-ignores]\n\"*.toml\" = [\"secret-outside-vault\"]", &[], &["3 offset-of-host error"]),
    ] {
        assert_eq!(found(&folder(&format!("{policies}{config}")), arguments), expected, "{config} {arguments:?}");
    }
    let suppressed = folder(policies);
    suppressed.edit("deployment.toml", "offset = 5", "offset = 5 # carbonlint: ignore[offset-of-host] a test");
    assert_eq!(found(&suppressed, &[]), ["6 secret-outside-vault error"]);

    let listed = suppressed.run(&["rules"]).out;
    assert!(listed.contains("\n  offset-of-host "), "{listed}");
    let explained = suppressed.run(&["explain", "offset-of-host"]).out;
    assert!(explained.contains("\nExample: the offset of the other host\n") && !explained.contains("Sources"), "{explained}");
    let unknown = suppressed.run(&["lint", "--select", "offset-of-hst"]);
    assert_eq!(
        failure(&unknown),
        ("error: no rule or category is called `offset-of-hst`\n  help: did you mean `offset-of-host`?\n", Some(2))
    );
}

#[test]
fn their_fixes_are_applied_as_safely_as_they_say() {
    let folder = folder("policies = [\"policies\"]\nproduct = \"api-manager@4.5.0\"");
    for arguments in [&["fix"][..], &["fix", "--unsafe"]] {
        folder.run(arguments);
        assert!(folder.text("deployment.toml").contains("offset = 5\n"), "an offset needs the name of the rule");
    }
    let run = folder.run(&["fix", "--select", "offset-of-host"]);
    let fixed = "offset = 1 # carbonlint[offset-of-host] set to 1, was 5\n";
    assert!(folder.text("deployment.toml").contains(fixed) && run.code == Some(0), "{}", run.all());
    folder.run(&["fix", "--revert", "offset-of-host"]);
    assert!(folder.text("deployment.toml").contains("offset = 5\n"));
}

#[test]
fn a_faulty_policy_is_refused_with_its_place() {
    let rule = "severity = \"error\"\nsummary = \"x\"\n[when]\nkey = \"a\"\nmatchs = \"b\"\n";
    let folder = Folder::with(&[("deployment.toml", TOML), ("p/x.toml", rule.as_bytes())]);
    let refused = folder.run(&["lint", "--policy", "p"]);
    assert_eq!(
        failure(&refused),
        (
            "error: p/x.toml:5:1: unknown field `matchs`\n  help: did you mean `key_matches`, `matches` or `not_matches`?\n",
            Some(2)
        )
    );
    assert_eq!(failure(&folder.run(&["policy", "test", "p"])), (refused.err.as_str(), Some(2)));
    // One that carbonlint.toml names is a finding, as any other fault of that file.
    folder.write("carbonlint.toml", "policies = [\"p\"]");
    let found = folder.run(&["lint", "--format", "concise"]);
    let message = "line 1: p/x.toml:5:1: unknown field `matchs`; did you mean `key_matches`, `matches` or `not_matches`?";
    assert!(found.out.contains(message) && found.code == Some(1), "{}", found.all());
}

#[test]
fn a_new_rule_works_and_replaces_none() {
    let folder = Folder::new();
    let run = folder.run(&["policy", "new", "host-name-form"]);
    insta::assert_snapshot!(run.all());
    let test = folder.run(&["policy", "test"]);
    assert_eq!((test.out.as_str(), test.code), ("2 examples of 1 rule: all as they say\n", Some(0)), "{}", test.err);
    folder.write("policies/host-name-form.toml", "mine");
    let again = folder.run(&["policy", "new", "host-name-form"]);
    let refused = "error: `policies/host-name-form.toml` exists already\n  help: give the rule another name\n";
    assert_eq!((failure(&again), folder.text("policies/host-name-form.toml").as_str()), ((refused, Some(2)), "mine"));
    let name = folder.run(&["policy", "new", "../evil"]);
    assert!(name.err.contains(": `../evil` is not a name for a rule\n") && name.code == Some(2), "{}", name.err);
    assert!(!folder.at("evil.toml").exists());
}

#[test]
fn examples_that_are_not_so_are_told_apart() {
    let folder = Folder::new();
    folder.copy("policies/ports", "policies/ports");
    let path = "policies/ports/offset-of-host.toml";
    folder.edit(path, "and here it is 0\"]", "and here it is 7\"]");
    folder.edit(
        path,
        "[passes.files]\n\"deployment.toml\" = \"\"\"\n[server]\nhostname = \"analytics",
        "[passes.files]\n\"../deployment.toml\" = \"\"\"\n[server]\nhostname = \"analytics",
    );
    folder.edit(
        path,
        "title = \"the offset of the host\"\nproduct = \"api-manager@4.5.0\"",
        "title = \"the offset of the host\"\nproduct = \"api-managr@4.5.0\"",
    );
    let run = folder.run(&["policy", "test"]);
    insta::assert_snapshot!(run.all());
}

#[test]
fn the_example_in_rules_readme_is_valid() {
    let readme = fs::read_to_string(repository().join("rules/README.md")).expect("the README");
    let (_, rest) = readme.split_once("<!-- a policy -->\n\n```toml\n").expect("an example");
    let (text, _) = rest.split_once("```").expect("its end");
    let folder = Folder::with(&[("policies/an-example.toml", text.as_bytes())]);
    let run = folder.run(&["policy", "test"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
}
