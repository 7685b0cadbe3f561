//! `get` as people and scripts see it, on copies of a started home.

use std::fs;

use serde_json::Value;

use crate::render::{edit_toml, started};
use crate::support::Run;

#[test]
fn every_value_has_its_origin() {
    let folder = started();
    insta::assert_snapshot!(folder.run(&["get", "home"]).all());
}

#[test]
fn a_value_in_json_has_its_place() {
    let folder = started();
    insta::assert_snapshot!(
        folder.run(&["get", "home", "oauth.token_validation.app_access_token_validity", "--format", "json"]).all()
    );
    let origin = |key: &str| {
        let report = folder.json(&["get", "home", key]);
        (report["values"][0]["origin"].clone(), report["values"][0]["range"]["start"]["line"].clone())
    };
    assert_eq!(origin("server.offset"), (Value::from("user"), Value::from(4)));
    assert_eq!(origin("user_store.class"), (Value::from("inferred"), Value::from(12)));
    assert_eq!(origin("passthru_http.port"), (Value::from("default"), Value::from(8)));
}

#[test]
fn keys_are_found_as_written_as_mapped_and_by_table() {
    let folder = started();
    let keys = |key: &str| {
        let report = folder.json(&["get", "home", key]);
        let values = report["values"].as_array().expect("a list").clone();
        values.iter().map(|value| value["key"].as_str().expect("a key").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys("transport.passthru_http.listener.enable"), ["passthru_http.enabled"]);
    assert_eq!(keys("transport"), ["passthru_http.enabled"]);
    assert_eq!(keys("server"), ["server.base_path", "server.home_note", "server.hostname", "server.offset"]);
    let unknown = folder.run(&["get", "home", "server.hostnmae"]);
    assert_eq!((unknown.out.as_str(), unknown.code), ("", Some(1)));
    assert_eq!(
        unknown.err,
        "error: nothing sets `server.hostnmae`: neither deployment.toml nor infer.json nor default.json\n  help: did you mean `server.hostname`?\n"
    );
    assert_eq!(folder.json(&["get", "home", "nothing.at.all"])["values"], Value::Array(Vec::new()));
}

#[test]
fn a_value_takes_the_environment_where_it_is_known() {
    let folder = started();
    edit_toml(&folder, "api.shop.example\"\noffset", "$env{SHOP_HOST}\"\noffset");
    assert!(folder.run(&["get", "home", "server.hostname"]).out.starts_with("server.hostname = \"$env{SHOP_HOST}\"  # user, "));
    // What the environment of the caller has is shown only on demand.
    let mut command = folder.command(&["get", "home", "apim.key_manager.service_url"]);
    let run = Run::of(command.env("SHOP_HOST", "known.example"));
    assert!(run.out.starts_with("apim.key_manager.service_url = \"***\"  # user, "), "{}", run.out);
    assert!(run.out.ends_with(", hidden: it has a secret, or a variable that `--show-env` shows\n"), "{}", run.out);
    let mut command = folder.command(&["get", "home", "apim.key_manager.service_url", "--show-env"]);
    let run = Run::of(command.env("SHOP_HOST", "known.example"));
    assert!(run.out.starts_with("apim.key_manager.service_url = \"https://known.example:9444/services/\""), "{}", run.out);
}

#[test]
fn the_product_of_carbonlint_toml_counts_for_every_command() {
    let folder = started();
    for part in ["updates", "bin"] {
        fs::remove_dir_all(folder.at(format!("home/{part}"))).expect("removed");
    }
    // The only other file that names the product.
    fs::remove_file(folder.at("home/repository/conf/carbon.xml")).expect("removed");
    let product = |configured: bool| {
        let first = |run: Run| run.out.lines().next().unwrap_or_default().to_owned();
        let ports = first(folder.run(&["ports", "home"]));
        let lint = folder.json(&["lint", "home"])["homes"][0]["product"].clone();
        let expected = if configured { "API Manager 4.5.0" } else { "unknown product" };
        assert_eq!(first(folder.run(&["render", "home"])), format!("home: {expected}"));
        assert!(ports.contains(expected), "{ports}");
        assert_eq!(lint.is_null(), !configured);
    };
    product(false);
    folder.write("carbonlint.toml", "product = \"api-manager@4.5.0\"\n");
    product(true);
    folder.write("carbonlint.toml", "prodct = 1\n");
    for command in ["get", "render"] {
        let run = folder.run(&[command, "home"]);
        let expected = "warning: carbonlint.toml: cannot be read: line 1: unknown key `prodct`; did you mean `product`?";
        assert!(run.err.contains(expected), "{command}: {}", run.err);
    }
}
