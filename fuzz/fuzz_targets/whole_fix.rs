//! Applies every fix to an arbitrary deployment.toml or catalina-server.xml. Fixing must terminate and leave nothing to fix.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use carbonlint::internals::catalog;
use carbonlint::{Assumptions, FixOptions, Selection, Version, fix};
use libfuzzer_sys::fuzz_target;

/// The home to fix. `fix` reads files, so each process needs its own folder.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("carbonlint-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("repository/conf/tomcat")).expect("created");
    folder
});

fuzz_target!(|data: (&[u8], bool, u8)| {
    let (bytes, is_xml, product) = data;
    let (name, other) = if is_xml {
        ("tomcat/catalina-server.xml", "deployment.toml")
    } else {
        ("deployment.toml", "tomcat/catalina-server.xml")
    };
    let conf = FOLDER.join("repository/conf");
    let _ = std::fs::remove_file(conf.join(other));
    std::fs::write(conf.join(name), bytes).expect("written");
    let (product, version) = match product % 4 {
        0 => ("api-manager", "4.2.0"),
        1 => ("api-manager", "2.6.0"),
        2 => ("identity-server", "7.1.0"),
        _ => ("micro-integrator", "4.2.0"),
    };
    let product = catalog().product(product).map(|product| (product, Version::parse(version)));
    let options = FixOptions {
        paths: vec![FOLDER.clone()],
        assumptions: Assumptions { product, ..Assumptions::default() },
        selection: Selection::default(),
        with_unsafe: true,
        ..FixOptions::default()
    };
    let result = fix(&options).expect("the fixes come to an end");
    for file in &result.files {
        std::fs::write(&file.path, &file.new).expect("written");
    }
    let again = fix(&options).expect("the fixes come to an end");
    assert!(again.files.is_empty(), "a second run changes something");
});
