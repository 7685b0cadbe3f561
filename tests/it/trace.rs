//! `trace` as people and scripts see it, on copies of a started home.

use serde_json::Value;

use crate::render::{edit_toml, started};

#[test]
fn a_line_shows_its_values_their_places_and_the_conditions() {
    let folder = started();
    insta::assert_snapshot!(folder.run(&["trace", "home", "carbon.xml:10"]).all());
}

#[test]
fn a_file_shows_every_line_with_a_value() {
    let folder = started();
    insta::assert_snapshot!(folder.run(&["trace", "home", "repository/conf/carbon.xml"]).all());
}

#[test]
fn a_line_in_json_has_the_fields_of_the_contract() {
    let folder = started();
    insta::assert_snapshot!(folder.run(&["trace", "home", "carbon.xml:10", "--format", "json"]).all());
}

#[test]
fn a_key_shows_where_it_is_printed_and_what_it_decides() {
    let folder = started();
    insta::assert_snapshot!(folder.run(&["trace", "home", "server.offset"]).all());
    insta::assert_snapshot!(folder.run(&["trace", "home", "server.offset", "--format", "json"]).all());
}

#[test]
fn a_key_is_followed_through_inference_references_and_mapping() {
    let folder = started();
    let keys = |key: &str| {
        let report = folder.json(&["trace", "home", key]);
        let names = |list: &str| {
            let values = report[list].as_array().expect("a list").iter();
            values.map(|value| value["key"].as_str().expect("a key").to_owned()).collect::<Vec<_>>()
        };
        (names("values"), names("following"))
    };
    let (own, following) = keys("user_store.type");
    assert_eq!(own, ["user_store.type"]);
    assert!(following.contains(&"user_store.class".to_owned()), "{following:?}");
    let (own, _) = keys("transport.passthru_http.listener.enable");
    assert_eq!(own, ["passthru_http.enabled"]);
    let (_, following) = keys("server.hostname");
    assert!(following.contains(&"apim.key_manager.service_url".to_owned()), "{following:?}");
}

#[test]
fn a_key_that_decides_nothing_says_why() {
    let folder = started();
    let run = folder.run(&["trace", "home", "server.hostnmae"]);
    assert_eq!(
        (run.out.as_str(), run.code),
        (
            "server.hostnmae  # not set\ndecides nothing: nothing sets `server.hostnmae`, and no template reads it; did you mean \
         `server.hostname`?\n",
            Some(1)
        )
    );
    edit_toml(&folder, "[server]\n", "[server]\nunread = 1\n");
    let run = folder.run(&["trace", "home", "server.unread"]);
    assert_eq!(
        (run.out.as_str(), run.code),
        ("server.unread = 1  # user, deployment.toml:3\ndecides nothing: no template reads `server.unread`\n", Some(1))
    );
}

#[test]
fn no_secret_is_shown() {
    let folder = started();
    edit_toml(&folder, "[server]\n", "[super_admin]\npassword = \"hunter2-hunter2\"\n\n[server]\n");
    for target in ["super_admin.password", "super_admin", "user-mgt.xml", "carbon.xml"] {
        for format in ["text", "json"] {
            let run = folder.run(&["trace", "home", target, "--format", format]);
            assert!(!run.all().contains("hunter2-hunter2"), "{}", run.all());
        }
    }
}

#[test]
fn a_wrong_target_is_explained() {
    let folder = started();
    for (target, expected) in [
        ("carbon.xml:999", "error: `repository/conf/carbon.xml` has no line 999\n  help: it has 16 lines\n"),
        ("carbn.xml:3", "error: the server renders no file `carbn.xml`\n  help: did you mean `repository/conf/carbon.xml`?\n"),
        (
            "repository/conf/deployment.toml:1",
            "error: the server renders no file `repository/conf/deployment.toml`: it has no template, so the server reads it as it is\n",
        ),
        (
            "/etc/passwd",
            "error: the server renders no file `/etc/passwd`\n  help: `carbonlint render home` lists the files that the server renders\n",
        ),
        (
            ".",
            "error: `.` is neither a file nor a key\n  help: name a rendered file such as carbon.xml:24, or a key such as server.offset\n",
        ),
    ] {
        let run = folder.run(&["trace", "home", target]);
        assert_eq!((run.err.as_str(), run.code), (expected, Some(2)), "{target}");
    }
    let json = folder.json(&["trace", "home", "carbon.xml:1"]);
    assert_eq!(json["keys"], Value::Array(Vec::new()));
}
