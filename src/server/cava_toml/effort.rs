//! Counts the steps of the lexer and the parser in tests, to show that they grow as the text does. Outside of tests it does nothing.

#[cfg(not(test))]
pub(super) const fn spend(_steps: usize) {}

#[cfg(test)]
pub(super) use counted::spend;

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    use crate::server::cava_toml::{check, check_without_tabs};

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    pub(in crate::server::cava_toml) fn spend(steps: usize) {
        STEPS.set(STEPS.get() + steps);
    }

    /// How many bytes and tokens are looked at for both verdicts on `text`.
    fn steps_for(text: &str) -> usize {
        STEPS.set(0);
        check(text);
        check_without_tabs(text);
        STEPS.get()
    }

    /// A text of about `size` bytes.
    type Long = fn(size: usize) -> String;

    #[test]
    fn steps_grow_as_the_text_does() {
        let texts: [(&str, Long); 6] = [
            ("zeros that each look like the beginning of a date", |size| {
                format!("a = {}{}", "[".repeat(size / 2), "0".repeat(size / 2))
            }),
            ("one long number", |size| format!("a = {}", "1".repeat(size))),
            ("quotes", |size| "\"".repeat(size)),
            ("a key of many parts", |size| "a.".repeat(size / 2)),
            ("blanks", |size| format!("a = \"\"\"{}", "x   \\  \n".repeat(size / 8))),
            ("tables", |size| (0..size / 8).map(|number| ["[a", &number.to_string(), "]\n"].concat()).collect()),
        ];
        for (what, text) in texts {
            let (short, long) = (steps_for(&text(2_000)), steps_for(&text(16_000)));
            assert!(short > 1_000, "{what}: only {short} steps were counted");
            // Eight times the text: eight times the steps, and sixty-four times where something is quadratic.
            assert!(long < short * 10, "{what}: {short}, {long}");
        }
    }
}
