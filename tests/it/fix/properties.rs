//! Properties of fixes on mutated fixtures: they come to an end, change no more than they should, and lose no text.

use std::fs;
use std::path::PathBuf;

use carbonlint::internals::{XmlDocument, apply};
use carbonlint::{Edit, FixOptions, Selection, Span, fix, rules};
use proptest::prelude::*;

use super::TOML;
use crate::support::Folder;

/// Runs the fixes in memory and writes them; returns how many were applied.
fn fix_in_process(home: &Folder, select: Vec<String>) -> usize {
    let selection = Selection { select, ..Selection::default() };
    let options = FixOptions { paths: vec![home.path().to_path_buf()], selection, with_unsafe: true, ..FixOptions::default() };
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
        let home = Folder::copy_of(&format!("homes/{name}"));
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
