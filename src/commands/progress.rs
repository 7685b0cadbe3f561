//! The line on standard error that says how far a long run is.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A run that takes less time says nothing.
const SILENT: Duration = Duration::from_secs(1);

/// How often the line changes.
const INTERVAL: Duration = Duration::from_millis(100);

/// How many homes of a run are done. Says nothing unless standard error is a terminal.
pub(super) struct Progress {
    total: usize,
    started: Instant,
    is_shown: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    /// When the line was written last; `None` if there is none.
    written: Option<Instant>,
}

impl Progress {
    /// The progress of a run that begins now, with so many homes and lone files.
    pub(super) fn new(total: usize) -> Self {
        Self { total, started: Instant::now(), is_shown: io::stderr().is_terminal(), state: Mutex::default() }
    }

    /// Counts one more.
    pub(super) fn add(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        let is_due = state.written.is_none_or(|written| written.elapsed() >= INTERVAL);
        if self.is_shown && is_due && self.started.elapsed() >= SILENT {
            state.written = Some(Instant::now());
            let _ = write!(io::stderr().lock(), "\r{}", line(state.done, self.total));
        }
    }

    /// Takes the line away.
    pub(super) fn clear(self) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if state.written.is_some() {
            let blank = " ".repeat(line(self.total, self.total).len());
            let _ = write!(io::stderr().lock(), "\r{blank}\r");
        }
    }
}

fn line(done: usize, total: usize) -> String {
    format!("{done} of {total} homes and lone files")
}
