//! Work on several things at a time.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// The stack of a thread, in bytes: that of the main thread on most systems. Parsers limit how deep they go for one of this size.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// As many threads as the machine runs at a time.
pub(crate) fn available() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// The results of `work` for each of `items`, in their order, whatever the number of threads.
pub(crate) fn in_order<T: Send, R: Send>(items: Vec<T>, threads: usize, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.into_iter().map(work).collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    // The lock must be free again before the work begins.
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut done = Vec::new();
        while let Some((number, item)) = next() {
            done.push((number, work(item)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = scope(|scope| {
        let start = |_| Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run).ok();
        let started: Vec<_> = (1..threads).map_while(start).collect();
        // This thread works, too, and does everything if the system gives no more.
        let mut done = run();
        for thread in started {
            done.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for threads in [0, 1, 2, 3, 100] {
            let running = AtomicUsize::new(0);
            let work = |item: usize| {
                assert!(running.fetch_add(1, Ordering::SeqCst) < threads.max(1), "more at a time than threads");
                std::thread::yield_now();
                running.fetch_sub(1, Ordering::SeqCst);
                item * 2
            };
            assert_eq!(in_order((0..50).collect(), threads, work), (0..50).map(|item| item * 2).collect::<Vec<_>>());
        }
        assert!(in_order(Vec::<u8>::new(), 4, |item| item).is_empty());
    }

    #[test]
    fn a_panic_is_passed_on() {
        let work = |item: usize| assert!(item != 5, "five");
        assert!(std::panic::catch_unwind(|| in_order((0..9).collect(), 3, work)).is_err());
    }
}
