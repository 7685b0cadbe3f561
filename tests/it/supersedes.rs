//! Rules that say more of a key than others: they take the place of these where they report it, and only there.

use crate::support::{Folder, Run};

/// The rules that report a line of deployment.toml in a file of this product.
fn rules_of_line(product: &str, text: &str, line: usize, arguments: &[&str]) -> Vec<String> {
    let folder = Folder::with(&[("deployment.toml", text.as_bytes())]);
    rules_in(&folder, line, &[&["--product", product], arguments].concat())
}

/// The rules that report a line of the only deployment.toml in a folder.
fn rules_in(folder: &Folder, line: usize, arguments: &[&str]) -> Vec<String> {
    let Run { out, err, .. } = folder.run(&[&["lint", ".", "--format", "concise"], arguments].concat());
    assert_eq!(err, "");
    let place = format!("deployment.toml:{line}:");
    let lines = out.lines().filter(|finding| finding.contains(&place));
    lines.filter_map(|finding| Some(finding.split_once('[')?.1.split_once(']')?.0.to_owned())).collect()
}

const MANAGEMENT_PORT: &str = "[mediation]\ninternal.http.api.port = 9191\n";
const PROXY: &str = "[transport.http.sender]\nproxy_host = \"proxy.example.com\"\n";

#[test]
fn a_rule_of_another_product_silences_none() {
    assert_eq!(rules_of_line("micro-integrator@4.2.0", MANAGEMENT_PORT, 2, &[]), ["mi-internal-api-port-key"]);
    let of_no_other = ["--ignore", "key-of-other-product"];
    assert_eq!(rules_of_line("api-manager@4.5.0", MANAGEMENT_PORT, 2, &of_no_other), ["unknown-key"]);
    assert_eq!(rules_of_line("api-manager@4.5.0", PROXY, 2, &[]), ["dead-passthru-tls-key"]);
    assert_eq!(rules_of_line("identity-server@7.1.0", PROXY, 2, &[]), ["key-of-other-product"]);
    assert_eq!(rules_of_line("identity-server@7.1.0", PROXY, 2, &of_no_other), ["unknown-key"]);
}

#[test]
fn a_rule_that_does_not_run_silences_none() {
    for arguments in [["--ignore", "dead-passthru-tls-key"], ["--ignore", "tls"], ["--select", "unknown-key"]] {
        assert_eq!(rules_of_line("api-manager@4.5.0", PROXY, 2, &arguments), ["unknown-key"], "{arguments:?}");
    }
}

#[test]
fn a_rule_that_finds_nothing_silences_none() {
    // Nobody wants the port closed, so `http-disable-key-unsupported` has nothing to say of the key that is not read.
    for (value, rule) in [("true", "key-not-in-version"), ("false", "http-disable-key-unsupported")] {
        let text = format!("[transport.http]\nenable = {value}\n");
        assert_eq!(rules_of_line("api-manager@4.2.0", &text, 2, &[]), [rule], "{value}");
    }
}

#[test]
fn other_keys_of_the_same_table_are_still_reported() {
    let text = format!("{PROXY}proxy = \"x\"\n");
    assert_eq!(rules_of_line("api-manager@4.5.0", &text, 2, &[]), ["dead-passthru-tls-key"]);
    assert_eq!(rules_of_line("api-manager@4.5.0", &text, 3, &[]), ["unknown-key"]);
    // A table of another kind is reported once, for all of its keys.
    let text = "[apim.gateway.environment]\nname = \"Default\"\ntype = \"hybrid\"\n";
    let rules = |arguments: &[&str]| [1, 2, 3].map(|line| rules_of_line("api-manager@4.5.0", text, line, arguments));
    assert_eq!(rules(&["--select", "keys"]), [vec!["table-vs-array".to_owned()], vec![], vec![]]);
    let alone = rules(&["--select", "unknown-key"]).concat();
    assert!(!alone.is_empty(), "without that rule the keys are not read all the same");
}

#[test]
fn a_value_that_the_validator_refuses_is_reported_by_one_rule() {
    let folder = Folder::with(&[
        ("updates/product.txt", b"wso2am-4.5.0"),
        ("repository/conf/deployment.toml", b"[user_store]\ntype = \"oracle\"\n"),
        ("repository/resources/conf/validator.json", br#"{"user_store.type": [{"regex": "\\Aldap\\Z|\\Adatabase\\Z"}]}"#),
        ("repository/resources/conf/templates/repository/conf/user-mgt.xml.j2", b"<a>{{ user_store.type }}</a>\n"),
    ]);
    assert_eq!(rules_in(&folder, 2, &[]), ["unknown-value"]);
    assert_eq!(rules_in(&folder, 2, &["--ignore", "unknown-value"]), ["value-refused"]);
}
