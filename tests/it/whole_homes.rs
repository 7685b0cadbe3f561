//! Whole homes as they are installed and started: what they contain besides their configuration, and what their servers rewrite.

use std::fs;

use serde_json::Value;

use crate::support::{Folder, Run};

const STARTED: &str = "started/api-manager-4.4.0";
const LISTENERS: &str = "repository/resources/security/listenerprofiles.xml";
const SENDERS: &str = "repository/resources/security/sslprofiles.xml";

/// A folder with a copy of a fixture in `home`, in which every command runs.
struct Homes(Folder);

impl Homes {
    fn with(fixture: &str) -> Self {
        let folder = Folder::new();
        folder.copy(fixture, "home");
        Self(folder)
    }

    /// Replaces `old` in a file of the home.
    fn edit(&self, path: &str, old: &str, new: &str) {
        self.0.edit(&format!("home/{path}"), old, new);
    }

    fn write(&self, path: &str, text: &str) {
        self.0.write(path, text);
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.0.run(arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.0.json(arguments)
    }

    /// The output of a run that ends with exit code 0.
    fn clean(&self, arguments: &[&str]) -> String {
        let Run { out, err, code } = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {out}{err}");
        out
    }

    /// The homes that `lint` finds at `path`.
    fn homes(&self, path: &str) -> Vec<String> {
        let report = self.json(&["lint", path]);
        let homes = report["homes"].as_array().expect("homes");
        homes.iter().map(|home| home["path"].as_str().expect("a path").to_owned()).collect()
    }

    /// What `lint` reports for the home: rule, file and line. It is a choice of the fixture that only its TLS keystore is its own.
    fn findings(&self, path: &str) -> Vec<(String, String, u64)> {
        let report = self.json(&["lint", path, "--ignore", "tls-only-keystore-changed"]);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let findings = report["diagnostics"].as_array().expect("diagnostics").iter();
        let line = |finding: &Value| finding["range"]["start"]["line"].as_u64().unwrap_or_default();
        findings.map(|finding| (text(&finding["rule"]), text(&finding["file"]), line(finding))).collect()
    }

    /// The state of a rendered file of the home.
    fn state(&self, path: &str) -> String {
        let report = self.json(&["render", "home"]);
        let files = report["files"].as_array().expect("files");
        let file = files.iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("no {path}"));
        file["state"].as_str().expect("a state").to_owned()
    }
}

fn edited(file: &str, line: u64) -> (String, String, u64) {
    ("managed-file-edited".to_owned(), format!("home/{file}"), line)
}

#[test]
fn every_command_takes_a_started_home_as_one_home() {
    let folder = Homes::with(STARTED);
    assert_eq!(folder.homes("home"), ["home"]);
    assert!(folder.findings("home").is_empty(), "{:?}", folder.findings("home"));
    for command in [
        &["ports", "home"][..],
        &["fix", "home", "--diff"],
        &["render", "home"],
        &["get", "home"],
        &["schema", "home"],
        &["schema", "home", "--extract"],
    ] {
        assert!(!folder.clean(command).is_empty() || command[0] == "fix", "{command:?} prints nothing");
    }
    assert_eq!(folder.clean(&["render", "home", "--diff"]), "");
}

#[test]
fn a_folder_in_a_home_means_the_home() {
    let folder = Homes::with(STARTED);
    fs::create_dir_all(folder.0.at("home/lib")).expect("made");
    for inner in
        ["diagnostics-tool", "diagnostics-tool/conf", "backup", "backup/repository/conf", "repository/conf", "repository", "lib"]
    {
        assert_eq!(folder.homes(&format!("home/{inner}")), ["home"], "{inner}");
    }
}

#[test]
fn a_copy_that_the_mapper_keeps_is_not_configuration() {
    let folder = Homes::with(STARTED);
    let copy = "home/backup/repository/conf/axis2/axis2.xml";
    folder.edit("backup/repository/conf/axis2/axis2.xml", "\"https\"", "\"http\"");
    assert!(folder.clean(&["lint", copy]).ends_with("nothing found in 1 file; checks skipped in 1\n"));
    assert!(folder.clean(&["ports", copy]).contains("no listener"));
    folder.edit("backup/repository/conf/axis2/axis2.xml", "</axisconfig>", "");
    assert_eq!(folder.findings(copy), [("xml-not-well-formed".to_owned(), copy.to_owned(), 2)]);
    // Next to no home it is what its name says.
    folder.write("backup/repository/conf/axis2/axis2.xml", "<axisconfig><transportReceiver name=\"http\"/></axisconfig>\n");
    assert_eq!(folder.homes("backup/repository/conf/axis2/axis2.xml"), ["backup"]);
}

#[test]
fn configuration_inside_a_home_is_checked_if_it_is_named() {
    let folder = Homes::with(STARTED);
    let inner = "home/apim-is-as-km-with-analytics";
    assert_eq!(folder.homes(inner), [format!("{inner}/conf/apim"), format!("{inner}/conf/is-as-km")]);
    assert_eq!(folder.homes(&format!("{inner}/conf/apim/repository/conf")), [format!("{inner}/conf/apim")]);
    let file = format!("{inner}/conf/apim/repository/conf/deployment.toml");
    assert_eq!(folder.findings(inner), [("offset-not-integer".to_owned(), file, 3)]);
    folder.write("home/drafts/deployment.toml", "[server]\noffset = \"1\"\n");
    assert_eq!(folder.homes("home/drafts"), ["home/drafts"]);
    assert_eq!(folder.homes("home"), ["home"]);
}

#[test]
fn an_installed_home_is_found_anywhere() {
    let folder = Homes::with(STARTED);
    folder.0.copy("homes/identity-server-7.1.0", "home/servers/is");
    folder.0.copy("homes/micro-integrator-4.2.0", "home/servers/mi");
    assert_eq!(folder.homes("home"), ["home", "home/servers/is", "home/servers/mi"]);
    assert_eq!(folder.homes("home/servers"), ["home/servers/is", "home/servers/mi"]);
    assert_eq!(folder.homes("home/servers/is/repository"), ["home/servers/is"]);
    assert_eq!(folder.homes("."), ["home", "home/servers/is", "home/servers/mi"]);
}

#[test]
fn runtimes_of_enterprise_integrator_are_homes() {
    let folder = Homes::with("homes/enterprise-integrator-6.5.0");
    let homes = folder.homes("home");
    for profile in ["broker", "business-process", "msf4j", "analytics"] {
        assert!(homes.contains(&format!("home/wso2/{profile}")), "{profile}: {homes:?}");
    }
}

#[test]
fn a_copy_of_configuration_does_not_hide_another_one_below_it() {
    let folder = Homes::with(STARTED);
    for home in ["copies", "copies/is", "copies/km/conf"] {
        folder.write(&format!("{home}/repository/conf/deployment.toml"), "[server]\noffset = 1\n");
    }
    folder.write("copies/docker/log4j2.properties", "status = error\n");
    assert_eq!(folder.homes("copies"), ["copies", "copies/docker", "copies/is", "copies/km/conf"]);
}

#[test]
fn a_file_that_the_server_rewrites_counts_neither_as_edited_nor_as_changed() {
    let folder = Homes::with(STARTED);
    for file in [LISTENERS, SENDERS] {
        assert_eq!(folder.state(file), "rewritten");
    }
    let report = folder.json(&["render", "home"]);
    assert_eq!((&report["summary"]["rewritten"], &report["summary"]["changed"]), (&Value::from(2), &Value::from(0)));
    assert!(folder.clean(&["render", "home"]).contains("6 files: 4 unchanged, 2 rewritten\n"));
    // A server on Windows writes the path with backslashes.
    let path = "repository/resources/security/client-truststore-temp.jks";
    folder.edit(SENDERS, path, &path.replace('/', "\\"));
    assert_eq!(folder.state(SENDERS), "rewritten");
    // Listeners with a trust store of their own get their own copy.
    folder.edit(LISTENERS, "client-truststore-temp.jks", "client-truststore-listener.jks");
    assert_eq!(folder.state(LISTENERS), "rewritten");
    assert!(folder.findings("home").is_empty(), "{:?}", folder.findings("home"));
}

#[test]
fn an_edit_in_a_rewritten_file_is_found_at_its_line() {
    let folder = Homes::with(STARTED);
    folder.edit(LISTENERS, "<SSLVerifyClient>optional", "<SSLVerifyClient>require");
    folder.edit(SENDERS, "<servers>*", "<servers>*.shop.example");
    assert_eq!(folder.findings("home"), [edited(LISTENERS, 14), edited(SENDERS, 3)]);
    assert_eq!(folder.state(LISTENERS), "changed");
    let report = folder.json(&["lint", "home"]);
    let help = report["diagnostics"][2]["help"].as_str().expect("a help");
    assert!(help.contains("`<servers>*</servers>`"), "{help}");
    assert_eq!(folder.run(&["render", "home", "--diff"]).code, Some(1));
}

#[test]
fn another_trust_store_is_an_edit() {
    let folder = Homes::with(STARTED);
    folder.edit(LISTENERS, "client-truststore-temp.jks", "our-truststore.jks");
    folder.edit(SENDERS, "client-truststore-temp.jks", "client-truststore-listener.jks");
    let findings = folder.findings("home");
    assert_eq!(findings.iter().map(|(rule, ..)| rule.as_str()).collect::<Vec<_>>(), ["managed-file-edited"; 2]);
}

#[test]
fn a_rewritten_file_does_not_count_as_edited_after_deployment_toml_has_changed() {
    let folder = Homes::with(STARTED);
    folder.edit("repository/conf/deployment.toml", "shop.jks", "store.jks");
    let rules: Vec<String> = folder.findings("home").into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["stale-generated"]);
    assert_eq!(folder.state(LISTENERS), "changed");
    // With an unset variable, the content of the file is unknown, too.
    folder.edit("repository/conf/deployment.toml", "\"store.jks\"", "\"$env{CARBONLINT_TEST_STORE}\"");
    let rules: Vec<String> = folder.findings("home").into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["stale-generated"]);
}

#[test]
fn only_the_versions_that_rewrite_a_file_are_believed_to() {
    let folder = Homes::with(STARTED);
    folder.write("home/updates/product.txt", "wso2am-3.2.0");
    folder.write("home/bin/version.txt", "WSO2 API Manager v3.2.0\n");
    assert_eq!(folder.state(LISTENERS), "changed");
    let findings = folder.findings("home");
    assert!(findings.iter().any(|(rule, file, _)| rule == "managed-file-edited" && file.ends_with(LISTENERS)), "{findings:?}");
}

#[test]
fn integration_control_plane_is_a_product() {
    let folder = Homes::with("homes/integration-control-plane-1.0.0");
    assert!(folder.clean(&["lint", "home"]).contains("\nhome: Integration Control Plane 1.0.0, deployment.toml, offset 0\n"));
    assert!(folder.clean(&["ports", "home"]).contains("  9744  tcp+tls   icp-https  9744  deployment.toml:2 "));
    assert!(folder.clean(&["ports", "--product", "integration-control-plane"]).contains("  9743  tcp+tls   icp-https"));
    assert!(folder.clean(&["schema", "home", "--extract"]).contains("\nproduct\tintegration-control-plane\nversions\t1.0.0\n"));
    assert!(folder.clean(&["schema", "--product", "integration-control-plane@1.0.0"]).contains("\"internal_apis\""));
    assert_eq!(folder.clean(&["render", "home", "--diff"]), "");
    folder.edit("conf/deployment.toml", "pool_size", "poolsize");
    let found = |rule: &str, line| (rule.to_owned(), "home/conf/deployment.toml".to_owned(), line);
    assert_eq!(folder.findings("home"), [found("unknown-key", 5), found("default-keystore-credentials", 18)]);
}

#[test]
fn a_port_that_the_server_reads_from_an_integer_only_is_not_read_from_a_string() {
    let folder = Homes::with("homes/integration-control-plane-1.0.0");
    folder.edit("conf/deployment.toml", "port = 9744", "port = \"9744\"");
    let ports = folder.clean(&["ports", "home"]);
    assert!(ports.contains("  9743  tcp+tls   icp-https  9743  default "), "{ports}");
}

#[test]
fn keys_that_the_servers_code_reads_are_live_in_get() {
    let folder = Homes::with("homes/integration-control-plane-1.0.0");
    assert!(folder.clean(&["get", "home", "server_config"]).ends_with("/deployment.toml:2\n"));
    folder.edit("conf/deployment.toml", "port = 9744", "port = 9744\nports = 1");
    let values = folder.clean(&["get", "home", "server_config"]);
    assert!(values.contains("server_config.ports = 1    # user, home/conf/deployment.toml:3, nothing reads it\n"), "{values}");
}

#[test]
fn no_key_is_offered_in_place_of_itself() {
    let folder = Homes::with(STARTED);
    let Run { err, code, .. } = folder.run(&["get", "home", "keystore.ssl_profile.custom"]);
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: nothing sets `keystore.ssl_profile.custom`"), "{err}");
    assert!(!err.contains("did you mean `keystore.ssl_profile.custom`"), "{err}");
}

#[test]
fn the_default_profile_of_a_start_script_is_not_mentioned() {
    let folder = Homes::with("homes/micro-integrator-4.2.0");
    let script = "-Dproperties.file.path=default";
    folder.edit("bin/micro-integrator.sh", script, &format!("-Dprofile=micro-integrator-default {script}"));
    let table = folder.clean(&["ports", "home"]);
    assert!(!table.contains("rofile") && table.contains("mi-management-https"), "{table}");
    folder.edit("bin/micro-integrator.sh", "micro-integrator-default", "another");
    assert!(folder.clean(&["ports", "home"]).contains("Server profile `another`"));
}
