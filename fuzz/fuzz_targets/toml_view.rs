//! Reads arbitrary bytes as deployment.toml. The spans of keys, values, tables, comments and faults must be inside the text.
#![no_main]

use std::path::Path;

use carbonlint::internals::{SourceFile, TomlDocument, mask, masked};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(file) = SourceFile::from_bytes(Path::new("deployment.toml"), data.to_vec()) else { return };
    let text = file.text.as_str();
    masked(text);
    if let Some(masked) = mask(text, file.kind) {
        assert_eq!(masked.text.len(), text.len());
    }
    match TomlDocument::parse(text) {
        Ok(document) => {
            for entry in &document.entries {
                assert!(text.get(entry.key_span.start..entry.key_span.end).is_some_and(|key| !key.is_empty()));
                assert!(text.get(entry.value_span.start..entry.value_span.end).is_some());
            }
            assert!(document.tables.iter().all(|table| text[table.span.start..].starts_with('[')));
            assert!(document.comments.iter().all(|comment| text[comment.start..].starts_with('#')));
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| text.get(fault.span.start..fault.span.end).is_some()));
        }
    }
});
