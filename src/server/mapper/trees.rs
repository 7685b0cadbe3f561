//! What templates see of the configurations that were used last. The values of a template engine stay in their thread; configurations do not.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::server::jinjava::value::Value;

/// How many are kept: that of a home, and those that rules compare it with.
const KEPT: usize = 4;

thread_local! {
    static TREES: RefCell<VecDeque<(u64, Value)>> = const { RefCell::new(VecDeque::new()) };
}

/// A number that no other configuration has.
pub(super) fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// What templates see of the configuration with this number; `grow` makes it if it is not kept.
pub(super) fn of(number: u64, grow: impl FnOnce() -> Value) -> Value {
    let kept = TREES.with_borrow(|trees| trees.iter().find(|(known, _)| *known == number).map(|(_, tree)| tree.clone()));
    kept.unwrap_or_else(|| {
        let tree = grow();
        TREES.with_borrow_mut(|trees| {
            trees.truncate(KEPT - 1);
            trees.push_front((number, tree.clone()));
        });
        tree
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept() {
        let grown = |number: u64| {
            let mut is_new = false;
            of(number, || {
                is_new = true;
                Value::Integer(i64::try_from(number).expect("small"))
            });
            is_new
        };
        let numbers: Vec<u64> = (0..=KEPT as u64).map(|_| next_number()).collect();
        assert!(numbers.iter().all(|number| grown(*number)));
        assert!(!grown(numbers[KEPT]) && !grown(numbers[1]));
        assert!(grown(numbers[0]), "it was the oldest");
    }
}
