//! A lower bound for the sum of the changes that leave no conflict.
//!
//! Homes that have a port in common, such as 9443 at offset 0, need offsets that all differ, whatever their other ports are. The smallest
//! change that makes numbers differ is easy to compute. Each home is counted in one such group, so the bounds of all groups add up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::movable::Movable;
use super::occupancy::{Occupancy, Slot};

/// A sum of changes that no solution is below. `taken` are the ports that stay taken.
pub(super) fn least_change(homes: &[&Movable], taken: &Occupancy, steps: &mut u64) -> u64 {
    let mut by_slot: BTreeMap<Slot, Vec<usize>> = BTreeMap::new();
    for (number, home) in homes.iter().enumerate() {
        for slot in &home.slots {
            by_slot.entry(*slot).or_default().push(number);
        }
    }
    let mut groups: Vec<Vec<usize>> = by_slot.into_values().collect();
    groups.sort_by_key(|group| Reverse(group.len()));
    let alone = alone(homes, taken, steps);
    let mut is_counted = vec![false; homes.len()];
    let mut least = 0;
    for mut group in groups {
        group.retain(|home| !std::mem::replace(&mut is_counted[*home], true));
        let lowest = group.iter().map(|home| homes[*home].lowest()).min().unwrap_or(0);
        let offsets = group.iter().map(|home| homes[*home].current).collect();
        let each_alone: u64 = group.iter().map(|home| alone[*home]).sum();
        least += to_differ(offsets, lowest).max(each_alone);
    }
    least
}

/// The smallest change of each home if it were the only one to move.
fn alone(homes: &[&Movable], taken: &Occupancy, steps: &mut u64) -> Vec<u64> {
    let mut known: HashMap<(&[Slot], i64), u64> = HashMap::new();
    let mut least = |home: &Movable| home.nearest_free(taken, 0, steps).map_or(0, |(_, offset)| home.current.abs_diff(offset));
    homes.iter().map(|home| *known.entry((&home.slots, home.current)).or_insert_with(|| least(home))).collect()
}

/// The smallest sum of changes after which whole numbers differ and none is below `lowest`: with `x[i]` for the new numbers in order, `x[i] - i`
/// must not decrease, and the best such numbers are the isotonic regression of the old ones under the sum of absolute differences.
fn to_differ(mut numbers: Vec<i64>, lowest: i64) -> u64 {
    numbers.sort_unstable();
    let mut sum = 0;
    let mut highest: BinaryHeap<i64> = BinaryHeap::new();
    for (rank, number) in (0i64..).zip(numbers) {
        let wanted = number - rank;
        let value = wanted.max(lowest);
        sum += value.abs_diff(wanted);
        highest.push(value);
        if let Some(top) = highest.peek().copied().filter(|top| *top > value) {
            sum += top.abs_diff(value);
            highest.pop();
            highest.push(value);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    use super::*;

    #[test]
    fn numbers_differ_at_the_least_cost() {
        assert_eq!(to_differ(vec![0, 0, 0], 0), 3);
        assert_eq!(to_differ(vec![5, 5, 5], 0), 2);
        assert_eq!(to_differ(vec![0, 0, 1], 0), 2);
        assert_eq!(to_differ(vec![3, 1, 2], 0), 0);
        assert_eq!(to_differ(vec![-1, -1], -1), 1);
    }

    #[test]
    fn no_choice_of_different_numbers_costs_less() {
        let mut runner = TestRunner::new_with_rng(Config::with_cases(300), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let numbers = proptest::collection::vec(0i64..5, 1..5);
        let check = |numbers: Vec<i64>| {
            prop_assert_eq!(to_differ(numbers.clone(), 0), by_trying_all(&numbers, &mut Vec::new()));
            Ok(())
        };
        runner.run(&numbers, check).expect("the least cost");
    }

    fn by_trying_all(numbers: &[i64], chosen: &mut Vec<i64>) -> u64 {
        let Some(number) = numbers.get(chosen.len()) else { return 0 };
        let mut least = u64::MAX;
        for value in 0..10 {
            if !chosen.contains(&value) {
                chosen.push(value);
                least = least.min(number.abs_diff(value) + by_trying_all(numbers, chosen));
                chosen.pop();
            }
        }
        least
    }
}
