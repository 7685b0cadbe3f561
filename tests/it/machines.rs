//! Homes on one machine: when they are compared, what is said of the ports that they share, and what `ports` answers about a port.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Folder, Run, run};

const RULE: &str = "port-conflict-across-homes";
const TOML: &str = "repository/conf/deployment.toml";

/// A folder with `count` homes of Identity Server, `node0` and so on, which open the same ports.
fn nodes(count: usize) -> Folder {
    let folder = Folder::new();
    for node in 0..count {
        folder.write(format!("node{node}/bin/wso2server.sh"), "#!/bin/sh\n");
        folder.write(format!("node{node}/updates/product.txt"), "wso2is-7.1.0\n");
        folder.write(format!("node{node}/{TOML}"), "[server]\nhostname = \"localhost\"\n");
    }
    folder
}

fn conflicts(folder: &Folder, arguments: &[&str]) -> Run {
    folder.run(&[&["lint", "--select", RULE, "--format", "concise"], arguments].concat())
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("no list `{name}` in {value}"))
}

#[test]
fn services_on_the_network_of_their_machine_share_it() {
    let folder = nodes(4);
    let compose = "services:\n  a:\n    network_mode: host\n    build: ./node0\n  b:\n    network_mode: host\n    volumes:\n      \
                   - ./node1/repository/conf:/home/wso2/conf:ro\n      - data:/data\n  c:\n    build: {context: node2}\n  d:\n    \
                   network_mode: host\n    build: .\n";
    folder.write("docker-compose.yml", compose);
    let found = conflicts(&folder, &["."]).out;
    assert!(found.contains(&format!("node1/{TOML}:1:1: error[{RULE}] servlet-https uses tcp port 9443, as does")), "{found}");
    assert!(!found.contains("node2") && !found.contains("node3") && found.lines().count() == 3, "{found}");
    folder.write("docker-compose.yml", compose.replace("network_mode: host", "restart: always"));
    assert_eq!(conflicts(&folder, &["."]).out, "");
    folder.write("docker-compose.yml", "services: [\n");
    assert_eq!(conflicts(&folder, &["."]).out, "");
}

#[test]
fn homes_are_compared_only_where_somebody_says_that_they_share_a_machine() {
    const NOTE: &str = "note: 3 ports would be taken twice if these homes ran on one machine; `--same-host` checks it\n";
    let folder = nodes(2);
    let silent = conflicts(&folder, &["."]);
    assert_eq!((silent.out.as_str(), silent.err.as_str(), silent.code), ("", NOTE, Some(0)));
    let ports = folder.run(&["ports", ".", "--check"]);
    assert_eq!((ports.err.as_str(), ports.code), (NOTE, Some(0)));
    assert!(!ports.out.contains("conflict"), "{}", ports.out);

    let told = conflicts(&folder, &[".", "--same-host"]);
    let place = format!("node1/{TOML}:1:1: error[{RULE}]");
    assert_eq!(
        told.out,
        format!(
            "{place} servlet-http uses tcp port 9763, as does servlet-http of `{0}/node0`\n\
             {place} servlet-https uses tcp port 9443, as does servlet-https of `{0}/node0`\n\
             {place} thrift-authentication uses tcp port 10711, as does thrift-authentication of `{0}/node0`\n",
            folder.path().file_name().expect("a name").to_string_lossy()
        )
    );
    assert_eq!((told.err.as_str(), told.code), ("", Some(1)));
    assert_eq!(folder.run(&["ports", ".", "--check", "--same-host"]).code, Some(1));

    folder.write("carbonlint.toml", "[hosts]\nbig = [\"node0\", \"node1\"]\n");
    assert_eq!(conflicts(&folder, &["."]).out, told.out);
    folder.write("carbonlint.toml", "[hosts]\none = [\"node0\"]\ntwo = [\"node1\"]\n");
    assert_eq!(conflicts(&folder, &["."]).all(), "--- standard error\n--- exit code 0\n");
    // With other host names they are no candidates.
    folder.write("carbonlint.toml", "");
    folder.edit(&format!("node1/{TOML}"), "localhost", "is2.example.com");
    assert_eq!(conflicts(&folder, &["."]).all(), "--- standard error\n--- exit code 0\n");
}

#[test]
fn hosts_that_cannot_be_right_are_a_finding() {
    let folder = nodes(2);
    for (text, expected) in [
        ("[hosts]\na = [\"nod0\"]\n", "`hosts.a` names `nod0`, which does not exist"),
        ("[hosts]\na = [\"node0\"]\nb = [\"node0\"]\n", "`node0` is listed for `a` and for `b`"),
        ("[host]\na = [\"node0\"]\n", "unknown key `host`; did you mean `hosts`?"),
    ] {
        folder.write("carbonlint.toml", text);
        let out = folder.run(&["lint", ".", "--format", "concise"]).out;
        assert_eq!(out.matches(expected).count(), 1, "{text}: {out}");
    }
}

#[test]
fn a_port_is_reported_once_in_each_later_home_and_the_offsets_leave_no_conflict() {
    let folder = nodes(4);
    folder.edit(&format!("node3/{TOML}"), "[server]", "[server]\noffset = 1");
    let report = folder.json(&["ports", ".", "--same-host"]);
    let found = list(&report, "conflicts");
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(list(&found[0], "listeners").len(), 3);
    let offsets: BTreeMap<&str, i64> = list(&report, "suggested_offsets")
        .iter()
        .map(|suggestion| (suggestion["home"].as_str().expect("a home"), suggestion["value"].as_i64().expect("an offset")))
        .collect();
    assert_eq!(offsets, BTreeMap::from([("node1", 2), ("node2", 3)]));
    let findings = conflicts(&folder, &[".", "--same-host"]).out;
    assert_eq!(findings.lines().count(), 6, "{findings}");
    let table = folder.run(&["ports", ".", "--same-host"]).out;
    let end = "\nThese offsets avoid all conflicts, with the smallest total change:\n      2  node1\n      3  node2\n";
    assert!(table.ends_with(end), "{table}");

    let fixed = folder.run(&["fix", ".", "--same-host", "--select", RULE]);
    assert!(folder.text(&format!("node1/{TOML}")).contains("offset = 2"), "{}", fixed.all());
    assert_eq!(conflicts(&folder, &[".", "--same-host"]).all(), "--- standard error\n--- exit code 0\n");
    assert_eq!(folder.run(&["ports", ".", "--same-host", "--check"]).code, Some(0));
}

#[test]
fn a_port_that_no_offset_moves_is_to_be_changed_itself() {
    const ENDPOINTS: &str = "repository/deployment/server/synapse-configs/default/inbound-endpoints";
    let folder = Folder::new();
    for node in ["a", "b"] {
        folder.write(format!("{node}/bin/micro-integrator.sh"), "#!/bin/sh\n");
        folder.write(format!("{node}/updates/product.txt"), "wso2mi-4.2.0\n");
        folder.write(format!("{node}/conf/deployment.toml"), "[server]\nhostname = \"localhost\"\n");
        folder.write(
            format!("{node}/{ENDPOINTS}/Orders.xml"),
            "<inboundEndpoint name=\"Orders\" protocol=\"http\"><parameters>\n\
             <parameter name=\"inbound.http.port\">8095</parameter></parameters></inboundEndpoint>\n",
        );
    }
    let findings = folder.json(&["lint", ".", "--same-host", "--select", RULE]);
    let findings = list(&findings, "diagnostics");
    let fixed = findings.iter().find(|finding| finding["file"] == format!("b/{ENDPOINTS}/Orders.xml").as_str());
    assert_eq!(fixed.expect("at its own place")["help"], "no offset avoids this: give mi-inbound-http another port");
    let table = folder.run(&["ports", ".", "--same-host"]).out;
    assert!(
        table.contains("\nThese offsets avoid the other conflicts, with the smallest total change:\n     11  b\n"),
        "{table}"
    );
    assert!(table.ends_with("\nNo offset avoids 1 conflict: change one of the ports.\n"), "{table}");
}

#[test]
fn the_report_grows_with_the_homes_and_not_with_their_pairs() {
    let sizes = |count| {
        let folder = nodes(count);
        let size = |arguments: &[&str]| folder.run(arguments).out.len();
        [
            size(&["lint", ".", "--same-host", "--select", RULE, "--format", "json"]),
            size(&["ports", ".", "--same-host", "--format", "json"]),
            size(&["ports", ".", "--same-host"]),
        ]
    };
    let (some, twice) = (sizes(20), sizes(40));
    for (some, twice) in some.into_iter().zip(twice) {
        assert!(twice < some * 5 / 2, "{some} bytes for 20 homes, {twice} for 40");
    }
}

#[test]
fn find_says_who_takes_a_port() {
    let find = |port: &str, more: &[&str]| {
        let home = ["ports", "fixtures/homes/api-manager-4.5.0", "--find", port];
        let found = run(&[&home[..], more].concat());
        (found.out, found.code)
    };
    assert_eq!(
        find("9443", &[]),
        (
            "port 9443/tcp is taken by servlet-https of fixtures/homes/api-manager-4.5.0: HTTPS servlet transport (management \
             console, admin services)\n"
                .to_owned(),
            Some(0)
        )
    );
    let (closed, code) = find("1883", &[]);
    assert!(closed.starts_with("nothing takes port 1883\nport 1883/tcp would be taken by mqtt of "), "{closed}");
    assert_eq!(code, Some(1));
    assert_eq!(find("1234", &[]), ("nothing takes port 1234\n".to_owned(), Some(1)));
    let json = run(&["ports", "fixtures/homes/api-manager-4.5.0", "--find", "9443", "--format", "json"]).json();
    let ids: Vec<&Value> = list(&json["homes"][0], "listeners").iter().map(|listener| &listener["id"]).collect();
    assert_eq!(ids, ["servlet-https"]);
    // The offset of the command line counts.
    assert_eq!(find("9443", &["--port-offset", "1"]).1, Some(1));
    assert_eq!(run(&["ports", "--find", "0"]).code, Some(2));
    let outbound = run(&["ports", "--product", "enterprise-mobility-manager", "--find", "5223"]);
    assert!(outbound.out.contains("port 5223/tcp of another server is used by "), "{}", outbound.out);
    assert_eq!(outbound.code, Some(1));
}

#[test]
fn a_listener_on_loopback_is_not_external() {
    let folder = Folder::new();
    folder.copy("homes/api-manager-2.6.0", "home");
    let file = "home/repository/conf/tomcat/catalina-server.xml";
    folder.edit(file, "port=\"9763\"", "port=\"9763\" address=\"127.0.0.1\"");
    let ids = |arguments: &[&str]| {
        let report = folder.json(&[&["ports", "home"], arguments].concat());
        let listeners = list(&report["homes"][0], "listeners").iter();
        listeners.map(|listener| listener["id"].as_str().expect("an id").to_owned()).collect::<BTreeSet<_>>()
    };
    let inside = &ids(&[]) - &ids(&["--listen", "external"]);
    assert_eq!(inside, BTreeSet::from(["servlet-http".to_owned()]));
    let table = folder.run(&["ports", "home"]).out;
    let line = table.lines().find(|line| line.contains(" servlet-http ")).expect("listed");
    assert!(line.ends_with("[on 127.0.0.1]"), "{line}");
}

#[test]
fn versions_and_names_that_are_not_known_are_refused() {
    for (arguments, expected) in [
        (
            &["ports", "--product", "api-manager@5"][..],
            "error: no version 5 of api-manager is known\n  help: the known versions are 1.0, 1.1,",
        ),
        (&["schema", "--product", "api-manager@4.9.0"], "error: no version 4.9.0 of api-manager is known\n"),
        (
            &["schema", "--product", "api-manager@2.6.0"],
            "error: api-manager 2.6.0 has no deployment.toml\n  help: the catalogue has the keys of",
        ),
        (
            &["ports", "--product", "message-broker@9.0"],
            "error: no version 9.0 of message-broker is known\n  help: the known versions are those up to 3.2.0\n",
        ),
        (
            &["ports", "--product", "api-managr"],
            "error: no product is called `api-managr`\n  help: did you mean `api-manager`?\n",
        ),
        (
            &["lint", "fixtures", "--product", "api-manager@x"],
            "error: `x` is not a version\n  help: write it like api-manager@4.7.0\n",
        ),
        (
            &["ports", "fixtures/homes/api-manager-4.2.0", "--server-profile", "gateway-wrker"],
            "error: api-manager 4.2.0 has no server profile `gateway-wrker`\n  help: did you mean `gateway-worker`?\n",
        ),
        (
            &["ports", "--product", "api-manager@4.2.0", "--server-profile", "x"],
            "error: api-manager 4.2.0 has no server profile `x`\n",
        ),
    ] {
        let refused = run(arguments);
        assert!(refused.err.starts_with(expected), "{arguments:?}: {}", refused.err);
        assert_eq!((refused.out.as_str(), refused.code), ("", Some(2)), "{arguments:?}");
    }
    // Of several homes, those that do not have the profile are named.
    let homes = ["fixtures/homes/api-manager-4.2.0", "fixtures/homes/identity-server-7.1.0"];
    let some = run(&["ports", homes[0], homes[1], "--server-profile", "gateway-worker"]);
    let warning = "warning: fixtures/homes/identity-server-7.1.0: identity-server 7.1.0 has no server profile `gateway-worker`: everything starts\n";
    assert!(some.err.contains(warning), "{}", some.err);
    assert_eq!(some.code, Some(0));
}

#[test]
fn without_a_version_ports_and_schema_are_about_the_same_one_and_say_so() {
    let note =
        "note: this is api-manager 4.7.0, the newest version known; name another one as in `--product api-manager@4.7.0`\n";
    let ports = run(&["ports", "--product", "api-manager", "--format", "json"]);
    assert_eq!(ports.err, note);
    assert_eq!(ports.json()["homes"][0]["version"], "4.7.0");
    let schema = run(&["schema", "--product", "api-manager"]);
    assert!(schema.err.starts_with(note), "{}", schema.err);
    assert_eq!(schema.json()["title"], "deployment.toml of WSO2 API Manager 4.7.0");
}

#[test]
fn a_port_above_the_highest_is_an_error_where_it_comes_from() {
    let home = "fixtures/homes/api-manager-4.5.0";
    for command in ["ports", "lint"] {
        let refused = run(&[command, home, "--port-offset", "60000"]);
        assert_eq!(
            refused.err,
            format!(
                "error: --port-offset 60000 moves passthru-http of {home} to 68280\n  \
                 help: the highest port is 65535, and so the highest offset for this home is 54424\n"
            )
        );
        assert_eq!((refused.out.as_str(), refused.code), ("", Some(2)));
    }
    assert_eq!(run(&["ports", "--product", "api-manager@4.5.0", "--port-offset", "60000"]).code, Some(2));

    let folder = Folder::new();
    folder.copy("homes/api-manager-4.5.0", "home");
    let toml = format!("home/{TOML}");
    folder.write(&toml, folder.text(&toml) + "\n[transport.https.properties]\nport = 94443\n");
    let ports = folder.run(&["ports", "home"]);
    assert_eq!(ports.err, "error: home: servlet-https cannot listen on port 94443: the highest is 65535\n");
    assert_eq!(ports.code, Some(0));
    assert_eq!(folder.run(&["ports", "home", "--check"]).code, Some(1));
    let lint = folder.run(&["lint", "home", "--select", "port-out-of-range", "--format", "concise"]);
    assert!(
        lint.out.contains("error[port-out-of-range] servlet-https listens on port 94443: the highest port is 65535"),
        "{}",
        lint.out
    );
    // An offset in a file is reported there.
    folder.copy("homes/api-manager-4.2.0", "other");
    folder.edit(&format!("other/{TOML}"), "offset = 1", "offset = 60000");
    let lint = folder.run(&["lint", "other", "--select", "ports", "--format", "concise"]).out;
    assert!(lint.contains("error[offset-not-integer] the offset 60000 moves "), "{lint}");
    assert!(!lint.contains("port-out-of-range"), "{lint}");
    let listener = folder.json(&["ports", "other", "--find", "9443"]);
    assert_eq!(listener["conflicts"], Value::Array(Vec::new()));
}
