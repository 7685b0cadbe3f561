//! The line on standard error that says how far a long run is.

use std::io::{self, IsTerminal, Stderr, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A run that takes less time says nothing.
const SILENT: Duration = Duration::from_secs(1);

/// How often the line changes.
const INTERVAL: Duration = Duration::from_millis(100);

/// How many homes of a run are done.
pub(super) struct Progress<W = Stderr> {
    total: usize,
    /// When the line may be written; `None` if nobody would see it.
    due: Option<Instant>,
    state: Mutex<State<W>>,
}

struct State<W> {
    out: W,
    done: usize,
    /// When the line was written last; `None` if there is none.
    written: Option<Instant>,
}

impl Progress {
    /// The progress of a run that began at `started`, with so many homes and lone files. Says nothing unless standard error is a terminal.
    pub(super) fn new(started: Instant, total: usize) -> Self {
        let due = io::stderr().is_terminal().then(|| started + SILENT);
        Self::on(io::stderr(), total, due)
    }
}

impl<W: Write> Progress<W> {
    fn on(out: W, total: usize, due: Option<Instant>) -> Self {
        Self { total, due, state: Mutex::new(State { out, done: 0, written: None }) }
    }

    /// Counts one more.
    pub(super) fn add(&self) {
        self.add_at(Instant::now());
    }

    fn add_at(&self, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        let is_new = state.written.is_none_or(|written| now.duration_since(written) >= INTERVAL);
        if is_new && self.due.is_some_and(|due| now >= due) {
            state.written = Some(now);
            let line = line(state.done, self.total);
            let _ = write!(state.out, "\r{line}");
        }
    }

    /// Takes the line away, and returns where it was written.
    pub(super) fn clear(self) -> W {
        let State { mut out, written, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if written.is_some() {
            let blank = " ".repeat(line(self.total, self.total).len());
            let _ = write!(out, "\r{blank}\r");
        }
        out
    }
}

fn line(done: usize, total: usize) -> String {
    format!("{done} of {total} homes and lone files checked")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written if one home is done at `now`, and another soon after.
    fn written(now: Instant, due: Option<Instant>) -> String {
        let progress = Progress::on(Vec::new(), 12, due);
        progress.add_at(now);
        progress.add_at(now + INTERVAL / 2);
        String::from_utf8(progress.clear()).expect("text")
    }

    #[test]
    fn a_long_run_has_one_line_which_goes_away() {
        let now = Instant::now();
        let text = written(now, Some(now));
        let line = "\r1 of 12 homes and lone files checked";
        let blank = " ".repeat("12 of 12 homes and lone files checked".len());
        assert_eq!(text, format!("{line}\r{blank}\r"), "the second is too soon after the first");
    }

    #[test]
    fn a_short_run_and_a_pipe_have_none() {
        let now = Instant::now();
        assert_eq!(written(now, Some(now + INTERVAL)), "");
        assert_eq!(written(now, None), "");
    }
}
