//! What a terminal gets: closed streams are no crash, and nothing in a home can look like a part of a report.

use std::fs::File;
use std::process::Stdio;

use crate::support::{Folder, Run, command_in, formats_of, repository};

/// A command of each kind that prints to both streams.
const COMMANDS: [&[&str]; 9] = [
    &["lint", "fixtures/homes/api-manager-4.2.0"],
    &["lint", "no-such-folder"],
    &["lint", "src"],
    &["lint", "--no-such-option"],
    &["render", "fixtures/homes/api-manager-4.2.0", "--diff"],
    &["fix", "fixtures/homes/api-manager-4.2.0", "--diff", "--unsafe"],
    &["ports", "fixtures/homes"],
    &["explain", "unknown-key"],
    &["--help"],
];

#[cfg(unix)]
#[test]
fn a_closed_or_full_stream_never_aborts() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("a device that is full"));
    let closed = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        Stdio::from(writer)
    };
    for arguments in COMMANDS {
        let usual = crate::support::run(arguments);
        let run = |out: Stdio, err: Stdio| {
            let child = command_in(repository(), arguments).stdout(out).stderr(err).spawn().expect("the binary runs");
            Run::ended(child.wait_with_output().expect("ended"))
        };
        // Without a reader on standard error, nothing else changes.
        for err in [full(), closed()] {
            let run = run(Stdio::piped(), err);
            assert_eq!((run.code, run.out), (usual.code, usual.out.clone()), "{arguments:?}");
        }
        // A reader that stops early is no failure, a full disk is one.
        assert_eq!(run(closed(), closed()).code, usual.code, "{arguments:?}");
        let run = run(full(), Stdio::piped());
        if usual.out.is_empty() {
            assert_eq!((run.code, run.err), (usual.code, usual.err), "{arguments:?}");
        } else {
            assert_eq!(run.code, Some(2), "{arguments:?}");
            assert!(run.err.ends_with("error: cannot write to standard output: no space left on device\n"), "{}", run.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn names_and_values_cannot_forge_a_report() {
    const NAME: &str =
        "x\u{1b}[31mRED\u{1b}]8;;http://evil\u{7}\r\nother/deployment.toml:1:1: error[forged] gone\u{202e}\u{200b}\u{9b}2J";
    let folder = Folder::new();
    let home = NAME.replace('/', "_");
    let toml = "[server]\nhostname = \"a\\u001b[31m\"\n\"k\\u001b[2J\\nforged/x.toml:1:1: error[forged] b\\u202e\" = 1\noffset = \"z\u{202e}\"\n";
    folder.write(format!("{home}/repository/conf/deployment.toml"), toml);
    folder.write(format!("{home}/repository/conf/\u{1b}[2Jx.xml"), "<a>");
    folder.write(format!("{home}/repository/conf/carbon.xml"), "<Server><b\u{1b}[2J></Server>");
    folder.write(format!("{home}/updates/product.txt"), "wso2am-4.2.0");
    folder.write(format!("{home}/bin/api-manager.sh"), "#!/bin/sh\n");
    folder.write(format!("{home}/repository/resources/conf/default.json"), "{}");
    folder.write(
        format!("{home}/repository/resources/conf/templates/repository/conf/carbon.xml.j2"),
        "<Server><HostName>{{server.hostname}}</HostName></Server>\n",
    );
    let missing = format!("{home}/none");
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["lint", &home],
        vec!["lint", "."],
        vec!["lint", &missing],
        vec!["fix", &home],
        vec!["fix", &home, "--diff", "--unsafe"],
        vec!["render", &home],
        vec!["render", &home, "--diff"],
        vec!["render", &home, &home],
        vec!["get", &home],
        vec!["get", &home, &home],
        vec!["trace", &home, "carbon.xml"],
        vec!["trace", &home, &home],
        vec!["schema", &missing],
        vec!["explain", &home],
        vec!["lint", "--select", &home],
    ];
    let formats: Vec<String> =
        formats_of("lint").into_iter().chain(formats_of("ports")).filter(|format| format != "json").collect();
    for format in &formats {
        let command = if formats_of("lint").contains(format) { "lint" } else { "ports" };
        commands.push(vec![command, &home, "--format", format]);
    }
    for arguments in commands {
        // The lines of CSV end with both.
        let mut text = folder.run(&arguments).all().replace("\r\n", "\n");
        if arguments.contains(&"--diff") && arguments.contains(&"fix") {
            // A patch has the bytes of the file, after a sign.
            let is_content =
                |line: &&str| line.starts_with([' ', '+', '-']) && !line.starts_with("+++") && !line.starts_with("---");
            text = text.lines().filter(|line| !is_content(line)).collect::<Vec<_>>().join("\n");
        }
        let hidden = text.chars().find(|character| {
            character.is_control() && !matches!(character, '\n' | '\t') || matches!(character, '\u{202e}' | '\u{200b}')
        });
        assert_eq!(hidden, None, "{arguments:?}:\n{text}");
        assert!(
            text.lines().all(|line| !line.starts_with("other_deployment") && !line.starts_with("forged/")),
            "{arguments:?}:\n{text}"
        );
    }
}
