//! Lints a home below an arbitrary carbonlint.toml. The file must be understood or reported, and two runs must agree.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use carbonlint::{Assumptions, Overlays, Selection, Workspace, lint};
use libfuzzer_sys::fuzz_target;

/// A folder with two homes. Each process needs its own.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("carbonlint-fuzz-configuration-{}", std::process::id()));
    for home in ["a", "b"] {
        std::fs::create_dir_all(folder.join(home)).expect("created");
        std::fs::write(folder.join(home).join("deployment.toml"), "[server]\noffset = \"1\"\n").expect("written");
    }
    folder
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(FOLDER.join("carbonlint.toml"), bytes).expect("written");
    let run = || {
        let workspace = Workspace::open(&[FOLDER.clone()], &Assumptions::default(), &Overlays::new());
        lint(&workspace, &Selection::default()).into_iter().map(|found| found.finding.message).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
});
