//! New offsets for homes on one machine, so that no port is wanted twice.
//!
//! Only homes with a conflict move; all others keep their ports. Which offsets change least in total is a packing problem for which no fast
//! exact method is known, so there are three steps: a greedy choice ([`greedy`]), which is what counts for many homes; a lower bound
//! ([`bound`]), which often proves that choice to be the smallest change; and, for few homes, a search of limited effort ([`search`]).

mod bound;
mod greedy;
mod movable;
mod occupancy;
mod search;

use movable::change;
use occupancy::Occupancy;

pub(super) use movable::Movable;
pub(super) use occupancy::Slot;

/// The offsets that avoid conflicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relocation {
    /// The new offset of each home; `None` for a home that stays.
    pub offsets: Vec<Option<i64>>,
    /// Whether no other offsets of the same homes avoid the conflicts with a smaller sum of changes. If false, it is not known.
    pub is_smallest: bool,
    /// How many offsets were tried.
    pub steps: u64,
}

/// Determines offsets for `homes` that leave no conflict between them, or with the `fixed` ports, which no offset moves. A home for which
/// there is no such offset stays, and so do its conflicts.
pub(super) fn relocate(homes: &[Movable], fixed: &[Slot]) -> Relocation {
    let mut taken = Occupancy::of(fixed);
    for home in homes {
        taken.add(&home.slots, home.current);
    }
    let (in_conflict, settled): (Vec<usize>, Vec<usize>) =
        (0..homes.len()).partition(|home| taken.is_shared(&homes[*home].slots, homes[*home].current));
    let mut relocation = Relocation { offsets: vec![None; homes.len()], is_smallest: true, steps: 0 };
    if in_conflict.is_empty() {
        return relocation;
    }
    for home in &in_conflict {
        taken.remove(&homes[*home].slots, homes[*home].current);
    }
    debug_assert!(settled.iter().all(|home| !taken.is_shared(&homes[*home].slots, homes[*home].current)));
    let movers: Vec<&Movable> = in_conflict.iter().map(|home| &homes[*home]).collect();
    let choice = greedy::choose(&movers, &taken, &mut relocation.steps);
    let (placed, stuck): (Vec<usize>, Vec<usize>) = (0..movers.len()).partition(|mover| choice[*mover].is_some());
    for mover in &stuck {
        taken.add(&movers[*mover].slots, movers[*mover].current);
    }
    let homes_placed: Vec<&Movable> = placed.iter().map(|mover| movers[*mover]).collect();
    let mut best: Vec<i64> = placed.iter().filter_map(|mover| choice[*mover]).collect();
    if change(&homes_placed, &best) > bound::least_change(&homes_placed, &taken, &mut relocation.steps) {
        let (found, is_finished) = search::improve(&homes_placed, &best, &mut taken, &mut relocation.steps);
        best = found;
        relocation.is_smallest = is_finished;
    }
    relocation.is_smallest &= stuck.is_empty();
    for (mover, offset) in placed.into_iter().zip(best) {
        let home = in_conflict[mover];
        relocation.offsets[home] = Some(offset).filter(|offset| *offset != homes[home].current);
    }
    relocation
}

#[cfg(test)]
mod tests;
