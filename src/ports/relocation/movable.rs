//! A home that can have another offset, and the order in which offsets are tried.

use super::occupancy::{Occupancy, Slot};
use crate::ports::range::MAX_PORT;

/// A home that can have another offset.
#[derive(Debug, Clone)]
pub(in crate::ports) struct Movable {
    /// The ports of the listeners that follow the offset, at offset 0; sorted, each once.
    pub slots: Vec<Slot>,
    /// The current offset.
    pub current: i64,
}

impl Movable {
    /// The lowest offset to try: none below 0, unless it is below 0 already.
    pub(super) fn lowest(&self) -> i64 {
        let port_one = self.slots.iter().map(|(_, port)| 1 - port).max().unwrap_or(0);
        self.current.min(0).max(port_one)
    }

    /// The highest offset that leaves every listener on a port.
    pub(super) fn highest(&self) -> i64 {
        self.slots.iter().map(|(_, port)| MAX_PORT - port).min().unwrap_or(0)
    }

    /// The offsets in the order in which they are tried, from number `first` on, with their numbers: the current one, then ever farther ones,
    /// of two the higher one first. Number n changes the offset by half of n, rounded up.
    pub(super) fn candidates(&self, first: u64) -> impl Iterator<Item = (u64, i64)> {
        let (lowest, highest, current) = (self.lowest(), self.highest(), self.current);
        let farthest = (highest - current).max(current - lowest).max(0).unsigned_abs();
        let offset = move |rank: u64| {
            let change = i64::try_from(rank.div_ceil(2)).ok()?;
            let offset = if rank.is_multiple_of(2) { current - change } else { current + change };
            // One side can end before the other.
            (lowest..=highest).contains(&offset).then_some((rank, offset))
        };
        (first..=2 * farthest).filter_map(offset)
    }

    /// The first of the candidates from number `first` on that is free, with its number.
    pub(super) fn nearest_free(&self, taken: &Occupancy, first: u64, steps: &mut u64) -> Option<(u64, i64)> {
        self.candidates(first).find(|(_, offset)| {
            *steps += 1;
            taken.is_free(&self.slots, *offset)
        })
    }
}

/// The sum of the changes.
pub(super) fn change(homes: &[&Movable], offsets: &[i64]) -> u64 {
    homes.iter().zip(offsets).map(|(home, offset)| home.current.abs_diff(*offset)).sum()
}
