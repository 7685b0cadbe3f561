//! Parses arbitrary text as the server does. Spans must be inside the text, and a rejection must have a message.
#![no_main]

use carbonlint::internals::cava_toml::{Verdict, check, check_without_tabs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (without_tabs, tabs) = check_without_tabs(text);
    assert!(tabs.iter().flatten().all(|tab| text.as_bytes()[*tab] == b'\t'));
    for verdict in [check(text), without_tabs] {
        match verdict {
            Verdict::Accepted => {}
            Verdict::StackOverflow(span) | Verdict::TooDeep(span) => assert!(text.get(span.start..span.end).is_some()),
            Verdict::Rejected(refusals) => {
                assert!(!refusals.is_empty());
                for refusal in refusals {
                    assert!(text.get(refusal.span.start..refusal.span.end).is_some());
                    assert!(refusal.related.is_none_or(|first| text.get(first.start..first.end).is_some()));
                    assert!(!refusal.explain(text).0.is_empty() && !refusal.log_line().is_empty());
                }
            }
        }
    }
});
