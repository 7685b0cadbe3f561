//! Finds the comments that suppress findings in an arbitrary text. Each is in the text, and its names are in it.
#![no_main]

use carbonlint::internals::suppressions_in;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for (comment, names) in suppressions_in(text) {
        let whole = &text[comment.start..comment.end];
        assert!(whole.contains("carbonlint:") && whole.contains("ignore"), "{whole:?}");
        for name in names {
            assert!(comment.start < name.start && name.end < comment.end, "{whole:?}");
            assert!(!text[name.start..name.end].trim().is_empty(), "{whole:?}");
        }
    }
});
