//! Edits arbitrary TOML. Every edit must pass the check that `fix` makes before it writes: no other key and no comment may change.
#![no_main]

use std::path::Path;

use carbonlint::internals::{SourceFile, TextEdit, TomlDocument, TomlFile, apply, compare};
use carbonlint::Edit;
use libfuzzer_sys::fuzz_target;

const KEYS: [&str; 5] = [
    "server.offset",
    "transport.passthru_http.listener.enable",
    "transport.http.enable",
    "top",
    "monitoring.jmx.rmi_server_start",
];

fn check(text: &str, edits: Vec<TextEdit>, scope: &[&str]) {
    let edits: Vec<Edit> = edits.into_iter().map(|(span, text)| Edit { file: "deployment.toml".into(), span, text }).collect();
    let (result, applied) = apply(text, &[edits]);
    if applied == [true] {
        // `fix` never writes what this rejects, so a rejection here is a faulty edit.
        let load = |text: &str| SourceFile::from_bytes(Path::new("deployment.toml"), text.into()).expect("small enough");
        let verdict = compare(&load(text), None, &load(&result), &scope.iter().copied().collect());
        assert!(verdict.is_ok(), "{verdict:?}\n{text}\n=>\n{result}");
    }
}

fuzz_target!(|text: &str| {
    let Ok(document) = TomlDocument::parse(text) else { return };
    let file = TomlFile { text, document: &document };
    for key in KEYS {
        if let Some(edits) = file.set(key, "1") {
            check(text, edits, &[key]);
        }
    }
    // No fix may change a secret.
    let is_secret = |key: &str| key.starts_with("secrets.") || key.starts_with("runtime_secrets.");
    for entry in document.entries.iter().filter(|entry| !is_secret(&entry.key)) {
        if let Some(edit) = file.remove(entry) {
            check(text, vec![edit], &[&*entry.key]);
        }
    }
    for table in &document.tables {
        if let Some(edits) = table.child_above.as_deref().and_then(|child| file.move_before(table, *child)) {
            check(text, edits, &[]);
        }
    }
});
