//! `carbonlint fix`: what it changes, what it keeps byte for byte, and what it leaves alone.

pub mod hints;
mod mutations;
pub mod patches;
mod properties;
mod writing;

use crate::support::{Folder, Run};

/// Runs `fix` in `folder`: its exit code, and everything that it prints.
fn fix(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let Run { out, err, code } = folder.run(&[&["fix"], arguments].concat());
    (code, out + &err)
}

const TOML: &str = "repository/conf/deployment.toml";
const PRODUCT: (&str, &[u8]) = ("updates/product.txt", b"wso2am-4.2.0");

/// Three faults: a quoted offset (safe), a parent below its child (safe), an open listener (unsafe).
const FAULTY: &str = "# node 2\n[apim.cors]\nenable = true # all\n\n# the rest\n[apim]\nx = 1\n\n[server]\noffset = \"1\"";

#[test]
fn safe_fixes_are_applied_and_the_others_named() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let (code, text) = fix(&home, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        home.text(TOML),
        "# the rest\n[apim]\nx = 1\n\n# node 2\n[apim.cors]\nenable = true # all\n\n[server]\noffset = 1"
    );
    assert!(text.contains("2 findings fixed in 1 file"), "{text}");
    let hint = "`carbonlint fix --select http-passthru-enabled` fixes 1, but changes what the server does\n";
    assert!(text.contains(hint), "{text}");
    assert!(text.contains("1 finding left to fix by hand: `carbonlint lint` shows where\n"), "{text}");
}

#[test]
fn line_ends_and_a_missing_last_one_stay() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.replace('\n', "\r\n").as_bytes())]);
    assert_eq!(fix(&home, &["--unsafe"]).0, Some(0));
    let text = home.text(TOML);
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
    assert!(text.contains("\r\nenable = false") && !text.ends_with('\n'), "{text:?}");
}

#[test]
fn an_iso_8859_1_file_stays_one() {
    let xml = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<axisconfig>\n  <!-- Z\xfcrich -->\n  <transportReceiver name=\"http\" class=\"org.apache.synapse.transport.passthru.PassThroughHttpListener\">\n    <parameter name=\"port\">8280</parameter>\n  </transportReceiver>\n</axisconfig>";
    let name = "repository/conf/axis2/axis2.xml";
    let home = Folder::with(&[("updates/product.txt", b"wso2am-2.6.0"), (name, xml)]);
    assert_eq!(fix(&home, &["--select", "http-passthru-enabled"]).0, Some(0));
    let fixed = home.read(name);
    let text: String = fixed.iter().map(|byte| char::from(*byte)).collect();
    assert!(text.contains("Zürich") && text.contains("<!-- carbonlint[http-passthru-enabled] <transportReceiver"), "{text}");
    assert_eq!(fix(&home, &["--revert", "http-passthru-enabled"]).0, Some(0));
    assert_eq!(home.read(name), xml);
}

#[test]
fn a_rule_selected_by_name_brings_its_unsafe_fixes_and_a_category_does_not() {
    let home = Folder::copy_of("homes/api-manager-4.5.0");
    assert!(fix(&home, &["--select", "transport"]).1.contains("0 findings fixed"));
    assert!(fix(&home, &["--select", "http-passthru-enabled"]).1.contains("1 finding fixed"));
    assert!(home.text(TOML).contains("[transport.passthru_http.listener]\nenable = false # carbonlint["));
}

#[test]
fn fixes_of_one_key_do_not_write_it_twice() {
    let home = Folder::copy_of("homes/api-manager-4.5.0");
    let text = format!("{}\n[transport.passthru_http.listener]\nenabled = false\n", home.text(TOML));
    home.write(TOML, text.as_bytes());
    let (code, said) = fix(&home, &["--select", "enable-vs-enabled,http-passthru-enabled"]);
    assert_eq!(code, Some(0), "{said}");
    // The safe fix goes first: with the right spelling nothing is left to be closed.
    assert_eq!(home.text(TOML), text.replace("enabled = false", "enable = false"), "{said}");
}

#[test]
fn where_no_key_works_the_template_is_edited_and_comes_back() {
    let home = Folder::copy_of("homes/api-manager-4.2.0");
    let template = "repository/resources/conf/templates/repository/conf/tomcat/catalina-server.xml.j2";
    let (before, generated) = (home.read(template), home.read("repository/conf/tomcat/catalina-server.xml"));
    assert_eq!(fix(&home, &["--select", "http-servlet-enabled"]).0, Some(0));
    assert!(home.text(template).contains("{# carbonlint[http-servlet-enabled] <Connector"));
    assert_eq!(home.read("repository/conf/tomcat/catalina-server.xml"), generated, "the generated file is never edited");
    let lint = home.run(&["lint", ".", "--select", "http-servlet-enabled"]);
    assert_eq!(lint.code, Some(0));
    fix(&home, &["--revert", "http-servlet-enabled"]);
    assert_eq!(home.read(template), before);
}

#[test]
fn urls_that_still_point_clients_to_plain_http_are_reported() {
    let home = Folder::with(&[
        PRODUCT,
        (TOML, b"[[apim.gateway.environment]]\nhttp_endpoint = \"http://localhost:${http.nio.port}\"\n"),
    ]);
    let (_, text) = fix(&home, &["--select", "http-passthru-enabled"]);
    assert!(text.contains("`apim.gateway.environment[].http_endpoint` on line 2 still points clients to plain HTTP"), "{text}");
}

#[test]
fn a_template_of_a_deployment_tool_is_left_alone() {
    let text = "[server]\noffset = \"1\"\nhostname = {{ host }}\n";
    let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
    fix(&home, &["--unsafe"]);
    assert_eq!(home.text(TOML), text);
}

#[test]
fn a_key_that_was_added_or_set_comes_back() {
    for (text, marked) in [
        (
            "[server]\noffset = 1\n",
            "\n\n[transport.passthru_http.listener]\nenable = false # carbonlint[http-passthru-enabled] set to false, table",
        ),
        (
            "[transport.passthru_http.listener]\nenable = true # open\n",
            "enable = false # carbonlint[http-passthru-enabled] set to false, was true # open",
        ),
    ] {
        let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
        assert_eq!(fix(&home, &["--select", "http-passthru-enabled"]).0, Some(0));
        assert!(home.text(TOML).contains(marked), "{}", home.text(TOML));
        let (code, said) = fix(&home, &["--revert", "http-passthru-enabled"]);
        assert_eq!((code, said.as_str()), (Some(0), "1 change of http-passthru-enabled undone in 1 file\n"));
        assert_eq!(home.text(TOML), text);
        let (code, said) = fix(&home, &["--revert", "http-passthru-enabled"]);
        assert_eq!(
            (code, said.lines().next()),
            (Some(0), Some("nothing here is marked with `carbonlint[http-passthru-enabled]`"))
        );
    }
}

#[test]
fn what_was_changed_after_a_fix_is_not_reverted() {
    let text = "[transport.passthru_http.listener]\nenable = true\n";
    let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
    fix(&home, &["--select", "http-passthru-enabled"]);
    home.edit(TOML, "enable = false", "enable = \"$env{OPEN}\"");
    let changed = home.text(TOML);
    let (code, said) = fix(&home, &["--revert", "http-passthru-enabled"]);
    let place = "repository/conf/deployment.toml:2: not reverted [http-passthru-enabled]: ";
    assert!(
        said.contains(&format!("{place}the value was changed after the fix: write `enable = true` to restore it\n")),
        "{said}"
    );
    assert_eq!((code, home.text(TOML)), (Some(2), changed));
}

#[test]
fn a_port_that_was_commented_out_or_set_in_xml_comes_back() {
    let text = "[server]\noffset = 2\n\n[transport.https.properties]\nport = 9445 # moved\n";
    let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
    assert_eq!(fix(&home, &["--select", "double-offset"]).0, Some(0));
    assert!(home.text(TOML).contains("\n# carbonlint[double-offset] removed port = 9445 # moved\n"), "{}", home.text(TOML));
    assert_eq!(fix(&home, &["--revert", "double-offset"]).0, Some(0));
    assert_eq!(home.text(TOML), text);

    let homes = Folder::new();
    for number in 0..2 {
        homes.copy("homes/api-manager-2.6.0", &format!("{number}"));
    }
    let before = homes.files();
    assert_eq!(fix(&homes, &["--select", "port-conflict-across-homes", "--same-host"]).0, Some(0));
    let xml = homes.text("1/repository/conf/carbon.xml");
    assert!(xml.contains("</Offset><!-- carbonlint[port-conflict-across-homes] set to "), "{xml}");
    assert_eq!(fix(&homes, &["--revert", "port-conflict-across-homes"]).0, Some(0));
    assert_eq!(homes.files(), before);
}

/// What is not a string in `[secrets]` is left alone, and so is a number that is a password, until the rule is named.
#[test]
fn a_secret_keeps_its_value_and_its_type() {
    let text =
        "[database.apim_db]\npassword = \"a&b\"\n\n[runtime_secrets]\nenable = true\n\n[secrets]\nsecure = false\npin = 1234\n";
    let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
    for arguments in [&[][..], &["--unsafe"], &["--unsafe", "--select", "secrets,keys"]] {
        let (code, said) = fix(&home, arguments);
        assert_eq!(code, Some(0), "{said}");
        let kept = home.text(TOML);
        assert!(kept.contains("secure = false\npin = 1234\n") && kept.contains("enable = true\n"), "{said}{kept}");
        assert!(kept.contains("password = \"a&b\"\n"), "{said}{kept}");
    }
    let (_, said) = fix(&home, &["--select", "secret-not-string"]);
    assert!(said.contains("3 findings fixed in 1 file"), "{said}");
    assert!(home.text(TOML).contains("secure = \"false\"\npin = \"1234\"\n"), "{}", home.text(TOML));
}

/// A fix that is refused is reported at its line, and the others of its rule are applied.
#[test]
fn a_refused_fix_has_its_place_and_stops_no_other() {
    let receiver = |inner: &str| {
        format!(
            "<transportReceiver name=\"http\" class=\"x.PassThroughHttpListener\"><parameter name=\"port\">8280</parameter>{inner}</transportReceiver>\n"
        )
    };
    let xml = format!("<axisconfig>\n{}{}</axisconfig>\n", receiver("<x a=\"-~-\"/>"), receiver(""));
    let home = Folder::with(&[("updates/product.txt", b"wso2am-2.6.0"), ("repository/conf/axis2/axis2.xml", xml.as_bytes())]);
    let (code, said) = fix(&home, &["--select", "http-passthru-enabled"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 finding fixed in 1 file") && said.contains("1 finding left to fix by hand"), "{said}");
}

/// Ten and a hundred of a kind are fixed in one run, and each of them once.
#[test]
fn many_findings_of_one_kind_are_fixed_together() {
    for number in [10, 100] {
        let count = format!("{number} findings fixed in 1 file");
        let receiver = "<transportReceiver name=\"http\" class=\"x.PassThroughHttpListener\"><parameter name=\"port\">8280</parameter></transportReceiver>\n";
        let xml = format!("<axisconfig>\n{}</axisconfig>\n", receiver.repeat(number));
        let home = Folder::with(&[("updates/product.txt", b"wso2am-2.6.0"), ("repository/conf/axis2/axis2.xml", xml.as_bytes())]);
        let (code, text) = fix(&home, &["--select", "http-passthru-enabled"]);
        assert_eq!((code, text.contains(&count)), (Some(0), true), "{text}");
        fix(&home, &["--revert", "http-passthru-enabled"]);
        assert_eq!(home.text("repository/conf/axis2/axis2.xml"), xml);

        let connector = "<Connector protocol=\"HTTP/1.1\" port=\"9763\"/>\n";
        let xml = format!("<Server><Service>\n{}</Service></Server>\n", connector.repeat(number));
        let home = Folder::with(&[
            ("updates/product.txt", b"wso2am-2.6.0"),
            ("repository/conf/tomcat/catalina-server.xml", xml.as_bytes()),
        ]);
        let (code, text) = fix(&home, &["--select", "http-servlet-enabled"]);
        assert_eq!((code, text.contains(&count)), (Some(0), true), "{text}");

        let environment = "\n[[apim.gateway.environment]]\nservice_url = \"https://localhost:9443/services/\"\n";
        let toml = format!("[server]\noffset = 1\n{}", environment.repeat(number));
        let home = Folder::with(&[PRODUCT, (TOML, toml.as_bytes())]);
        let (code, text) = fix(&home, &[]);
        assert_eq!((code, text.contains(&count)), (Some(0), true), "{text}");
        assert_eq!(home.text(TOML), toml.replace("9443", "9444"));

        let list = format!("[server]\noffset = 1\n\n[x]\nurls = [{}]\n", "\"https://localhost:9443/\", ".repeat(number));
        let home = Folder::with(&[PRODUCT, (TOML, list.as_bytes())]);
        fix(&home, &["--select", "offset-missing-in-url"]);
        assert_eq!(home.text(TOML), list.replace("9443", "9444"));
    }
}

/// Misspelled twice, a key is corrected once, and the others of its file are corrected all the same.
#[test]
fn fixes_that_cannot_be_together_do_not_stop_the_others() {
    let home = Folder::copy_of("homes/api-manager-4.5.0");
    let (pairs, single) =
        ("\n[transport.passthru_http.listener]\nenabled = false\nEnable = false\n", "\n[transport.http]\nenabled = false\n");
    let text = home.text(TOML) + pairs + single;
    home.write(TOML, &text);
    let (code, said) = fix(&home, &["--select", "keys"]);
    assert_eq!(code, Some(0), "{said}");
    let fixed = home.text(TOML);
    assert!(
        fixed.contains("enable = false\nEnable = false\n") || fixed.contains("enabled = false\nenable = false\n"),
        "{said}{fixed}"
    );
}

#[test]
fn the_offset_is_settled_before_what_depends_on_it() {
    let homes = Folder::new();
    for (number, fixture) in ["identity-server-7.1.0", "identity-server-7.1.0", "api-manager-4.5.0"].into_iter().enumerate() {
        homes.copy(&format!("homes/{fixture}"), &number.to_string());
    }
    let (code, text) = fix(&homes, &["--unsafe", "--same-host", "--select", "ports,port-conflict-across-homes"]);
    assert_eq!(code, Some(0), "{text}");
    let api_manager = homes.text("2/repository/conf/deployment.toml");
    assert!(api_manager.contains("offset = 2") && api_manager.contains("ws://localhost:9101"), "{api_manager}");
}

#[test]
fn many_homes_get_offsets_in_one_go() {
    let homes = Folder::new();
    for number in 0..14 {
        homes.copy("homes/identity-server-7.1.0", &format!("{number:02}"));
    }
    let (code, text) = fix(&homes, &["--select", "port-conflict-across-homes", "--same-host"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("13 findings fixed in 13 files"), "{text}");
    assert!(homes.text("13/repository/conf/deployment.toml").contains("offset = 13"));
    assert_eq!(homes.run(&["lint", ".", "--select", "port-conflict-across-homes", "--same-host"]).code, Some(0));
}

#[test]
fn an_unsafe_sibling_does_not_stand_in_the_way() {
    let text = "[server]\noffset = 1\nhostname = \"gw.example.com\"\n\n[[apim.gateway.environment]]\nservice_url = \"https://localhost:9443/services/\"\n\n[[apim.gateway.environment]]\nservice_url = \"https://gw.example.com:9443/services/\"\n";
    let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
    let (code, printed) = fix(&home, &[]);
    assert_eq!(code, Some(0), "{printed}");
    assert_eq!(home.text(TOML), text.replace("localhost:9443", "localhost:9444"));
}

#[test]
fn secrets_are_never_edited() {
    let text = "[server]\noffset = 1\n\n[db]\npassword = \"https://localhost:9443/x\"\nurl = \"jdbc:mysql://localhost:9443/x\"\n\n[secrets]\nx = \"https://localhost:9443/\"\n";
    let home = Folder::with(&[PRODUCT, (TOML, text.as_bytes())]);
    fix(&home, &[]);
    assert_eq!(home.text(TOML), text);
}

#[test]
fn a_key_that_is_not_read_becomes_the_one_that_is() {
    for (text, expected) in [
        ("[mediation]\ninternal.http.api.port = 9195\n", "[mediation]\ninternal_http_api_port = 9195\n"),
        ("mediation.internal.http.api.port = 9195\n", "mediation.internal_http_api_port = 9195\n"),
        (
            "[mediation.internal]\nhttp.api.port = 9195\n\n[x]\ny = 1\n",
            "[mediation]\ninternal_http_api_port = 9195\n\n[mediation.internal]\n\n[x]\ny = 1\n",
        ),
    ] {
        let home = Folder::with(&[("updates/product.txt", b"wso2mi-4.2.0"), ("conf/deployment.toml", text.as_bytes())]);
        assert_eq!(fix(&home, &["--select", "mi-internal-api-port-key"]).0, Some(0));
        assert_eq!(home.text("conf/deployment.toml"), expected);
    }
}

#[test]
fn elements_side_by_side_come_back_together_and_notes_stay_notes() {
    let receiver = |port: u16| {
        format!(
            "<transportReceiver name=\"http\" class=\"x.PassThroughHttpListener\"><parameter name=\"port\">{port}</parameter></transportReceiver>"
        )
    };
    let text =
        format!("<axisconfig>{}{}<!-- carbonlint[http-passthru-enabled] a note --></axisconfig>", receiver(8280), receiver(8281));
    let name = "repository/conf/axis2/axis2.xml";
    let home = Folder::with(&[("updates/product.txt", b"wso2am-2.6.0"), (name, text.as_bytes())]);
    assert_eq!(fix(&home, &["--select", "http-passthru-enabled"]).0, Some(0));
    assert!(home.text(name).contains("--><!-- carbonlint"));
    assert_eq!(fix(&home, &["--revert", "http-passthru-enabled"]).0, Some(0));
    assert_eq!(home.text(name), text);
}
