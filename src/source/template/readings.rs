//! Reads a template until each branch of its conditions was read once.

use super::{Masked, Template};
use crate::source::{Span, SyntaxError};

/// How often a template is read. Real ones rarely need more than four readings.
const MAX_READINGS: usize = 8;

/// How often the branches of one reading are chosen anew because they define the same.
const MAX_CHOICES: usize = 4;

/// How many definitions that meet are looked at in one reading.
const MAX_MEETINGS: usize = 1000;

/// What was read of a template.
#[derive(Debug)]
pub(crate) struct Readings<T> {
    /// The readings, the one with the first branches first: what was read, or why it cannot be.
    pub all: Vec<Result<T, Vec<SyntaxError>>>,
    /// The branches that were not read.
    pub unread: Vec<Span>,
}

/// Reads `template` with `parse`, which takes it masked.
///
/// Definitions that meet although no branch has both (`[user_store]` in two conditions of their own) are the tool's alternatives: only one is
/// read at a time.
pub(crate) fn read<T>(template: &Template, parse: impl Fn(&Masked) -> Result<T, Vec<SyntaxError>>) -> Readings<T> {
    let branches = &template.branches;
    let mut pending = vec![true; branches.all.len()];
    let mut all = Vec::new();
    while all.len() < MAX_READINGS && (all.is_empty() || pending.contains(&true)) {
        let mut taken = if all.is_empty() { branches.first_ones() } else { branches.preferring(&pending) };
        let mut result = None;
        for _ in 0..MAX_CHOICES {
            let Some(masked) = template.mask(&taken) else { break };
            let meets = match parse(&masked) {
                Ok(read) => {
                    result = Some(Ok(read));
                    break;
                }
                Err(faults) => {
                    let apart = |fault: &SyntaxError| {
                        let (first, _) = fault.related.as_ref().filter(|_| fault.is_repetition)?;
                        branches.apart(first.start, fault.span.start)
                    };
                    let meets: Vec<(usize, usize)> = faults.iter().take(MAX_MEETINGS).filter_map(apart).collect();
                    let real: Vec<SyntaxError> = faults.into_iter().filter(|fault| apart(fault).is_none()).collect();
                    result = (!real.is_empty()).then_some(Err(real));
                    meets
                }
            };
            if meets.is_empty() {
                break;
            }
            for (first, second) in meets {
                // What is still to be read stays.
                taken[if pending[second] && !pending[first] { first } else { second }] = false;
            }
        }
        let mut progress = false;
        for (branch, _) in branches.visible(&taken).iter().enumerate().filter(|(_, visible)| **visible && result.is_some()) {
            progress |= std::mem::take(&mut pending[branch]);
        }
        all.extend(result);
        if !progress {
            break;
        }
    }
    let unread = branches.all.iter().zip(&pending).filter(|(_, pending)| **pending).map(|(branch, _)| branch.span).collect();
    Readings { all, unread }
}
