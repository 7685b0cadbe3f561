//! The commands that `lint` suggests, pasted into a shell: each fixes as many findings as it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Run, command_in, files_below, fixture};

/// The commands in the last lines of a report, with the number of findings that each fixes.
fn hints(report: &str) -> Vec<(String, usize)> {
    let lines = report.lines().filter_map(|line| line.strip_prefix('`')?.split_once("` fixes "));
    let number = |rest: &str| rest.split(',').next().and_then(|number| number.parse().ok()).expect("a number");
    lines.map(|(command, rest)| (command.to_owned(), number(rest))).collect()
}

/// Runs a command as a shell does that finds the binary under its name.
fn paste(command: &str, folder: &Path) -> Run {
    let script = format!("carbonlint() {{ \"$BINARY\" \"$@\"; }}; {command}");
    Run::of(Command::new("bash").args(["-c", &script]).current_dir(folder).env("BINARY", env!("CARGO_BIN_EXE_carbonlint")))
}

/// Lints what is in `folder`, pastes each command that the report suggests, each time into the same state, and returns how many there are.
pub fn check(folder: &Folder, arguments: &[&str]) -> usize {
    let before = folder.files();
    let report = Run::of(&mut command_in(folder.path(), &[&["lint", "--profile", "production"], arguments].concat()));
    let hints = hints(&report.out);
    for (command, number) in &hints {
        let run = paste(command, folder.path());
        let said = format!("{number} finding{} fixed in ", if *number == 1 { "" } else { "s" });
        assert!(run.out.contains(&said) && run.code == Some(0), "{command}\nsaid {number}\n{}\n{}", report.out, run.all());
        for (path, bytes) in &before {
            fs::write(path, bytes).expect("written");
        }
    }
    assert_eq!(folder.files(), before);
    hints.len()
}

#[test]
fn every_hint_for_a_fixture_does_what_it_says() {
    let mut checked = 0;
    for kind in ["homes", "started"] {
        for entry in fs::read_dir(fixture(kind)).expect("fixtures").map(|entry| entry.expect("readable")) {
            let folder = Folder::new();
            // A name that the shell would take apart, beside another home that must stay as it is.
            folder.copy(&format!("{kind}/{}", entry.file_name().display()), "it's a $HOME");
            folder.copy("homes/api-manager-2.6.0", "other");
            let other = files_below(&folder.at("other"));
            checked += check(&folder, &["it's a $HOME"]);
            assert_eq!(files_below(&folder.at("other")), other);
        }
    }
    assert!(checked >= 15, "{checked}");
}

#[test]
fn hints_for_several_homes_move_offsets_only_by_name() {
    let folder = Folder::new();
    for number in 0..3 {
        folder.copy("homes/identity-server-7.1.0", &format!("{number}"));
    }
    assert!(check(&folder, &["--same-host"]) >= 2);
    assert!(check(&folder, &["--same-host", "1", "./2"]) >= 2);
    let before = folder.files();
    let ports = |folder: &Folder| folder.json(&["ports", "."]);
    let offsets = |folder: &Folder| -> Vec<_> {
        ports(folder)["homes"].as_array().expect("homes").iter().map(|home| home["offset"]["value"].clone()).collect()
    };
    let old = offsets(&folder);
    assert_eq!(folder.run(&["fix", "--unsafe", "--same-host"]).code, Some(0));
    assert_eq!(offsets(&folder), old);
    assert_ne!(folder.files(), before);
    folder.run(&["fix", "--same-host", "--select", "port-conflict-across-homes"]);
    assert_ne!(offsets(&folder), old);
}

#[test]
fn hints_repeat_what_the_findings_depend_on() {
    let folder = Folder::with(&[("deployment.toml", b"[server]\noffset = \"1\"\n")]);
    let arguments = ["--product", "api-manager@4.5.0", "--ignore", "http-servlet-enabled", "deployment.toml"];
    assert_eq!(check(&folder, &arguments), 3);
    let report = folder.run(&[&["lint"], &arguments[..]].concat()).out;
    let hint = "`carbonlint fix --ignore http-servlet-enabled --product api-manager@4.5.0 deployment.toml` fixes 1\n";
    assert!(report.contains(hint), "{report}");
    // A rule that is selected by name brings its unsafe fixes.
    let report = folder.run(&["lint", "--select", "http-passthru-enabled", "--product", "api-manager@4.5.0", "."]).out;
    let hint = "`carbonlint fix --select http-passthru-enabled --product api-manager@4.5.0 .` fixes 1, but changes what";
    assert!(report.contains(hint), "{report}");
}
