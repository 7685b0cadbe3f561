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
    let out = format!("{home}-out");
    let option = format!("--{home}");
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["lint", &home],
        vec!["lint", "."],
        vec!["lint", &missing],
        vec!["fix", &home],
        vec!["fix", &home, "--diff", "--unsafe"],
        vec!["render", &home],
        vec!["render", &home, "--diff"],
        vec!["render", &home, "--out", &out],
        vec!["render", &home, &home],
        vec!["get", &home],
        vec!["get", &home, &home],
        vec!["trace", &home, "carbon.xml"],
        vec!["trace", &home, &home],
        vec!["schema", &missing],
        vec!["explain", &home],
        vec!["lint", "--select", &home],
        vec!["lint", "--format", &home],
        vec!["lint", &option],
        vec!["lint", "--color", "never", &option],
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

#[test]
fn a_mistyped_name_gets_a_suggestion() {
    let folder = crate::render::started();
    let rule = "no rule is called `http-pasthru-enabled`\n  help: did you mean `http-passthru-enabled`?\n";
    let either = "no rule or category is called `http-pasthru-enabled`\n  help: did you mean `http-passthru-enabled`?\n";
    for (arguments, expected) in [
        (&["lint", ".", "--select", "http-pasthru-enabled"][..], either),
        (&["lint", ".", "--ignore", "http-pasthru-enabled"], either),
        (
            &["fix", ".", "--select", "refrences"],
            "no rule or category is called `refrences`\n  help: did you mean `references`?\n",
        ),
        (&["fix", ".", "--revert", "http-pasthru-enabled"], rule),
        (&["explain", "http-pasthru-enabled"], rule),
        (
            &["explain", "HTTP_passthru_enabled"],
            "no rule is called `HTTP_passthru_enabled`\n  help: did you mean `http-passthru-enabled`?\n",
        ),
        (
            &["explain", "passthru"],
            "no rule is called `passthru`\n  help: did you mean `dead-passthru-tls-key` or `http-passthru-enabled`?\n",
        ),
        (&["explain", "xyzzy"], "no rule is called `xyzzy`\n  help: `carbonlint rules` lists them\n"),
        (&["ports", "--product", "api-manger"], "no product is called `api-manger`\n  help: did you mean `api-manager`?\n"),
        (&["schema", "--product", "api-manger"], "no product is called `api-manger`\n  help: did you mean `api-manager`?\n"),
        (
            &["ports", "--product", "api-manager@4.2.0", "--server-profile", "gatway-worker"],
            "api-manager 4.2.0 has no server profile `gatway-worker`\n  help: did you mean `gateway-worker`?\n",
        ),
        (&["lint", "--profile", "prodution"], "tip: a similar value exists: 'production'"),
        (&["lint", "--format", "jsn"], "tip: a similar value exists: 'json'"),
        (&["lnt"], "tip: a similar subcommand exists: 'lint'"),
        (&["render", "home", "carbn.xml"], "`carbn.xml`\n  help: did you mean `repository/conf/carbon.xml`?\n"),
        (&["render", "home", "conf/carbn.xml"], "`conf/carbn.xml`\n  help: did you mean `conf/carbon.xml`?\n"),
        (&["trace", "home", "carbn.xml:3"], "`carbn.xml`\n  help: did you mean `repository/conf/carbon.xml`?\n"),
        (&["trace", "home", "carbn.xml"], "no template reads it; did you mean `repository/conf/carbon.xml`?\n"),
        (&["trace", "home", "server.hostnme"], "no template reads it; did you mean `server.hostname`?\n"),
        (&["get", "home", "Server.HostNme"], "  help: did you mean `server.hostname`?\n"),
    ] {
        let run = folder.run(arguments);
        assert!((run.out + &run.err).contains(expected), "{arguments:?}: {}", run.err);
    }
    folder.write("carbonlint.toml", "prodcut = \"api-manager\"\n");
    let run = folder.run(&["lint", "home"]);
    assert!((run.out + &run.err).contains("unknown key `prodcut`; did you mean `product`?"));
}

#[test]
fn get_never_suggests_the_key_that_was_asked_for() {
    let folder = crate::render::started();
    folder.edit("home/repository/conf/deployment.toml", "hostname", "hostnames");
    for key in ["server.hostname", "server.\"hostname\"", " server.hostname "] {
        let run = folder.run(&["get", "home", key]);
        assert!(!run.err.contains("`server.hostname`?"), "{key}: {}", run.err);
    }
}

#[test]
fn a_blank_argument_is_named_and_explained() {
    for blank in ["", " ", "\t"] {
        let shown = blank.replace('\t', "\\t");
        let path = format!("error: invalid value '{shown}' for '");
        for (arguments, help) in [
            (&["lint", blank][..], "': a path cannot be blank; name a file or a folder, such as `.`\n"),
            (&["fix", blank], "'[PATH]...': a path cannot be blank"),
            (&["ports", "fixtures", blank], "'[PATH]...': a path cannot be blank"),
            (&["get", blank], "'<HOME>': a path cannot be blank"),
            (&["trace", blank, "server.offset"], "'<HOME>': a path cannot be blank"),
            (&["render", blank], "'<HOME>': a path cannot be blank"),
            (&["render", "home", blank], "'[FILE]...': a path cannot be blank"),
            (&["render", "home", "--out", blank], "'--out <DIR>': a path cannot be blank"),
            (&["render", "home", "--env-file", blank], "'--env-file <FILE>': a path cannot be blank"),
            (&["schema", blank], "'[HOME]...': a path cannot be blank"),
            (&["lint", "--output", blank], "'--output <FILE>': a path cannot be blank"),
            (&["lint", "-", "--stdin-filename", blank], "'--stdin-filename <FILE>': a path cannot be blank"),
            (&["lint", "--select", blank], "'--select <RULE>': it is blank; `carbonlint rules` lists the names\n"),
            (&["lint", "--product", blank], "'--product <NAME[@VERSION]>': it is blank; name one such as api-manager@4.5.0\n"),
            (&["explain", blank], "'<RULE>': it is blank; `carbonlint rules` lists the names\n"),
            (&["get", "home", blank], "'[KEY]': it is blank; name one such as server.offset\n"),
            (&["trace", "home", blank], "'<FILE[:LINE]|KEY>': it is blank; name one such as carbon.xml:24 or server.offset\n"),
        ] {
            let run = crate::support::run(arguments);
            assert!(run.err.starts_with(&path) && run.err.contains(help), "{arguments:?}: {}", run.err);
            assert_eq!((run.out.as_str(), run.code), ("", Some(2)), "{arguments:?}");
        }
    }
}

#[test]
fn colors_are_used_as_asked() {
    let commands: [&[&str]; 4] = [
        &["lint", "fixtures/homes/api-manager-4.2.0"],
        &["fix", "fixtures/homes/api-manager-4.2.0", "--diff", "--unsafe"],
        &["lint", "--no-such-option"],
        &["ports", "--help"],
    ];
    for command in commands {
        let colored = |more: &[&str], variables: &[(&str, &str)]| {
            let mut run = command_in(repository(), &[command, more].concat());
            Run::of(run.envs(variables.iter().copied())).all().contains('\u{1b}')
        };
        assert!(!colored(&[], &[]), "a pipe: {command:?}");
        assert!(colored(&["--color", "always"], &[]), "{command:?}");
        assert!(colored(&["--color", "always"], &[("NO_COLOR", "1"), ("TERM", "dumb")]), "{command:?}");
        assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]), "{command:?}");
        assert!(!colored(&["--color=never"], &[("CLICOLOR_FORCE", "1")]), "{command:?}");
        assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "{command:?}");
    }
}

/// What a terminal of so many columns shows of a command, without the line breaks that it makes itself.
#[cfg(unix)]
fn in_terminal(columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    use std::io::Read;

    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&screen).and_then(|()| unlockpt(&screen)).expect("may be opened");
    let name = ptsname(&screen, Vec::new()).expect("a name");
    let terminal = File::from(rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("opened"));
    tcsetwinsize(&terminal, Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).expect("a size");
    let mut command = command_in(repository(), arguments);
    command.env("TERM", "xterm").envs(variables.iter().copied()).stdin(Stdio::null());
    let mut child = command.stdout(terminal.try_clone().expect("a copy")).stderr(terminal).spawn().expect("the binary runs");
    // The output ends when nobody has the terminal open any more.
    drop(command);
    let mut bytes = Vec::new();
    // On Linux, that is an error.
    let _ = File::from(screen).read_to_end(&mut bytes);
    child.wait().expect("ended");
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

#[cfg(unix)]
#[test]
fn lines_fit_the_terminal_and_no_word_is_broken() {
    let words = |text: &str| {
        let frames = |character: char| "│╭╰─┬☞·⚠×".contains(character);
        let mut words: Vec<String> =
            text.split_whitespace().map(str::to_owned).filter(|word| !word.chars().all(frames)).collect();
        words.sort();
        words
    };
    let plain = [("NO_COLOR", "1")];
    for command in [
        &["explain", "http-passthru-enabled"][..],
        &["explain", "managed-file-edited"],
        &["rules"],
        &["ports", "fixtures/homes", "--all"],
        &["ports", "fixtures/homes", "--same-host"],
        &["ports", "--product", "no-such-product"],
        &["lint", "fixtures/started/api-manager-4.5.0"],
        &["lint", "fixtures/homes/api-manager-4.2.0", "--list-files"],
        &["trace", "fixtures/started/api-manager-4.5.0", "server.hostname"],
    ] {
        let wide = in_terminal(2000, command, &plain);
        for columns in [60, 80, 100] {
            let text = in_terminal(columns, command, &plain);
            // A table leaves its column of places out where there is no room.
            if command[0] != "ports" {
                assert_eq!(words(&text), words(&wide), "{command:?}");
            }
            for line in text.lines().filter(|line| line.chars().count() > columns.into()) {
                // A path or a command that is longer than the terminal, or a line of a file.
                let words = line.trim().trim_start_matches(|character| "│☞⚠× ".contains(character));
                let is_whole = !words.contains(' ') || words.starts_with('`') && words.matches('`').count() == 2;
                let is_example = command[0] == "explain" && line.starts_with("    ");
                assert!(
                    is_whole || is_example || line.contains(" │ ") || line.contains("─["),
                    "{command:?}, {columns} columns:\n{line}"
                );
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn colors_and_frames_are_those_that_the_terminal_takes() {
    for (command, has_color) in [
        (&["lint", "--profile", "production", "fixtures/homes/api-manager-4.2.0"][..], true),
        (&["fix", "fixtures/homes/api-manager-4.2.0", "--diff", "--unsafe"], true),
        (&["lint", "--no-such-option"], true),
        (&["ports", "--help"], true),
        (&["ports", "fixtures/homes/api-manager-4.2.0"], false),
        (&["get", "fixtures/started/api-manager-4.5.0"], false),
        (&["trace", "fixtures/started/api-manager-4.5.0", "carbon.xml"], false),
        (&["rules"], false),
        (&["explain", "http-passthru-enabled"], false),
    ] {
        let shown = |variables: &[(&str, &str)]| in_terminal(80, command, variables);
        assert_eq!(shown(&[]).contains('\u{1b}'), has_color, "{command:?}");
        for variables in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            assert!(!shown(&[variables]).contains('\u{1b}'), "{command:?}, {variables:?}");
        }
        for variables in [("LC_ALL", "C"), ("LANG", "C"), ("TERM", "dumb")] {
            let text = shown(&[variables]);
            assert!(text.is_ascii(), "{command:?}, {variables:?}:\n{text}");
        }
        let piped = Run::of(command_in(repository(), command).env("LC_ALL", "C")).all();
        assert!(piped.is_ascii() && !piped.contains('\u{1b}'), "{command:?}:\n{piped}");
        let both = shown(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]);
        assert!(both.is_ascii(), "{command:?}:\n{both}");
    }
    assert!(
        in_terminal(80, &["lint", "--profile", "production", "fixtures/homes/api-manager-4.2.0"], &[("LANG", "de_DE.UTF-8")])
            .contains('│')
    );
}
