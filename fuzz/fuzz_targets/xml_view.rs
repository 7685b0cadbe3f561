//! Reads arbitrary bytes as carbon.xml. Spans must be inside the text, and elements must begin with `<` and end with `>`.
#![no_main]

use std::path::Path;

use carbonlint::internals::{SourceFile, XmlDocument};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(file) = SourceFile::from_bytes(Path::new("carbon.xml"), data.to_vec()) else { return };
    let text = file.text.as_str();
    match XmlDocument::parse(text) {
        Ok(document) => {
            for element in &document.elements {
                let written = &text[element.span.start..element.span.end];
                assert!(written.starts_with('<') && written.ends_with('>'));
                assert!(!element.name.of(text).is_empty());
                for attribute in &element.attributes {
                    assert!(text[attribute.value.end..].starts_with(['"', '\'']));
                }
            }
        }
        Err(faults) => assert!(faults.iter().all(|fault| text.get(fault.span.start..fault.span.end).is_some())),
    }
});
