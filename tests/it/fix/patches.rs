//! `fix --diff` prints patches: `git apply` and `patch` make of a home what `fix` makes of it.

use std::fs;
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use crate::support::{Folder, fixture};

/// Applies `patch` in `folder` with a tool. `None` if the machine does not have it; git, from which the repository comes, must be there.
fn apply(folder: &Folder, tool: &[&str], patch: &str) -> Option<String> {
    let mut command = Command::new(tool[0]);
    command.args(&tool[1..]).current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound && tool[0] != "git" => return None,
        spawned => spawned.unwrap_or_else(|error| panic!("{tool:?}: {error}")),
    };
    child.stdin.take().expect("piped").write_all(patch.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{tool:?}: {said}\n{patch}");
    Some(said)
}

/// Fixes what is in `folder`, and checks that each tool does the same with the patch. Returns how many files the patch changes.
pub fn check(folder: &Folder, arguments: &[&str]) -> usize {
    let before = folder.files();
    let diff = folder.run(&[&["fix", "--diff"], arguments].concat());
    assert_eq!(diff.code, Some(0), "{}", diff.all());
    assert_eq!(folder.files(), before);
    let left_out = diff.err.lines().filter(|line| line.contains(": not in the patch: ")).count();
    let restore = || {
        for (path, bytes) in &before {
            fs::write(path, bytes).expect("written");
        }
    };
    folder.run(&[&["fix"], arguments].concat());
    let fixed = folder.files();
    restore();
    let changed = before.iter().filter(|(path, bytes)| fixed.get(*path) != Some(bytes)).count();
    let patched = diff.out.lines().filter(|line| line.starts_with("+++ ")).count();
    assert_eq!(patched + left_out, changed, "{}", diff.all());
    if patched == 0 {
        return 0;
    }
    for tool in [&["git", "apply", "-p1"][..], &["patch", "-p1", "--binary", "--no-backup-if-mismatch"]] {
        let Some(said) = apply(folder, tool, &diff.out) else { continue };
        assert!(!said.contains("fuzz") && !said.contains("offset"), "{said}\n{}", diff.out);
        if left_out == 0 {
            assert_eq!(folder.files(), fixed, "{tool:?}");
        } else {
            assert_ne!(folder.files(), before, "{tool:?}");
        }
        restore();
    }
    patched
}

#[test]
fn the_patch_of_every_fixture_home_can_be_applied() {
    let mut patched = 0;
    for kind in ["homes", "started"] {
        for entry in fs::read_dir(fixture(kind)).expect("fixtures").map(|entry| entry.expect("readable")) {
            let folder = Folder::new();
            folder.copy(&format!("{kind}/{}", entry.file_name().display()), "it's a hôme");
            patched += check(&folder, &["--unsafe"]);
        }
    }
    assert!(patched >= 15, "{patched}");
}

#[test]
fn line_ends_and_marks_are_those_of_the_file() {
    for text in [
        "[server]\r\nhostname = \"é\"\r\noffset = \"1\"\r\n",
        "[server]\noffset = \"1\"",
        "\u{feff}[server]\noffset = \"1\"\n",
        "a = \"\u{202e}\"\n[server]\n# \u{1f600}\noffset = \"1\"\n",
    ] {
        let folder = Folder::with(&[("a b/deployment.toml", text.as_bytes())]);
        assert_eq!(check(&folder, &["--product", "api-manager@4.5.0", "--select", "offset-not-integer"]), 1, "{text}");
    }
}

#[test]
fn a_patch_has_no_secret_and_says_what_it_leaves_out() {
    let text = "[server]\nhostname = \"a\"\noffset = \"1\"\n[super_admin]\npassword = \"hunter2\"\nusername = \"a\"\n";
    let folder = Folder::with(&[("deployment.toml", text.as_bytes())]);
    let arguments = ["--product", "api-manager@4.5.0", "--select", "offset-not-integer"];
    let diff = folder.run(&[&["fix", "--diff"], &arguments[..]].concat());
    assert!(
        diff.out.ends_with("@@ -2,3 +2,3 @@\n hostname = \"a\"\n-offset = \"1\"\n+offset = 1\n [super_admin]\n"),
        "{}",
        diff.all()
    );
    assert_eq!(check(&folder, &arguments), 1);
    folder.write("deployment.toml", text.replace("[super_admin]\n", ""));
    let diff = folder.run(&[&["fix", "--diff"], &arguments[..]].concat());
    assert_eq!((diff.out.as_str(), diff.code), ("", Some(0)));
    assert!(diff.err.starts_with("note: deployment.toml: not in the patch: its patch would show a secret\n"), "{}", diff.err);
    folder.write("deployment.toml", "[server]\noffset = 1\n");
    let diff = folder.run(&[&["fix", "--diff"], &arguments[..]].concat());
    assert_eq!((diff.out.as_str(), diff.err.as_str()), ("", "nothing to change\n"));
}
