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

/// A home that is configured in XML, with a secret in a file, and this rule about it.
fn xml_home(rule: &str) -> Folder {
    let carbon = "<Server xmlns=\"http://wso2.org/projects/carbon/carbon.xml\">\n<ServerKey>AM</ServerKey>\n<Version>2.6.0</Version>\n</Server>\n";
    let store =
        "<Store>\n<Parameter name=\"connectionPassword\" value=\"Qx7secret\"/>\n<Password>Qx7secret</Password>\n</Store>\n";
    Folder::with(&[
        ("am/repository/conf/carbon.xml", carbon.as_bytes()),
        ("am/repository/conf/store.xml", store.as_bytes()),
        ("p/x.toml", format!("severity = \"error\"\nsummary = \"x\"\n{rule}").as_bytes()),
    ])
}

#[test]
fn secrets_are_not_printed_and_not_changed_without_the_name_of_the_rule() {
    let attribute = "[when]\nfile = \"conf/store.xml\"\npath = \"Store/Parameter/@value\"\nmessage = \"it is {value}\"\n";
    let folder = xml_home(&attribute.replace("[when]", "fix = \"none\"\n[when]"));
    for format in ["human", "concise", "json"] {
        let run = folder.run(&["lint", "--policy", "p", "--format", format, "am"]);
        assert!(run.out.contains("it is ***") && !run.out.contains("Qx7secret"), "{}", run.all());
    }
    let element = "fix = \"safe\"\n[when]\nfile = \"conf/store.xml\"\npath = \"Store/Password\"\nmatches = \"Qx7\"\nfix.replace = \"Zy8\"\n";
    let folder = xml_home(element);
    for arguments in [&["fix", "--policy", "p", "am"][..], &["fix", "--policy", "p", "--unsafe", "am"]] {
        let run = folder.run(arguments);
        assert!(folder.text("am/repository/conf/store.xml").contains("<Password>Qx7secret</Password>"), "{}", run.all());
    }
    let run = folder.run(&["fix", "--policy", "p", "--select", "x", "am"]);
    assert!(folder.text("am/repository/conf/store.xml").contains("<Password>Zy8secret</Password>"), "{}", run.all());
    assert!(!run.out.contains("Zy8secret") && !run.out.contains("Qx7secret"), "{}", run.out);
}

#[test]
fn a_fix_that_changes_nothing_is_not_offered_and_stops_no_other() {
    let rule = "severity = \"error\"\nfix = \"safe\"\nsummary = \"x\"\n[when]\nkey = \"server.hostname\"\nfix.set = \"x\"\n";
    let toml = "[server]\nhostname = \"x\"\noffset = \"1\"\n";
    let folder = Folder::with(&[("deployment.toml", toml.as_bytes()), ("p/x.toml", rule.as_bytes())]);
    let run = folder.run(&["fix", "--policy", "p", "--product", "api-manager@4.5.0", "deployment.toml"]);
    assert_eq!(folder.text("deployment.toml"), "[server]\nhostname = \"x\"\noffset = 1\n", "{}", run.all());
}

#[test]
fn a_rule_has_one_name_in_all_policies_and_links_count() {
    let rule = "severity = \"error\"\nsummary = \"x\"\n[when]\nkey = \"server.hostname\"\n";
    let folder = Folder::with(&[
        ("deployment.toml", TOML),
        ("a/x.toml", rule.as_bytes()),
        ("b/x.toml", rule.as_bytes()),
        ("c/..2026/x.toml", rule.as_bytes()),
        ("c/.git/config.toml", b"[core]\n"),
    ]);
    let run = folder.run(&["lint", "--policy", "a", "--policy", "b"]);
    assert!(run.err.ends_with(": a rule of another policy is called `x` too\n  help: rename one of them\n"), "{}", run.err);
    assert_eq!(run.code, Some(2));
    // A mounted ConfigMap.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..2026", folder.at("c/..data")).expect("a link");
        std::os::unix::fs::symlink("..data/x.toml", folder.at("c/x.toml")).expect("a link");
        std::os::unix::fs::symlink("..", folder.at("a/loop")).expect("a link");
        let found = folder.run(&["lint", "--policy", "c", "--select", "x", "--format", "concise"]);
        assert!(found.out.contains("error[x]"), "{}", found.all());
        assert_eq!(folder.run(&["lint", "--policy", "a"]).code, Some(2), "a loop of links is refused");
    }
}

#[test]
fn conditions_inside_others_are_bounded() {
    let inner = |depth: usize| {
        let keys = ["y[].a", "x[].a"];
        (0..depth).fold("{ key = \"x[].a\", equals = \"never\" }".to_owned(), |inner, level| {
            format!("{{ key = \"{}\", all = [{inner}] }}", keys[level % 2])
        })
    };
    let rule = format!("severity = \"error\"\nsummary = \"x\"\n[when]\nkey = \"x[].a\"\nall = [{}]\n", inner(5));
    let toml = "[[x]]\na = 1\n[[y]]\na = 1\n".repeat(100);
    let folder = Folder::with(&[("deployment.toml", toml.as_bytes()), ("p/x.toml", rule.as_bytes())]);
    let run = folder.run(&["lint", "--policy", "p", "--select", "x", "--format", "concise"]);
    let message = "`x` was not checked: its conditions inside others take more than 100000 steps here";
    assert!(run.out.contains(message), "{}", run.all());
}

#[test]
fn what_policies_say_cannot_act_on_a_terminal() {
    let escape = "\\u001b[31m";
    let rule = format!(
        "severity = \"error\"\nsummary = \"a{escape}\\nb\"\nexplanation = \"{escape}\"\n[when]\nkey = \"server.hostname\"\n\
         message = \"{escape}\"\n[[fails]]\ntitle = \"{escape}\"\nfindings = [\"{escape}\"]\n[fails.files]\n\"deployment.toml\" = \"\"\n"
    );
    let folder = Folder::with(&[("deployment.toml", TOML), ("p/x.toml", rule.as_bytes())]);
    for command in [
        &["policy", "test", "p"][..],
        &["rules", "--policy", "p"],
        &["rules", "--policy", "p", "--format", "markdown"],
        &["explain", "x", "--policy", "p"],
        &["lint", "--policy", "p"],
        &["lint", "--policy", "p", "--format", "concise"],
    ] {
        let run = folder.run(command);
        assert!(run.out.contains("u{1b}") && !run.out.contains('\u{1b}'), "{command:?}: {}", run.all());
    }
}

#[test]
fn broken_rules_do_not_pass_their_test() {
    let start = "severity = \"error\"\nsummary = \"x\"\n";
    let when = "[when]\nkey = \"server.hostname\"\nequals = \"x\"\n";
    let example =
        |kind: &str, name: &str, text: &str| format!("[[{kind}]]\ntitle = \"t\"\n[{kind}.files]\n\"{name}\" = '''\n{text}'''\n");
    let found = "[server]\nhostname = \"x\"\n";
    let repeated = format!(
        "[[fails]]\ntitle = \"t\"\n[fails.files]\n\"a.xml\" = {{ before = \"\", repeat = \"{}\", times = 65535, after = \"\" }}\n",
        "x".repeat(1000)
    );
    for (fix, change, examples, expected) in [
        ("", "", String::new(), "x: it has no examples: add `[[fails]]` and `[[passes]]`\n"),
        ("", "", example("passes", "deployment.toml", found), "x: t: the rule finds something\n  found\n"),
        ("", "", example("fails", "deployment.toml", ""), "x: t: the rule finds nothing\n"),
        ("", "", example("passes", "deployment.toml", "a =\n"), "x: t: a file has a syntax error\n"),
        ("", "", example("passes", "deploy.ini", ""), "x: t: carbonlint checks none of its files: "),
        (
            "fix = \"safe\"\n",
            "fix.rename = \"x[].host\"\n",
            example("fails", "deployment.toml", found),
            "x: no example is fixed, although the rule says that it has a fix\n",
        ),
        (
            "",
            "",
            example("fails", "deployment.toml", found).replace("title = \"t\"", "title = \"t\"\nalso = [\"x\"]"),
            "x: t: `also` and `fix` are for built-in rules: remove them\n",
        ),
        ("", "", repeated, "x: t: `a.xml` is larger than 16 MiB\n"),
    ] {
        let rule = format!("{start}{fix}{when}{change}{examples}");
        let folder = Folder::with(&[("p/x.toml", rule.as_bytes())]);
        let run = folder.run(&["policy", "test", "p"]);
        assert!(run.out.contains(expected) && run.code == Some(1), "{rule}\n{}", run.all());
    }
}
