//! `carbonlint fix`: what it changes, what it keeps byte for byte, and what it leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use carbonlint::edit::{Edit, apply};
use carbonlint::fix::run::{FixOptions, fix};
use carbonlint::fix::write::{WriteError, replace};
use carbonlint::model::Assumptions;
use carbonlint::rule_info::rules;
use carbonlint::rules::Selection;
use carbonlint::source::Span;
use carbonlint::source::xml::XmlDocument;
use proptest::prelude::*;

/// A folder with files, removed at the end.
struct Home(tempfile::TempDir);

impl Home {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        for (name, bytes) in files {
            home.write(name, bytes);
        }
        home
    }

    /// A copy of a fixture home.
    fn fixture(name: &str) -> Self {
        let home = Self::with(&[]);
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/homes").join(name);
        for entry in walkdir::WalkDir::new(&from).into_iter().map(|entry| entry.expect("readable")) {
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&from).expect("below").to_str().expect("UTF-8").to_owned();
                home.write(&name, &fs::read(entry.path()).expect("readable"));
            }
        }
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, bytes).expect("written");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).expect("readable")
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("UTF-8")
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = walkdir::WalkDir::new(self.path()).into_iter().map(|entry| entry.expect("readable"));
        let files = entries.filter(|entry| entry.file_type().is_file());
        files.map(|entry| (entry.path().to_path_buf(), fs::read(entry.path()).expect("readable"))).collect()
    }

    fn command(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_carbonlint")).args(arguments).current_dir(self.path()).output().expect("the binary runs")
    }

    fn fix(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command(&[&["fix"], arguments].concat());
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8") + &String::from_utf8_lossy(&output.stderr))
    }
}

const TOML: &str = "repository/conf/deployment.toml";
const PRODUCT: (&str, &[u8]) = ("updates/product.txt", b"wso2am-4.2.0");

/// Three faults: a quoted offset (safe), a parent below its child (safe), an open listener (unsafe).
const FAULTY: &str = "# node 2\n[apim.cors]\nenable = true # all\n\n# the rest\n[apim]\nx = 1\n\n[server]\noffset = \"1\"";

#[test]
fn safe_fixes_are_applied_and_the_others_named() {
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let (code, text) = home.fix(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        home.text(TOML),
        "# the rest\n[apim]\nx = 1\n\n# node 2\n[apim.cors]\nenable = true # all\n\n[server]\noffset = 1"
    );
    assert!(text.contains("2 findings fixed in 1 file") && text.contains("--unsafe"), "{text}");
}

#[test]
fn line_ends_and_a_missing_last_one_stay() {
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.replace('\n', "\r\n").as_bytes())]);
    assert_eq!(home.fix(&["--unsafe"]).0, Some(0));
    let text = home.text(TOML);
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
    assert!(text.contains("\r\nenable = false") && !text.ends_with('\n'), "{text:?}");
}

#[test]
fn an_iso_8859_1_file_stays_one() {
    let xml = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<axisconfig>\n  <!-- Z\xfcrich -->\n  <transportReceiver name=\"http\" class=\"org.apache.synapse.transport.passthru.PassThroughHttpListener\">\n    <parameter name=\"port\">8280</parameter>\n  </transportReceiver>\n</axisconfig>";
    let name = "repository/conf/axis2/axis2.xml";
    let home = Home::with(&[("updates/product.txt", b"wso2am-2.6.0"), (name, xml)]);
    assert_eq!(home.fix(&["--select", "http-passthru-enabled"]).0, Some(0));
    let fixed = home.read(name);
    let text: String = fixed.iter().map(|byte| char::from(*byte)).collect();
    assert!(text.contains("Zürich") && text.contains("<!-- carbonlint[http-passthru-enabled] <transportReceiver"), "{text}");
    assert_eq!(home.fix(&["--revert", "http-passthru-enabled"]).0, Some(0));
    assert_eq!(home.read(name), xml);
}

#[test]
fn a_rule_selected_by_name_brings_its_unsafe_fixes_and_a_category_does_not() {
    let home = Home::fixture("api-manager-4.5.0");
    assert!(home.fix(&["--select", "transport"]).1.contains("0 findings fixed"));
    assert!(home.fix(&["--select", "http-passthru-enabled"]).1.contains("1 finding fixed"));
    assert!(home.text(TOML).contains("[transport.passthru_http.listener]\nenable = false"));
}

#[test]
fn fixes_of_one_key_do_not_write_it_twice() {
    let home = Home::fixture("api-manager-4.5.0");
    let text = format!("{}\n[transport.passthru_http.listener]\nenabled = false\n", home.text(TOML));
    home.write(TOML, text.as_bytes());
    let (code, said) = home.fix(&["--select", "enable-vs-enabled,http-passthru-enabled"]);
    assert_eq!(code, Some(0), "{said}");
    // The safe fix goes first: with the right spelling nothing is left to be closed.
    assert_eq!(home.text(TOML), text.replace("enabled = false", "enable = false"), "{said}");
}

#[test]
fn diff_and_check_write_nothing() {
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let before = home.files();
    let (code, diff) = home.fix(&["--diff"]);
    assert_eq!(code, Some(0));
    assert!(diff.starts_with("--- a/repository/conf/deployment.toml\n+++ b/"), "{diff}");
    assert!(diff.contains("-offset = \"1\"\n\\ No newline at end of file\n+offset = 1\n\\ No newline"), "{diff}");
    assert_eq!(home.fix(&["--check"]).0, Some(1));
    assert_eq!(home.files(), before);
    home.fix(&[]);
    assert_eq!(home.fix(&["--check"]).0, Some(0));
}

#[test]
fn a_backup_keeps_the_old_file() {
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    home.fix(&["--backup", ".orig"]);
    assert_eq!(home.text("repository/conf/deployment.toml.orig"), FAULTY);
}

#[test]
fn where_no_key_works_the_template_is_edited_and_comes_back() {
    let home = Home::fixture("api-manager-4.2.0");
    let template = "repository/resources/conf/templates/repository/conf/tomcat/catalina-server.xml.j2";
    let (before, generated) = (home.read(template), home.read("repository/conf/tomcat/catalina-server.xml"));
    assert_eq!(home.fix(&["--select", "http-servlet-enabled"]).0, Some(0));
    assert!(home.text(template).contains("{# carbonlint[http-servlet-enabled] <Connector"));
    assert_eq!(home.read("repository/conf/tomcat/catalina-server.xml"), generated, "the generated file is never edited");
    let lint = home.command(&["lint", ".", "--select", "http-servlet-enabled"]);
    assert_eq!(lint.status.code(), Some(0));
    home.fix(&["--revert", "http-servlet-enabled"]);
    assert_eq!(home.read(template), before);
}

#[test]
fn what_still_tells_clients_of_plain_http_is_pointed_out() {
    let home =
        Home::with(&[PRODUCT, (TOML, b"[[apim.gateway.environment]]\nhttp_endpoint = \"http://localhost:${http.nio.port}\"\n")]);
    let (_, text) = home.fix(&["--select", "http-passthru-enabled"]);
    assert!(text.contains("`apim.gateway.environment[].http_endpoint` on line 2 still points clients to plain HTTP"), "{text}");
}

#[test]
fn a_template_of_a_deployment_tool_is_left_alone() {
    let text = "[server]\noffset = \"1\"\nhostname = {{ host }}\n";
    let home = Home::with(&[PRODUCT, (TOML, text.as_bytes())]);
    home.fix(&["--unsafe"]);
    assert_eq!(home.text(TOML), text);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_and_a_link_out_of_the_home_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    fs::set_permissions(home.path().join(TOML), fs::Permissions::from_mode(0o444)).expect("set");
    let (code, text) = home.fix(&[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is read-only"), "{text}");
    let outside = Home::with(&[("deployment.toml", FAULTY.as_bytes())]);
    let home = Home::with(&[PRODUCT, ("repository/conf/carbon.properties", b"")]);
    symlink(outside.path().join("deployment.toml"), home.path().join(TOML)).expect("linked");
    let (code, text) = home.fix(&[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is outside the home"), "{text}");
    assert_eq!(outside.text("deployment.toml"), FAULTY);
}

/// On a full disk (a limit on the size of files stands in for it) the old file stays whole and nothing is left behind.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file() {
    let long = format!("{FAULTY}\n# {}\n", "x".repeat(4096));
    let home = Home::with(&[PRODUCT, (TOML, long.as_bytes())]);
    let before = home.files();
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" fix .";
    let output = Command::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_carbonlint")]).current_dir(home.path()).output();
    let output = output.expect("bash runs");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(home.files(), before);
}

/// Killed while it writes, the old file is whole, and the next run is not disturbed by what was left.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_the_old_file() {
    let long = format!("{FAULTY}\n# {}\n", "x".repeat(4096));
    let home = Home::with(&[PRODUCT, (TOML, long.as_bytes())]);
    // The signal of the limit kills the process in the middle of writing.
    let script = "ulimit -c 0; ulimit -f 1; exec \"$0\" fix .";
    let status = Command::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_carbonlint")]).current_dir(home.path()).status();
    assert_eq!(status.expect("bash runs").code(), None, "killed by a signal");
    assert_eq!(home.text(TOML), long);
    assert_eq!(home.fix(&[]).0, Some(0));
    assert!(home.text(TOML).contains("offset = 1\n"));
    assert_eq!(home.files().len(), 2, "no temporary file stays");
}

/// Runs the fixes in memory and writes them; returns how many were applied.
fn fix_in_process(home: &Home, select: Vec<String>) -> usize {
    let selection = Selection { select, ..Selection::default() };
    let options =
        FixOptions { paths: vec![home.path().to_path_buf()], assumptions: Assumptions::default(), selection, with_unsafe: true };
    let result = fix(&options).expect("the fixes come to an end");
    assert!(result.refused.is_empty(), "{:?}", result.refused);
    for file in &result.files {
        fs::write(&file.path, &file.new).expect("written");
    }
    result.applied.len()
}

/// How the bytes of a file are changed without changing what it says.
#[derive(Debug, Clone, Copy)]
enum Dress {
    Plain,
    CrLf,
    Mixed,
    NoFinalLineBreak,
    ByteOrderMark,
}

fn dressed(bytes: &[u8], dress: Dress) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let text = match dress {
        Dress::Plain => text,
        Dress::CrLf => text.replace('\n', "\r\n"),
        Dress::Mixed => text
            .split_inclusive('\n')
            .enumerate()
            .map(|(line, text)| if line % 3 == 1 { text.replace('\n', "\r\n") } else { text.to_owned() })
            .collect(),
        Dress::NoFinalLineBreak => text.trim_end_matches('\n').to_owned(),
        Dress::ByteOrderMark => format!("\u{feff}{text}"),
    };
    text.into_bytes()
}

const HOMES: [&str; 6] = [
    "api-manager-2.6.0",
    "api-manager-3.2.0",
    "api-manager-4.2.0",
    "identity-server-5.8.0",
    "identity-server-5.11.0",
    "micro-integrator-4.2.0",
];

/// Lines that bring faults, appended to a deployment.toml.
const FAULTS: [&str; 7] = [
    "\n[monitoring.jmx]\nrmi_hostname = \"0.0.0.0\" # everywhere\n",
    "\n[transport.https.properties]\nport = 9444 # moved\n",
    "\n[x.y]\na = 1\n\n# parent\n[x]\nb = 2\n",
    "\n[[event_handler]]\nurl = [\n  \"https://localhost:9443/a\", # one\n  \"https://127.0.0.1:8243/b\",\n]\n",
    "\n[transport.http]\nlistener.port = 8280\n",
    "\n[mediation]\ninternal.http.api.port = 9192\n",
    "\n[other]\nrmi_server_start = false\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn fixing_twice_is_fixing_once(
        name in proptest::sample::select(&HOMES[..]),
        dress in proptest::sample::select(vec![Dress::Plain, Dress::CrLf, Dress::Mixed, Dress::NoFinalLineBreak, Dress::ByteOrderMark]),
        faults in proptest::sample::subsequence(&FAULTS[..], 0..=FAULTS.len()),
        order in Just((0..rules().len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let home = Home::fixture(name);
        let toml = if name.starts_with("micro") { "conf/deployment.toml" } else { TOML };
        if home.path().join(toml).is_file() {
            let text = home.text(toml) + &faults.concat();
            home.write(toml, text.as_bytes());
        }
        for (path, bytes) in home.files() {
            if path.extension().is_some_and(|ending| ending == "toml" || ending == "xml") {
                fs::write(path, dressed(&bytes, dress)).expect("written");
            }
        }
        let before = home.files();
        // A few rules alone, in any order, and then all of them: it always ends, and in a state where nothing is left to fix.
        for rule in order.into_iter().take(4) {
            fix_in_process(&home, vec![rules()[rule].name.clone()]);
        }
        fix_in_process(&home, Vec::new());
        let after = home.files();
        prop_assert_eq!(fix_in_process(&home, Vec::new()), 0);
        prop_assert_eq!(&home.files(), &after);
        prop_assert_eq!(before.len(), after.len());
        for (path, old) in &before {
            let new = &after[path];
            let lone = |bytes: &[u8]| {
                let text = String::from_utf8_lossy(bytes);
                text.matches('\n').count() - text.matches("\r\n").count()
            };
            match dress {
                Dress::Plain => prop_assert!(!new.contains(&b'\r')),
                Dress::CrLf if path.extension().is_some_and(|ending| ending == "toml" || ending == "xml") => prop_assert_eq!(lone(new), 0, "{}", path.display()),
                Dress::NoFinalLineBreak => prop_assert_eq!(old.ends_with(b"\n"), new.ends_with(b"\n"), "{}", path.display()),
                // In XML a byte-order mark stays; in deployment.toml the server refuses it.
                Dress::ByteOrderMark if path.extension().is_some_and(|ending| ending == "xml") => {
                    prop_assert!(new.starts_with(b"\xef\xbb\xbf"), "{}", path.display());
                }
                Dress::ByteOrderMark | Dress::CrLf | Dress::Mixed => {}
            }
            if path.extension().is_some_and(|ending| ending == "xml") {
                let text = String::from_utf8_lossy(new).into_owned();
                prop_assert!(XmlDocument::parse(&text).is_ok(), "{}", text);
            }
            if path.ends_with("deployment.toml") {
                let text = String::from_utf8_lossy(new).into_owned();
                prop_assert!(toml::from_str::<toml::Table>(&text).is_ok(), "{}", text);
                // Every line that no fix is about is still there, comments first of all.
                for comment in String::from_utf8_lossy(old).lines().filter_map(|line| line.split_once('#')).map(|(_, comment)| comment.to_owned()) {
                    prop_assert!(text.contains(comment.trim_end()), "lost: {}", comment);
                }
            }
        }
    }
}

#[test]
fn a_backup_needs_a_name_of_its_own() {
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    for suffix in ["", "/x", ".carbonlint-new"] {
        assert_eq!(home.fix(&["--backup", suffix]).0, Some(2), "{suffix:?}");
        assert_eq!(home.text(TOML), FAULTY);
    }
    home.write("repository/conf/deployment.toml.orig", b"the first one");
    assert_eq!(home.fix(&["--backup", ".orig"]).0, Some(2));
    assert_eq!((home.text(TOML).as_str(), home.text("repository/conf/deployment.toml.orig").as_str()), (FAULTY, "the first one"));
}

#[test]
fn an_edit_made_during_the_run_is_not_overwritten() {
    let home = Home::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let options = FixOptions { paths: vec![home.path().to_path_buf()], ..FixOptions::default() };
    let result = fix(&options).expect("the fixes come to an end");
    let edited = format!("{FAULTY}\n# mine\n");
    home.write(TOML, edited.as_bytes());
    let replacements = result.files;
    assert_eq!(replacements.len(), 1);
    assert!(matches!(replace(&replacements, home.path(), None), Err(WriteError::Changed(_))));
    assert_eq!(home.text(TOML), edited);
}

#[test]
fn the_offset_is_settled_before_what_depends_on_it() {
    let homes = Home::with(&[]);
    for (number, fixture) in ["identity-server-7.1.0", "identity-server-7.1.0", "api-manager-4.5.0"].into_iter().enumerate() {
        let from = Home::fixture(fixture);
        for (path, bytes) in from.files() {
            let name = path.strip_prefix(from.path()).expect("below").to_str().expect("UTF-8").to_owned();
            homes.write(&format!("{number}/{name}"), &bytes);
        }
    }
    let (code, text) = homes.fix(&["--unsafe"]);
    assert_eq!(code, Some(0), "{text}");
    let api_manager = homes.text("2/repository/conf/deployment.toml");
    assert!(api_manager.contains("offset = 2") && api_manager.contains("ws://localhost:9101"), "{api_manager}");
}

#[test]
fn many_homes_get_offsets_in_one_go() {
    let homes = Home::with(&[]);
    let from = Home::fixture("identity-server-7.1.0");
    for number in 0..14 {
        for (path, bytes) in from.files() {
            let name = path.strip_prefix(from.path()).expect("below").to_str().expect("UTF-8").to_owned();
            homes.write(&format!("{number:02}/{name}"), &bytes);
        }
    }
    let (code, text) = homes.fix(&["--select", "port-conflict-across-homes"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("13 findings fixed in 13 files"), "{text}");
    assert!(homes.text("13/repository/conf/deployment.toml").contains("offset = 13"));
    assert_eq!(homes.command(&["lint", ".", "--select", "port-conflict-across-homes"]).status.code(), Some(0));
}

#[test]
fn an_unsafe_sibling_does_not_stand_in_the_way() {
    let text = "[server]\noffset = 1\nhostname = \"gw.example.com\"\n\n[[apim.gateway.environment]]\nservice_url = \"https://localhost:9443/services/\"\n\n[[apim.gateway.environment]]\nservice_url = \"https://gw.example.com:9443/services/\"\n";
    let home = Home::with(&[PRODUCT, (TOML, text.as_bytes())]);
    let (code, printed) = home.fix(&[]);
    assert_eq!(code, Some(0), "{printed}");
    assert_eq!(home.text(TOML), text.replace("localhost:9443", "localhost:9444"));
}

#[test]
fn secrets_are_never_edited() {
    let text = "[server]\noffset = 1\n\n[db]\npassword = \"https://localhost:9443/x\"\nurl = \"jdbc:mysql://localhost:9443/x\"\n\n[secrets]\nx = \"https://localhost:9443/\"\n";
    let home = Home::with(&[PRODUCT, (TOML, text.as_bytes())]);
    home.fix(&[]);
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
        let home = Home::with(&[("updates/product.txt", b"wso2mi-4.2.0"), ("conf/deployment.toml", text.as_bytes())]);
        assert_eq!(home.fix(&["--select", "mi-internal-api-port-key"]).0, Some(0));
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
    let home = Home::with(&[("updates/product.txt", b"wso2am-2.6.0"), (name, text.as_bytes())]);
    assert_eq!(home.fix(&["--select", "http-passthru-enabled"]).0, Some(0));
    assert!(home.text(name).contains("--><!-- carbonlint"));
    assert_eq!(home.fix(&["--revert", "http-passthru-enabled"]).0, Some(0));
    assert_eq!(home.text(name), text);
}

proptest! {
    /// Whatever fixes are applied together, the text between their edits is the old one, byte for byte.
    #[test]
    fn the_text_outside_of_edits_is_untouched(text in "[a-zé\r\n#\"=]{0,60}", places in proptest::collection::vec((0usize..70, 0usize..12, "[x-zü]{0,4}"), 0..8)) {
        let fixes: Vec<Vec<Edit>> = places
            .into_iter()
            .map(|(start, len, text)| vec![Edit { file: PathBuf::new(), span: Span::new(start, start + len), text }])
            .collect();
        let (result, applied) = apply(&text, &fixes);
        let mut taken: Vec<&Edit> = fixes.iter().zip(applied).filter(|(_, applied)| *applied).map(|(fix, _)| &fix[0]).collect();
        taken.sort_by_key(|edit| edit.span);
        let (mut old_at, mut new_at) = (0, 0);
        for edit in taken {
            let kept = &text[old_at..edit.span.start];
            prop_assert_eq!(&result[new_at..new_at + kept.len()], kept);
            new_at += kept.len();
            prop_assert_eq!(&result[new_at..new_at + edit.text.len()], edit.text.as_str());
            (old_at, new_at) = (edit.span.end, new_at + edit.text.len());
        }
        prop_assert_eq!(&result[new_at..], &text[old_at..]);
    }
}
