//! Searches for offsets with a smaller sum of changes than a known choice, branch by branch, with limited effort.

use super::bound;
use super::movable::{Movable, change};
use super::occupancy::Occupancy;

/// How many offsets are tried at most.
const MAX_STEPS: u64 = 100_000;
/// More homes are not searched: the effort grows exponentially, and the limit would end every search.
const MAX_HOMES: usize = 24;

/// The best offsets that were found, at worst `known`, and whether the search was finished, which proves that none are better. Of equal
/// sums, one that moves fewer homes is better. `taken` are the ports that stay taken.
pub(super) fn improve(homes: &[&Movable], known: &[i64], taken: &mut Occupancy, steps: &mut u64) -> (Vec<i64>, bool) {
    if homes.len() > MAX_HOMES {
        return (known.to_vec(), false);
    }
    let mut rest: Vec<u64> = (0..homes.len()).map(|from| bound::least_change(&homes[from..], taken, steps)).collect();
    rest.push(0);
    let moved = homes.iter().zip(known).filter(|(home, offset)| home.current != **offset).count();
    let mut search = Search {
        homes,
        rest,
        best: known.to_vec(),
        least: (change(homes, known), moved),
        chosen: Vec::new(),
        ranks: Vec::new(),
        taken,
        left: MAX_STEPS,
    };
    let is_finished = search.from(0, 0);
    *steps += MAX_STEPS - search.left;
    (search.best, is_finished)
}

struct Search<'a> {
    homes: &'a [&'a Movable],
    /// A lower bound for the homes from each number on.
    rest: Vec<u64>,
    best: Vec<i64>,
    /// The sum of the changes of the best choice, and how many homes it moves.
    least: (u64, usize),
    chosen: Vec<i64>,
    ranks: Vec<u64>,
    taken: &'a mut Occupancy,
    left: u64,
}

impl Search<'_> {
    /// Chooses for the homes from the next one on, where the homes before it change by `sum` and `moved` of them move. False if the effort
    /// is used up.
    fn from(&mut self, sum: u64, moved: usize) -> bool {
        let number = self.chosen.len();
        let Some(home) = self.homes.get(number).copied() else {
            if (sum, moved) < self.least {
                self.least = (sum, moved);
                self.best.clone_from(&self.chosen);
            }
            return true;
        };
        for (rank, offset) in home.candidates(self.first_rank(number)) {
            let own = rank.div_ceil(2);
            if sum + own + self.rest[number + 1] > self.least.0 {
                break;
            }
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            if !self.taken.is_free(&home.slots, offset) {
                continue;
            }
            self.taken.add(&home.slots, offset);
            self.chosen.push(offset);
            self.ranks.push(rank);
            let is_finished = self.from(sum + own, moved + usize::from(own > 0));
            self.ranks.pop();
            self.chosen.pop();
            self.taken.remove(&home.slots, offset);
            if !is_finished {
                return false;
            }
        }
        true
    }

    /// Equal homes can be exchanged, so a later one need not be tried with what an earlier one was tried with.
    fn first_rank(&self, number: usize) -> u64 {
        let home = self.homes[number];
        let is_equal = |other: &usize| self.homes[*other].slots == home.slots && self.homes[*other].current == home.current;
        (0..number).rev().find(is_equal).map_or(0, |earlier| self.ranks[earlier] + 1)
    }
}
