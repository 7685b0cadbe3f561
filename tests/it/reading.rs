//! What is read: regular files of a limited size, and nothing outside of a home through a link.

#![cfg(unix)]

use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Run, repository};

const TOML: &str = "[server]\nhostname = \"localhost\"\n";

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

/// Every command on the home, without the path of the home.
const COMMANDS: [&[&str]; 8] = [
    &["lint"],
    &["lint", "--format", "json"],
    &["fix", "--diff", "--unsafe"],
    &["ports"],
    &["render"],
    &["render", "--diff"],
    &["get"],
    &["schema"],
];

fn run_on_home(folder: &Folder, command: &[&str]) -> Run {
    let mut arguments = vec![command[0], "home"];
    arguments.extend(&command[1..]);
    folder.run(&arguments)
}

/// Replaces the file by what `make` puts at its path.
fn replace(folder: &Folder, file: &str, make: impl FnOnce(&Path)) {
    let path = folder.at(format!("home/{file}"));
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
    let _ = std::fs::remove_file(&path);
    make(&path);
}

#[test]
fn a_pipe_in_place_of_a_file_is_reported_and_nothing_waits() {
    const FILES: [&str; 8] = [
        "repository/conf/deployment.toml",
        "repository/conf/carbon.xml",
        "bin/wso2carbon-version.txt",
        "bin/api-manager.sh",
        "updates/product.txt",
        "repository/resources/conf/infer.json",
        "repository/resources/conf/default.json",
        "repository/resources/conf/.metadata/metadata_config.properties",
    ];
    for file in FILES {
        let folder = Folder::new();
        folder.copy("homes/api-manager-4.2.0", "home");
        replace(&folder, file, make_pipe);
        let run = folder.run(&["lint", "home", "--format", "concise"]);
        let expected = format!("home/{file}: error[path-unreadable] cannot be read: it is a pipe, not a regular file\n");
        assert!(run.out.contains(&expected), "{file}:\n{}", run.out);
        for command in COMMANDS.iter().filter(|_| file == "bin/wso2carbon-version.txt") {
            let run = run_on_home(&folder, command);
            assert!(run.code.is_some_and(|code| code < 2), "{command:?}: {run:?}");
        }
    }
    let folder = Folder::new();
    make_pipe(&folder.at("deployment.toml"));
    make_pipe(&folder.at("carbonlint.toml"));
    make_pipe(&folder.at("variables"));
    let run = folder.run(&["lint", "--format", "concise", "deployment.toml"]);
    assert!(
        run.out.contains("deployment.toml: error[path-unreadable] cannot be read: it is a pipe, not a regular file\n"),
        "{run:?}"
    );
    let home = repository().join("fixtures/started/api-manager-4.5.0");
    let run = folder.run(&["get", home.to_str().expect("UTF-8"), "--env-file", "variables"]);
    assert_eq!(
        run.err,
        "error: cannot read `variables`: it is a pipe, not a regular file\n  help: --env-file takes a text file\n"
    );
}

#[test]
fn a_huge_configuration_of_carbonlint_is_not_read() {
    let folder = Folder::with(&[("deployment.toml", TOML.as_bytes())]);
    File::create(folder.at("carbonlint.toml")).expect("created").set_len(3 << 30).expect("sparse");
    let run = folder.run(&["lint", "--format", "concise"]);
    assert_eq!(run.out, "carbonlint.toml: error[path-unreadable] cannot be read: it has 3072 MiB, more than the limit of 16\n");
}

#[test]
fn nothing_outside_of_a_home_is_read_through_a_link() {
    const SECRET: &str = "root:PLANTED:19000:0\n";
    const LINKS: [&str; 7] = [
        "repository/conf/deployment.toml",
        "repository/conf/carbon.xml",
        "repository/conf/log4j2.properties",
        "repository/resources/conf/default.json",
        "repository/resources/conf/infer.json",
        "repository/resources/conf/templates/repository/conf/carbon.xml.j2",
        "bin/api-manager.sh",
    ];
    for link in LINKS {
        let folder = Folder::new();
        folder.copy("homes/api-manager-4.2.0", "home");
        folder.write("outside", SECRET);
        replace(&folder, link, |path| symlink(folder.at("outside"), path).expect("linked"));
        let run = folder.run(&["lint", "home", "--format", "concise"]);
        let expected = format!("home/{link}: error[path-unreadable] cannot be read: it is a link to ");
        assert!(run.out.contains(&expected), "{link}:\n{}", run.out);
        for command in COMMANDS.iter().filter(|_| link.ends_with("carbon.xml") || link.ends_with("deployment.toml")) {
            let run = run_on_home(&folder, command);
            assert!(!run.all().contains("PLANTED"), "{link}: {command:?}\n{}", run.all());
        }
    }
}

#[test]
fn a_link_is_followed_inside_the_home_where_it_is_named_and_where_it_is_asked_for() {
    let folder = Folder::with(&[
        ("home/bin/api-manager.sh", b"#!/bin/sh\n"),
        ("home/updates/product.txt", b"wso2am-4.2.0\n"),
        ("home/repository/conf/..data/deployment.toml", b"[server]\noffset = 1\n"),
        ("shared/deployment.toml", b"[server]\noffset = 2\n"),
    ]);
    let path = folder.at("home/repository/conf/deployment.toml");
    symlink("..data/deployment.toml", &path).expect("linked");
    let heading = |arguments: &[&str]| folder.run(arguments).out.lines().next().map(str::to_owned);
    assert_eq!(
        heading(&["ports", "home"]).as_deref(),
        Some("home: API Manager 4.2.0, deployment.toml, offset 1 (home/repository/conf/deployment.toml:2)")
    );
    std::fs::remove_file(&path).expect("removed");
    symlink("../../../shared/deployment.toml", &path).expect("linked");
    let run = folder.run(&["ports", "home"]);
    assert!(run.err.contains("deployment.toml: cannot be read: it is a link to `../../../shared/deployment.toml`"), "{run:?}");
    let expected = Some("home: API Manager 4.2.0, deployment.toml, offset 2 (home/repository/conf/deployment.toml:2)");
    assert_eq!(heading(&["ports", "home", "--follow-links"]).as_deref(), expected);
    assert_eq!(heading(&["ports", "home/repository/conf/deployment.toml"]).as_deref(), expected);
    // The whole folder is a link.
    std::fs::remove_file(&path).expect("removed");
    std::fs::rename(folder.at("home/repository/conf"), folder.at("conf")).expect("renamed");
    folder.write("conf/deployment.toml", b"[server]\noffset = 2\n");
    symlink("../../conf", folder.at("home/repository/conf")).expect("linked");
    assert_eq!(heading(&["ports", "home", "--follow-links"]).as_deref(), expected);
    let run = folder.run(&["ports", "home"]);
    assert!(run.err.contains("home/repository/conf: cannot be read: it is a link to `../../conf`"), "{run:?}");
}

#[test]
fn a_link_out_of_the_searched_folder_is_reported() {
    let folder = Folder::with(&[("outside/deployment.toml", b"[server]\noffset = 2\n"), ("searched/README.md", b"")]);
    symlink("../outside", folder.at("searched/shared")).expect("linked");
    let run = folder.run(&["lint", "searched"]);
    assert!(run.out.contains("searched/shared: cannot be read: it is a link to `../outside`"), "{}", run.all());
    assert!(!run.all().contains("hidden"), "{}", run.all());
}

#[test]
fn links_that_fan_out_are_entered_once() {
    let folder = Folder::new();
    folder.copy("homes/api-manager-4.2.0", "home");
    for level in 0..19 {
        folder.write(format!("home/repository/fan/{level}/carbon.xml"), b"<Server/>");
    }
    for level in 0..18 {
        for name in ["a", "b"] {
            symlink(format!("../{}", level + 1), folder.at(format!("home/repository/fan/{level}/{name}"))).expect("linked");
        }
    }
    symlink("../fan/0", folder.at("home/repository/conf/fan")).expect("linked");
    let run = folder.run(&["lint", "home"]);
    // Each folder once, through the first link to it.
    assert!(run.out.contains(" in 39 files\n"), "{}", run.out);
}
