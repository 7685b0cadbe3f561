//! `render` and `get` as people and scripts see them, on copies of a started home.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const STARTED: &str = "fixtures/started/api-manager-4.5.0";
const TEMPLATES: &str = "repository/resources/conf/templates";

/// A folder with a copy of the started home in `home`, in which every command runs.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(STARTED), &folder.path().join("home"));
        Self(folder)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Replaces `old` in a file of the home.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let path = format!("home/{path}");
        let text = self.read(&path);
        assert!(text.contains(old), "{path} has no {old}");
        self.write(&path, &text.replace(old, new));
    }

    fn toml(&self, old: &str, new: &str) {
        self.edit("repository/conf/deployment.toml", old, new);
    }

    fn template(&self, name: &str, text: &str) {
        self.write(&format!("home/{TEMPLATES}/{name}.j2"), text);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carbonlint"));
        command.args(arguments).current_dir(self.0.path()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    fn run(&self, arguments: &[&str]) -> Told {
        Told::of(self.command(arguments).output().expect("the binary runs"))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[arguments, &["--format", "json"]].concat()).out).expect("JSON")
    }
}

/// What a run printed, and how it ended.
#[derive(Debug)]
struct Told {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Told {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }

    /// Both outputs, for a snapshot.
    fn all(&self) -> String {
        format!("{}--- standard error\n{}--- exit code {:?}\n", self.out, self.err, self.code.unwrap_or(-1))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.append(&mut contents(&path));
        } else {
            found.push((path.clone(), fs::read(&path).expect("readable")));
        }
    }
    found.sort();
    found
}

/// A home with a file in every state.
fn in_every_state() -> Folder {
    let folder = Folder::new();
    folder.edit("repository/conf/carbon.xml", "<Offset>1</Offset>", "<Offset>9</Offset>");
    fs::remove_file(folder.path("home/repository/conf/axis2/axis2.xml")).expect("removed");
    fs::remove_file(folder.path("home/repository/conf/carbon.properties")).expect("removed");
    fs::create_dir(folder.path("home/repository/conf/carbon.properties")).expect("made");
    folder.template("repository/elsewhere/other.xml", "<a/>\n");
    folder.edit(&format!("{TEMPLATES}/repository/conf/api-manager.xml.j2"), "<Environments>\n", "{% set a, b = 1 %}\n");
    folder
}

#[test]
fn a_started_home_is_as_the_next_start_would_make_it() {
    let folder = Folder::new();
    let before = contents(&folder.path("home"));
    let told = folder.run(&["render", "home", "--diff"]);
    assert_eq!((told.out.as_str(), told.err.as_str(), told.code), ("", "", Some(0)));
    insta::assert_snapshot!(folder.run(&["render", "home"]).all());
    assert_eq!(contents(&folder.path("home")), before, "nothing is written into the home");
}

#[test]
fn each_file_has_its_state() {
    insta::assert_snapshot!(in_every_state().run(&["render", "home"]).all());
}

#[test]
fn json_is_version_1() {
    let folder = in_every_state();
    insta::assert_snapshot!(folder.run(&["render", "home", "--format", "json"]).all());
    let report = folder.json(&["render", "home", "carbon.xml", "axis2", "--diff"]);
    let diff = |number: usize| report["files"][number]["diff"].as_str().expect("a diff").to_owned();
    assert!(diff(0).contains("+++ b/home/repository/conf/axis2/axis2.xml\n@@ -0,0"), "{report}");
    assert!(diff(1).contains("-        <Offset>9</Offset>\n+        <Offset>1</Offset>\n"), "{report}");
}

#[test]
fn a_diff_shows_what_changes_but_no_secret() {
    let folder = Folder::new();
    folder.toml("example-only", "hunter2-long");
    folder.toml("offset = 1", "offset = 2");
    let told = folder.run(&["render", "home", "--diff"]);
    insta::assert_snapshot!(told.all());
    let colored = folder.command(&["render", "home", "--diff"]).env("CLICOLOR_FORCE", "1").output().expect("the binary runs");
    assert!(String::from_utf8_lossy(&colored.stdout).contains("\u{1b}[32m+        <Offset>2</Offset>\u{1b}[0m\n"));
    for arguments in [vec!["render", "home", "--format", "json", "--diff"], vec!["render", "home", "."], vec!["get", "home"]] {
        let told = folder.run(&arguments);
        assert!(!told.all().contains("hunter2") && !told.all().contains("kYHRVg"), "{arguments:?}: {}", told.all());
    }
}

#[test]
fn a_file_is_printed_as_the_server_would_write_it() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.run(&["render", "home", "master-datasources.xml"]).all());
}

#[test]
fn names_narrow_the_files() {
    let folder = Folder::new();
    folder.template("repository/conf/tomcat/carbon.xml", "<b/>\n");
    let files = |names: &[&str]| {
        let report = folder.json(&[&["render", "home", "--diff"], names].concat());
        let files = report["files"].as_array().expect("a list").clone();
        files.iter().map(|file| file["path"].as_str().expect("a path").replace("repository/conf/", "")).collect::<Vec<_>>()
    };
    assert_eq!(files(&["carbon.xml"]), ["carbon.xml", "tomcat/carbon.xml"]);
    assert_eq!(files(&["tomcat/carbon.xml"]), ["tomcat/carbon.xml"]);
    assert_eq!(files(&["repository/conf/carbon.xml"]), ["carbon.xml"]);
    assert_eq!(files(&["home/repository/conf/carbon.xml"]), ["carbon.xml"]);
    assert_eq!(files(&[folder.path("home/repository/conf/carbon.xml").to_str().expect("UTF-8")]), ["carbon.xml"]);
    assert_eq!(files(&["repository/conf/axis2", "carbon.properties"]), ["axis2/axis2.xml", "carbon.properties"]);
    assert_eq!(files(&[&format!("home/{TEMPLATES}/repository/conf/carbon.xml.j2")]), ["carbon.xml"]);
    let told = folder.run(&["render", "home", "crabon.xml"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("`crabon.xml`") && told.err.contains("did you mean `repository/conf/carbon.xml`"), "{}", told.err);
}

#[test]
fn the_environment_comes_from_the_command_and_from_files() {
    let folder = Folder::new();
    folder.toml("api.shop.example\"\noffset", "$env{SHOP_HOST}\"\noffset");
    folder.toml("Sandbox", "$env{SHOP_NAME}");
    insta::assert_snapshot!(folder.run(&["render", "home"]).all());
    folder.write("one.env", "# hosts\nSHOP_HOST=one.example\nSHOP_NAME=Sandbox\n");
    folder.write("two.env", "export SHOP_HOST=api.shop.example\n");
    let diff = |arguments: &[&str]| {
        let mut command = folder.command(&[&["render", "home", "--diff"], arguments].concat());
        Told::of(command.env("SHOP_HOST", "process.example").output().expect("the binary runs"))
    };
    let clean = diff(&["--env-file", "one.env", "--env-file", "two.env"]);
    assert_eq!((clean.out.as_str(), clean.err.as_str(), clean.code), ("", "", Some(0)));
    assert!(diff(&["--env-file", "one.env"]).out.contains("+    <HostName>one.example</HostName>"));
    let process = diff(&[]);
    assert!(process.out.contains("+    <HostName>process.example</HostName>"));
    assert!(process.err.contains("`$env{SHOP_NAME}` is not in the environment") && process.code == Some(1), "{}", process.err);
    folder.write("wrong.env", "A=1\nno assignment\n");
    let wrong = diff(&["--env-file", "wrong.env"]);
    assert!(wrong.err.contains("wrong.env:2") && wrong.code == Some(2), "{}", wrong.err);
    assert_eq!(diff(&["--env-file", "absent.env"]).code, Some(2));
}

#[test]
fn system_properties_come_from_the_script_and_from_the_command() {
    let folder = Folder::new();
    folder.toml("$sys{wso2.server.standalone}", "$sys{wso2.server.standalone} $sys{carbon.home} $sys{shop}");
    let note = |arguments: &[&str]| {
        let told = folder.run(&[&["render", "home", "carbon.xml"], arguments].concat());
        (told.out.lines().find(|line| line.contains("standalone:")).expect("the line").trim().to_owned(), told.err)
    };
    let home = folder.path("home").canonicalize().expect("there");
    let (line, err) = note(&["--sys", "shop=blue"]);
    assert!(line.starts_with("<!-- standalone: true /") && line.ends_with("/home blue -->"), "{line} for {}", home.display());
    assert_eq!(err, "");
    let (line, err) = note(&["--sys", "carbon.home=/opt/am"]);
    assert_eq!(line, "<!-- standalone: true /opt/am $sys{shop} -->");
    assert!(err.starts_with("home/repository/conf/deployment.toml:5:13: error: `$sys{shop}` is not set"), "{err}");
    assert_eq!(folder.run(&["render", "home", "--sys", "shop"]).code, Some(2));
}

#[test]
fn what_stops_the_start_has_its_place() {
    let folder = Folder::new();
    folder.toml("\"1h\"", "\"1 hour\"");
    folder.toml("9444/services/\"", "9444/$ref{server.context}\"");
    folder.toml("offset = 1", "offset = \"$ref{server.offset}\"");
    folder.toml("admin = \"kYHRVgNYwFRYTdWmhcnwVmdTJHLzQw==\"", "other = \"[plain]\"");
    folder.template("repository/conf/carbon.xml", "<a>\r\n  é{% set a, b = 1 %}\r\n</a>\r\n");
    folder.write("home/repository/resources/conf/validator.json", "{\n  broken\n}");
    insta::assert_snapshot!(folder.run(&["render", "home", "--diff"]).all());
}

#[test]
fn hostile_templates_end_within_limits() {
    let folder = Folder::new();
    for (name, text) in [
        ("outside", "{% include \"/etc/passwd\" %}"),
        ("above", "{% include \"../../../../../../../../etc/passwd\" %}"),
        (
            "endless",
            "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% set x = a %}{% endfor %}{% endfor %}{% endfor %}",
        ),
        ("growing", "{% set x = \"aaaaaaaaaaaaaaaa\" %}{% for a in range(100) %}{% set x = x ~ x %}{% endfor %}{{ x }}"),
    ] {
        folder.template(&format!("repository/conf/hostile/{name}.xml"), text);
    }
    let deep = "{% if a %}".repeat(5000);
    folder.template("repository/conf/hostile/deep.xml", &deep);
    let start = Instant::now();
    let report = folder.json(&["render", "home"]);
    // Builds for tests are slow, and so are busy machines.
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    for file in report["files"].as_array().expect("a list") {
        let expected = if file["path"].as_str().expect("a path").contains("hostile") { "failed" } else { "unchanged" };
        assert_eq!(file["state"], expected, "{file}");
    }
    assert_eq!(folder.run(&["render", "home", "carbon.xml"]).code, Some(0), "the others render");
}

#[test]
fn files_are_written_elsewhere() {
    let folder = Folder::new();
    folder.toml("offset = 1", "offset = 2");
    let before = contents(&folder.path("home"));
    let told = folder.run(&["render", "home", "--out", "made/out"]);
    assert_eq!((told.out.as_str(), told.err.as_str(), told.code), ("5 files written to made/out\n", "", Some(0)));
    assert!(folder.read("made/out/repository/conf/carbon.xml").contains("<Offset>2</Offset>"));
    assert!(
        folder.read("made/out/repository/conf/datasources/master-datasources.xml").contains("<password>example-only</password>")
    );
    assert_eq!(contents(&folder.path("made/out")).len(), 5);
    assert_eq!(folder.run(&["render", "home", "--out", "made/out"]).code, Some(0), "what is there is replaced");
    for inside in ["home", "home/new", "./home/../home"] {
        let told = folder.run(&["render", "home", "--out", inside]);
        assert_eq!(told.code, Some(2), "{inside}");
        assert!(told.err.contains("is inside the home"), "{}", told.err);
    }
    assert_eq!(contents(&folder.path("home")), before, "nothing is written into the home");
}

#[test]
fn what_cannot_be_rendered_is_not_written() {
    let folder = in_every_state();
    let told = folder.run(&["render", "home", "--out", "out"]);
    assert_eq!((told.out.as_str(), told.code), ("5 files written to out\n", Some(1)));
    assert!(told.err.contains("api-manager.xml.j2:8:5: error: "), "{}", told.err);
    assert!(!folder.path("out/repository/conf/api-manager.xml").exists());
    assert!(folder.path("out/repository/elsewhere/other.xml").exists());
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    fs::create_dir_all(folder.path("out/repository")).expect("made");
    fs::create_dir(folder.path("outside")).expect("made");
    symlink("../../outside", folder.path("out/repository/conf")).expect("linked");
    let told = folder.run(&["render", "home", "--out", "out"]);
    assert!(told.code == Some(2) && told.err.contains("outside the output folder"), "{}", told.err);
    assert_eq!(contents(&folder.path("outside")), []);
    // A link among the templates is no template.
    folder.write("secret.txt", "hunter2");
    symlink(folder.path("secret.txt"), folder.path(&format!("home/{TEMPLATES}/repository/conf/linked.xml.j2"))).expect("linked");
    assert!(!folder.run(&["render", "home"]).out.contains("linked"));
}

#[test]
fn homes_that_render_nothing_say_why() {
    let folder = Folder::new();
    folder.write("empty/readme.txt", "");
    folder.write("xml/repository/conf/carbon.xml", "<Server/>");
    let check = |home: &str, code: i32, words: &str| {
        for arguments in [["render", home], ["get", home]] {
            let told = folder.run(&arguments);
            assert!(
                told.code == Some(code) && told.err.contains(words) && told.err.contains("help: "),
                "{arguments:?}: {told:?}"
            );
        }
    };
    check("none", 2, "no such file or folder");
    check("empty", 3, "no WSO2 product home");
    check("xml", 3, "no templates");
    check(".", 2, "contains 2 homes");
    folder.toml("[server]", "[server");
    check("home", 2, "is not valid TOML");
    folder.toml("[server", "{% if x %}\n[server]\n{% endif %}\n#");
    check("home", 2, "is a template of a deployment tool");
    fs::remove_file(folder.path("home/repository/conf/deployment.toml")).expect("removed");
    check("home", 3, "`home/repository/conf/deployment.toml` does not exist");
}

#[test]
fn every_value_is_told_with_its_origin() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.run(&["get", "home"]).all());
}

#[test]
fn a_value_in_json_has_its_place() {
    let folder = Folder::new();
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
    let folder = Folder::new();
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
    let folder = Folder::new();
    folder.toml("api.shop.example\"\noffset", "$env{SHOP_HOST}\"\noffset");
    assert!(folder.run(&["get", "home", "server.hostname"]).out.starts_with("server.hostname = \"$env{SHOP_HOST}\"  # user, "));
    let mut command = folder.command(&["get", "home", "apim.key_manager.service_url"]);
    let told = Told::of(command.env("SHOP_HOST", "known.example").output().expect("the binary runs"));
    assert!(told.out.starts_with("apim.key_manager.service_url = \"https://known.example:9444/services/\""), "{}", told.out);
}
