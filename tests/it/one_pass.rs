//! Each file is opened once in a run, and the number of threads changes nothing.

use std::fs;
use std::path::Path;

use crate::support::{Folder, Run, formats_of, repository};

/// The fixtures below these folders, as homes side by side.
fn estate(folders: &[&str]) -> Folder {
    let estate = Folder::new();
    for folder in folders {
        for entry in fs::read_dir(repository().join("fixtures").join(folder)).expect("readable") {
            let entry = entry.expect("readable");
            if !entry.path().is_dir() {
                continue;
            }
            let name = entry.file_name().into_string().expect("UTF-8");
            estate.copy(&format!("{folder}/{name}"), &format!("{folder}-{name}"));
        }
    }
    estate
}

fn on_threads(folder: &Folder, threads: &str, arguments: &[&str]) -> Run {
    folder.run(&[arguments, &["--threads", threads]].concat())
}

#[test]
fn every_number_of_threads_gives_the_same_bytes() {
    // Enough homes that what was computed for one is dropped before the report.
    let folder = estate(&["homes", "hostile", "started"]);
    assert!(fs::read_dir(folder.path()).expect("readable").count() > 32);
    let lint: Vec<String> = formats_of("lint");
    let lint: Vec<Vec<&str>> = lint.iter().map(|format| vec!["lint", "--format", format]).collect();
    for command in lint.iter().chain([&vec!["lint", "--same-host"], &vec!["fix", "--diff", "--unsafe"], &vec!["ports"]]) {
        let one = on_threads(&folder, "1", command);
        assert!(!one.out.is_empty(), "{command:?}: {}", one.err);
        for threads in ["2", "7"] {
            let several = on_threads(&folder, threads, command);
            assert_eq!((&several.out, &several.err, several.code), (&one.out, &one.err, one.code), "{command:?} {threads}");
        }
    }
}

#[test]
fn a_home_is_reported_alike_alone_and_among_many() {
    let folder = estate(&["homes", "hostile", "started"]);
    let found = |path: &str| {
        let json = folder.json(&["lint", path]);
        let all = json["diagnostics"].as_array().expect("a list").clone();
        all.into_iter().filter(|found| found["file"].as_str().is_some_and(|file| file.starts_with("started-")))
    };
    let without_fingerprint = |found: serde_json::Value| {
        let mut found = found;
        // Those of equal homes are numbered.
        found.as_object_mut().expect("an object").remove("fingerprint");
        found.to_string()
    };
    let among_many: Vec<String> = found(".").map(without_fingerprint).collect();
    let mut alone = Vec::new();
    for home in ["started-api-manager-4.4.0", "started-api-manager-4.5.0"] {
        alone.extend(found(home).map(without_fingerprint));
    }
    assert!(!alone.is_empty());
    assert_eq!(among_many, alone);
}

#[test]
fn zero_threads_are_refused() {
    let refused = Folder::new().run(&["lint", "--threads", "0"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("invalid value '0' for '--threads <N>'"), "{}", refused.err);
}

#[cfg(target_os = "linux")]
mod opened {
    use std::collections::BTreeMap;
    use std::mem::MaybeUninit;
    use std::path::PathBuf;

    use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};

    use super::*;

    /// How often `run` opens each file below `folder`.
    fn opened(folder: &Path, run: impl FnOnce()) -> BTreeMap<PathBuf, usize> {
        let watcher = init(CreateFlags::NONBLOCK).expect("a watcher");
        let mut folders = BTreeMap::new();
        for entry in walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable")) {
            if entry.file_type().is_dir() {
                let number = add_watch(&watcher, entry.path(), WatchFlags::OPEN).expect("watched");
                folders.insert(number, entry.into_path());
            }
        }
        run();
        let mut opened: BTreeMap<PathBuf, usize> = BTreeMap::new();
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&watcher, &mut buffer);
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.filter(|_| !event.events().contains(ReadFlags::ISDIR)) {
                *opened.entry(folders[&event.wd()].join(name)).or_default() += 1;
            }
        }
        opened
    }

    #[test]
    fn each_file_of_a_home_is_opened_once() {
        for (command, is_complete) in [("lint", true), ("ports", false), ("render", true), ("schema", true)] {
            let folder = Folder::copy_of("started/api-manager-4.5.0");
            let opened = opened(folder.path(), || _ = folder.run(&[command, "."]));
            assert!(opened.contains_key(&folder.at("repository/conf/deployment.toml")), "{command}: {opened:?}");
            let template = "repository/resources/conf/templates/repository/conf/carbon.xml.j2";
            assert!(!is_complete || opened.contains_key(&folder.at(template)), "{command}: {opened:?}");
            let again: Vec<_> = opened.iter().filter(|(_, times)| **times > 1).collect();
            assert!(again.is_empty(), "{command}: {again:?}");
        }
    }

    #[test]
    fn each_lone_file_is_opened_once() {
        let folder = Folder::new();
        for number in 0..40 {
            folder.write(format!("{number}/deployment.toml"), "[server]\nhostnam = \"a\"\n");
            folder.write(format!("{number}/carbon.xml"), "<Server><Ports><Offset>{{ offset }}</Offset></Ports></Server>\n");
        }
        let opened = opened(folder.path(), || _ = folder.run(&["lint"]));
        assert_eq!(opened.len(), 80);
        assert!(opened.values().all(|times| *times == 1), "{opened:?}");
    }
}
