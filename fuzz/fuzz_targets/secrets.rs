//! Masks the secrets of an arbitrary text. No line may get lost, and a password on a line of its own is never shown.
#![no_main]

use carbonlint::internals::masked;
use libfuzzer_sys::fuzz_target;

const PLANTED: &str = "hunter2PLANTED";

fuzz_target!(|text: &str| {
    let shown = masked(text);
    assert_eq!(shown.matches('\n').count(), text.matches('\n').count());
    let planted = format!("{text}\npassword = \"{PLANTED}\"\n");
    assert!(!masked(&planted).contains(PLANTED), "{planted:?}");
});
