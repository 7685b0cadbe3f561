//! A quick choice of offsets: each home stays if it can, in order, and each of the others gets the nearest free offset.

use std::collections::HashMap;

use super::movable::Movable;
use super::occupancy::{Occupancy, Slot};

/// How often homes without a place are settled first and all others chosen again.
const ROUNDS: usize = 4;

/// An offset for each home; `None` for homes that find no place. `taken` are the ports that stay taken.
pub(super) fn choose(homes: &[&Movable], taken: &Occupancy, steps: &mut u64) -> Vec<Option<i64>> {
    let mut first: Vec<usize> = Vec::new();
    let mut choice = Vec::new();
    for _ in 0..ROUNDS {
        choice = choose_in_order(homes, &first, taken.clone(), steps);
        let homeless: Vec<usize> = (0..homes.len()).filter(|home| choice[*home].is_none() && !first.contains(home)).collect();
        if homeless.is_empty() {
            break;
        }
        // They have little choice: the others make room.
        first.extend(homeless);
    }
    choice
}

/// Chooses for the homes `first`, then for the others.
fn choose_in_order(homes: &[&Movable], first: &[usize], mut taken: Occupancy, steps: &mut u64) -> Vec<Option<i64>> {
    let mut choice: Vec<Option<i64>> = vec![None; homes.len()];
    let mut nearest: HashMap<(&[Slot], i64), Option<u64>> = HashMap::new();
    for home in first {
        place(homes[*home], &mut choice[*home], &mut taken, &mut nearest, steps);
    }
    for (home, choice) in homes.iter().zip(&mut choice).filter(|(_, choice)| choice.is_none()) {
        *steps += 1;
        if taken.is_free(&home.slots, home.current) {
            taken.add(&home.slots, home.current);
            *choice = Some(home.current);
        }
    }
    for (home, choice) in homes.iter().zip(&mut choice).filter(|(_, choice)| choice.is_none()) {
        place(home, choice, &mut taken, &mut nearest, steps);
    }
    choice
}

/// Gives a home the nearest free offset. Ports only become taken, so that the search for a home that is like an earlier one continues where
/// that one ended, and many equal homes take time in proportion to their number.
fn place<'a>(
    home: &'a Movable,
    choice: &mut Option<i64>,
    taken: &mut Occupancy,
    nearest: &mut HashMap<(&'a [Slot], i64), Option<u64>>,
    steps: &mut u64,
) {
    let from = nearest.entry((&home.slots, home.current)).or_insert(Some(0));
    let found = from.and_then(|from| home.nearest_free(taken, from, steps));
    *from = found.map(|(rank, _)| rank);
    if let Some((_, offset)) = found {
        taken.add(&home.slots, offset);
        *choice = Some(offset);
    }
}
