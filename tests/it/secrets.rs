//! Secrets planted in every place that can have one, and every command over them: none may print one.

use std::collections::BTreeSet;

use crate::support::{Folder, Run, formats_of};

/// What no output may have. Parts of it are in some secrets, for parsers that stop in the middle.
const MARK: &str = "PLANTED";

/// A deployment.toml with a secret in each kind of place.
const TOML: &str = r#"
# password = "PLANTED1"
[server]
hostname = "localhost"
offset = "1"

[super_admin]
username = "admin"
password = "PLANTED2 x & y"
create_admin_account = true

[database.shared_db]
url = "jdbc:mysql://db:3306/shared?user=admin&password=PLANTED3&useSSL=false"
password = 'PLANTED4'

[encryption]
key = "PLANTED5"
old_key = "PLANTED6"

[apim.jms]
url = "amqp://admin:PLANTED7,a/b'c d@localhost:5672/x"
auth_header = "Basic UExBTlRFRDg6UExBTlRFRA=="

[[apim.gateway.environment]]
name = "Default"
password = "PLANTED9"
service_url = "https://admin:PLANTED10@localhost:9443/services/"

[keystore.tls]
key_password = """PLANTED11
PLANTED12"""
certificate = """
-----BEGIN RSA PRIVATE KEY-----
PLANTED13
-----END RSA PRIVATE KEY-----
"""

[oauth]
totpKey = "PLANTED14"
secret_of_x = "$x{PLANTED15}"

[custom]
inline = { user = "u", password = "PLANTED16" }
refers = "$ref{super_admin.password}"
list_of_passwords = ["PLANTED17", "PLANTED18"]
header = "Bearer PLANTED19abcdefg"

[secrets]
admin = "PLANTED20"
"symmetric key" = "PLANTED21"
secure = "PLANTED22"
"#;

const XML: &str = r#"<?xml version="1.0"?>
<UserManager>
  <AdminUser><UserName>admin</UserName><Password>PLANTED30</Password></AdminUser>
  <Password><![CDATA[PLANTED31]]></Password>
  <Password>PLANTED32 & PLANTED33</Password>
  <Property name="password">PLANTED34</Property>
  <Property name="password" value="PLANTED35"/>
  <svns:KeyPassword>PLANTED36</svns:KeyPassword>
  <Connector keystorePass="PLANTED37" port="9443"/>
  <url>jdbc:mysql://db/x?user=u&amp;password=PLANTED38&amp;a=b</url>
  <!-- <Password>PLANTED39</Password> -->
</UserManager>
"#;

const PROPERTIES: &str =
    "db.password=PLANTED40\nurl=jdbc:h2:x;PASSWORD=PLANTED41;A=b\nkeystore.pass PLANTED42\nlong.password=\\\n  PLANTED43\n";

/// `text`, and `text` with one line broken in one way, for each line with a secret.
fn broken(text: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([text.to_owned()]);
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.contains(MARK)) {
        let mut variants = BTreeSet::new();
        for character in ['"', '\'', '=', '[', ']', '<', '>', '/', '&', '{', '}', ':', '@'] {
            variants.insert(line.replacen(character, "", 1));
            if let Some(at) = line.rfind(character) {
                variants.insert(format!("{}{}", &line[..at], &line[at + 1..]));
            }
            // In the middle of the secret.
            variants.insert(line.replacen(MARK, &format!("a{character}{MARK}"), 1));
        }
        variants.insert(line.replacen('=', "= = ", 1));
        for variant in variants {
            let mut broken = lines.clone();
            broken[number] = &variant;
            texts.insert(broken.join("\n"));
        }
    }
    texts
}

fn check(run: &Run, what: &str) {
    let all = run.all();
    let leaks: BTreeSet<&str> = all.lines().filter(|line| line.contains(MARK) || line.contains("UExBTlRFRDg6")).collect();
    assert!(leaks.is_empty(), "{what}: {leaks:#?}");
}

#[test]
fn no_command_prints_a_secret_of_a_home() {
    let folder = Folder::new();
    folder.copy("homes/api-manager-4.5.0", "home");
    folder.write("home/repository/conf/deployment.toml", TOML);
    folder.write("home/repository/conf/user-mgt.xml", XML);
    folder.write("home/repository/conf/carbon.properties", PROPERTIES);
    folder.write("home/repository/conf/security/cipher-text.properties", "admin=PLANTED50\nsymmetric_key=PLANTED51\n");
    let template = "<a>{% for key, value in secrets.items() %}{{key}}={{value}} {% endfor %}{{super_admin.password}}\n{{custom.refers}}</a>\n";
    folder.write("home/repository/resources/conf/templates/repository/conf/planted.xml.j2", template);
    for (command, arguments) in [
        ("lint", &[][..]),
        ("fix", &["--diff", "--unsafe"]),
        ("fix", &["--check", "--unsafe"]),
        ("ports", &["--all"]),
        ("render", &[]),
        ("render", &["--diff"]),
        ("render", &["."]),
        ("get", &[]),
        ("get", &["super_admin"]),
        ("get", &["custom.refers"]),
        ("get", &["secrets"]),
        ("trace", &["planted.xml"]),
        ("trace", &["planted.xml:1"]),
        ("trace", &["super_admin.password"]),
        ("trace", &["secrets.admin"]),
        ("schema", &[]),
    ] {
        let formats =
            if matches!(command, "fix" | "schema") { vec![None] } else { formats_of(command).into_iter().map(Some).collect() };
        for format in formats {
            let mut line = vec![command, "home"];
            line.extend(arguments);
            if let Some(format) = &format {
                line.extend(["--format", format]);
            }
            check(&folder.run(&line), &format!("{line:?}"));
        }
    }
    let run = folder.run(&["fix", "home", "--unsafe"]);
    check(&run, "fix");
}

#[test]
fn no_command_prints_a_secret_of_a_broken_file() {
    let (folder, mut count) = (Folder::new(), 0);
    for (name, text) in [("deployment.toml", TOML), ("user-mgt.xml", XML), ("carbon.properties", PROPERTIES)] {
        for text in broken(text) {
            // The other formats have the same messages, and take some of the files.
            folder.write(format!("{}/{count}/{name}", if count % 8 == 0 { "some" } else { "most" }), text);
            count += 1;
        }
    }
    assert!(count > 500, "{count}");
    let product = ["--product", "api-manager@4.5.0"];
    check(&folder.run(&[&["lint"], &product[..]].concat()), "human");
    for format in formats_of("lint") {
        check(&folder.run(&[&["lint", "some", "--format", &format], &product[..]].concat()), &format);
    }
    check(&folder.run(&[&["fix", "some", "--diff", "--unsafe"], &product[..]].concat()), "fix --diff");
    check(&folder.run(&[&["ports", "some"], &product[..]].concat()), "ports");
}

#[test]
fn what_is_no_secret_is_shown() {
    let toml = "[user_store]\nPasswordJavaRegEx = \"^[a-z]$\"\npassword_error_msg = \"too short\"\nreset_password.enable = \"yes\"\n\
                password_min_length = 8\n[keystore.tls]\npassword = \"$secret{tls}\"\ntoken_validity = 3600\n";
    let folder = Folder::new();
    folder.copy("homes/api-manager-4.5.0", "home");
    folder.write("home/repository/conf/deployment.toml", toml);
    for table in ["user_store", "keystore.tls"] {
        let shown = folder.run(&["get", "home", table]).out;
        let lines: Vec<&str> = shown.lines().filter(|line| line.contains("***") && !line.contains("default")).collect();
        assert_eq!(lines, [""; 0], "{shown}");
    }
}
