//! Applies every fix to the files inside an arbitrary YAML file. Fixing must terminate, leave nothing to fix, and keep what is around them.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use carbonlint::internals::{catalog, revert};
use carbonlint::{Assumptions, FixOptions, Overlays, Version, Workspace, fix};
use libfuzzer_sys::fuzz_target;

/// The file to fix. `fix` reads files, so each process needs its own.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("carbonlint-fuzz-config-map-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("created");
    folder.join("values.yaml")
});

fuzz_target!(|data: (&str, bool)| {
    let (text, is_inside) = data;
    let inside: String = text.lines().map(|line| format!("    {line}\n")).collect();
    let yaml = if is_inside { format!("data:\n  deployment.toml: |\n{inside}  other: x\n") } else { text.to_owned() };
    std::fs::write(&*FILE, yaml).expect("written");
    let product = catalog().product("api-manager").map(|product| (product, Version::parse("4.2.0")));
    let assumptions = Assumptions { product, ..Assumptions::default() };
    let options =
        FixOptions { paths: vec![FILE.clone()], assumptions: assumptions.clone(), with_unsafe: true, ..FixOptions::default() };
    let result = fix(&options).expect("the fixes come to an end");
    for file in &result.files {
        assert!(!is_inside || file.new.ends_with(b"  other: x\n"));
        std::fs::write(&file.path, &file.new).expect("written");
    }
    let again = fix(&options).expect("the fixes come to an end");
    assert!(again.files.is_empty(), "a second run changes something");
    let workspace = Workspace::open(&[FILE.clone()], &assumptions, &Overlays::new());
    for file in revert(&workspace, "http-passthru-enabled").files {
        assert!(!is_inside || file.new.ends_with(b"  other: x\n"));
    }
});
