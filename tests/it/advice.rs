//! Advice for production: quiet by default, in full with `--profile production`, absent with `--profile development`.

use std::fs;

use crate::support::{Folder, Run, fixture, run};

/// The arguments of `lint` on every fixture home, as shipped and started.
fn homes() -> Vec<String> {
    let folders = ["homes", "started"].into_iter().flat_map(|kind| fs::read_dir(fixture(kind)).expect("fixtures"));
    let mut homes: Vec<String> = folders.map(|entry| entry.expect("readable").path().display().to_string()).collect();
    homes.sort();
    homes
}

#[test]
fn no_home_as_shipped_has_more_than_information() {
    let homes = homes();
    assert!(homes.len() >= 17, "{}", homes.len());
    let mut advised = 0;
    for home in &homes {
        // One of the started homes is not as shipped: only its TLS keystore is its own, and it has closed its HTTP port and has passwords of its own.
        let ignored = ["lint", "--ignore", "tls-only-keystore-changed,ws-http-enabled,plaintext-secret"];
        let run = |arguments: &[&str]| run(&[&ignored[..], arguments].concat());
        let shipped = run(&[home]);
        assert_eq!(shipped.code, Some(0), "{home}: {}", shipped.all());
        assert!(!shipped.out.contains("help:"), "{home}: advice has no frames: {}", shipped.out);
        let development = run(&["--profile", "development", home]);
        assert!(development.code == Some(0) && development.out.contains("nothing found in"), "{home}: {}", development.all());

        let production = run(&["--profile", "production", home]);
        let is_advised = shipped.out.contains("before production, in ");
        assert_eq!(production.code, Some(i32::from(is_advised)), "{home}: {}", production.all());
        assert_eq!(production.out.contains("help:"), is_advised, "{home}: {}", production.out);
        advised += usize::from(is_advised);
    }
    assert!(advised >= 10, "{advised}");
}

#[test]
fn advice_is_a_line_each_below_a_heading_for_each_home() {
    let folder = Folder::new();
    folder.copy("homes/api-manager-4.5.0", "one");
    folder.copy("homes/identity-server-7.1.0", "two");
    let lint = |arguments: &[&str]| folder.run(&[&["lint"], arguments].concat());
    insta::assert_snapshot!(lint(&["."]).out);

    let framed = |run: &Run| run.out.contains("help:") && !run.out.contains("before production");
    assert!(framed(&lint(&["--select", "http-servlet-enabled", "two"])), "a rule that is asked for by its name is explained");
    assert!(!framed(&lint(&["--select", "transport", "two"])));
}
