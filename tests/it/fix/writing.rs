//! How fixes get to the disk: previews, backups, and files that cannot be written.

use std::fs;
use std::process::{Child, Command, Stdio};

use super::{FAULTY, PRODUCT, TOML, fix};
use crate::support::{Folder, Run};
use carbonlint::internals::replace;
use carbonlint::{FixOptions, WriteError};

#[test]
fn diff_and_check_write_nothing() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let before = home.files();
    let (code, diff) = fix(&home, &["--diff"]);
    assert_eq!(code, Some(0));
    assert!(diff.starts_with("# set `server.offset` to 1 [offset-not-integer]\n# "), "{diff}");
    assert!(
        diff.contains("]\n--- a/repository/conf/deployment.toml\n+++ b/")
            && diff.contains("\n2 findings would be fixed in 1 file\n"),
        "{diff}"
    );
    assert!(diff.contains("-offset = \"1\"\n\\ No newline at end of file\n+offset = 1\n\\ No newline"), "{diff}");
    assert_eq!(fix(&home, &["--check"]).0, Some(1));
    assert_eq!(home.files(), before);
    fix(&home, &[]);
    assert_eq!(fix(&home, &["--check"]).0, Some(0));
}

#[test]
fn a_backup_keeps_the_old_file() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    fix(&home, &["--backup", ".orig"]);
    assert_eq!(home.text("repository/conf/deployment.toml.orig"), FAULTY);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_and_a_link_out_of_the_home_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    fs::set_permissions(home.path().join(TOML), fs::Permissions::from_mode(0o444)).expect("set");
    let (code, text) = fix(&home, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is read-only\n  help: no file was changed: make it writable, and run the command again\n"), "{text}");
    let outside = Folder::with(&[("deployment.toml", FAULTY.as_bytes())]);
    let home = Folder::with(&[PRODUCT, ("repository/conf/carbon.properties", b"")]);
    symlink(outside.path().join("deployment.toml"), home.path().join(TOML)).expect("linked");
    let (_, text) = fix(&home, &[]);
    assert!(text.starts_with("0 findings fixed in 0 files\n"), "{text}");
    // What is read through a link is not written through it.
    let (code, text) = fix(&home, &["--follow-links"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is outside the home"), "{text}");
    assert_eq!(outside.text("deployment.toml"), FAULTY);
}

/// On a full disk (a limit on the size of files stands in for it) the old file stays whole and nothing is left behind.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file() {
    let long = format!("{FAULTY}\n# {}\n", "x".repeat(4096));
    let home = Folder::with(&[PRODUCT, (TOML, long.as_bytes())]);
    let before = home.files();
    for arguments in ["", "--backup .bak"] {
        let script = format!("trap '' XFSZ; ulimit -f 1; exec \"$0\" fix . {arguments}");
        let output =
            Command::new("bash").args(["-c", &script, env!("CARGO_BIN_EXE_carbonlint")]).current_dir(home.path()).output();
        let run = Run::ended(output.expect("bash runs"));
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(
            run.err.contains("cannot write `") && run.err.contains("no file was changed: run the command again"),
            "{}",
            run.err
        );
        assert_eq!(home.files(), before);
    }
}

/// Killed while it writes, the old file is whole, and the next run is not disturbed by what was left.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_the_old_file() {
    let long = format!("{FAULTY}\n# {}\n", "x".repeat(4096));
    let home = Folder::with(&[PRODUCT, (TOML, long.as_bytes())]);
    // The signal of the limit kills the process in the middle of writing.
    let script = "ulimit -c 0; ulimit -f 1; exec \"$0\" fix . --backup .bak";
    let status = Command::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_carbonlint")]).current_dir(home.path()).status();
    assert_eq!(status.expect("bash runs").code(), None, "killed by a signal");
    assert_eq!(home.text(TOML), long);
    assert_eq!(fix(&home, &["--backup", ".bak"]).0, Some(0));
    assert!(home.text(TOML).contains("offset = 1\n"));
    assert_eq!(home.text("repository/conf/deployment.toml.bak"), long, "no half of a backup is in the way");
    assert_eq!(home.files().len(), 3, "no temporary file stays");
}

#[test]
fn a_backup_needs_a_name_of_its_own() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    for suffix in ["", "/x", ".carbonlint-new", ".carbonlint-old"] {
        assert_eq!(fix(&home, &["--backup", suffix]).0, Some(2), "{suffix:?}");
        assert_eq!(home.text(TOML), FAULTY);
    }
    // The second backup has a number: the first one is what was there before carbonlint.
    assert_eq!(fix(&home, &["--backup", ".orig"]).0, Some(0));
    let fixed = home.text(TOML);
    assert_eq!(fix(&home, &["--backup", ".orig", "--select", "http-passthru-enabled"]).0, Some(0));
    assert_eq!(home.text("repository/conf/deployment.toml.orig"), FAULTY);
    assert_eq!(home.text("repository/conf/deployment.toml.orig.1"), fixed);
}

#[test]
fn an_edit_made_during_the_run_is_not_overwritten() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let options = FixOptions { paths: vec![home.path().to_path_buf()], ..FixOptions::default() };
    let result = carbonlint::fix(&options).expect("the fixes come to an end");
    let edited = format!("{FAULTY}\n# mine\n");
    home.write(TOML, edited.as_bytes());
    let replacements = result.files;
    assert_eq!(replacements.len(), 1);
    assert!(matches!(replace(&replacements, home.path(), None), Err(WriteError::Changed(_))));
    assert_eq!(home.text(TOML), edited);
}

/// Of several runs at once, each writes the fixed file, finds nothing to do, or leaves the file alone and says why.
#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let home = Folder::with(&[PRODUCT, (TOML, FAULTY.as_bytes())]);
    let start = |_| home.command(&["fix"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let running: Vec<Child> = (0..6).map(start).collect();
    let runs = running.into_iter().map(|child| Run::ended(child.wait_with_output().expect("it ends")));
    let mut written = 0;
    for run in runs {
        match run.code {
            Some(0) => written += usize::from(run.out.contains("2 findings fixed in 1 file")),
            code => {
                assert_eq!(code, Some(2), "{}", run.err);
                let is_known = ["has changed since it was read", "another process is writing to", "no such file or folder"];
                assert!(is_known.iter().any(|reason| run.err.contains(reason)), "{}", run.err);
            }
        }
    }
    assert_eq!(written, 1);
    assert!(home.text(TOML).ends_with("[server]\noffset = 1"), "{}", home.text(TOML));
    assert_eq!(home.files().len(), 2, "no temporary file stays");
}
