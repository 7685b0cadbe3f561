//! Which lines of two texts differ. The effort is limited by counting, never by the clock: the same texts always have the same difference.

use std::collections::HashMap;
use std::iter::successors;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff, capture_diff_slices};

/// How many steps the search for the shortest difference may take, at worst about half a second. It is enough for two texts of 4096 lines
/// without a line in common.
const MAX_STEPS: u64 = 1 << 26;

/// The operations that turn the lines `old` into the lines `new`: the fewest if they can be found in [`MAX_STEPS`]. Otherwise the lines that
/// both texts have exactly once divide them, and a division that is still too large counts as replaced.
pub(crate) fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    operations_within(old, new, MAX_STEPS)
}

fn operations_within(old: &[&str], new: &[&str], max_steps: u64) -> Vec<DiffOp> {
    let mut numbers = HashMap::new();
    let mut number = |line| {
        let next = numbers.len();
        *numbers.entry(line).or_insert(next)
    };
    let old: Vec<usize> = old.iter().copied().map(&mut number).collect();
    let new: Vec<usize> = new.iter().copied().map(&mut number).collect();
    let (before, after) = common_ends(&old, &new);
    if steps(old.len() - before - after, new.len() - before - after) <= max_steps {
        return capture_diff_slices(Algorithm::Myers, &old, &new);
    }
    let mut divided = Divided { old: &old, new: &new, steps_left: max_steps, operations: Vec::new() };
    let (mut old_done, mut new_done) = (0, 0);
    for (old_at, new_at) in longest_ascent(&shared_once(&old, &new, numbers.len())) {
        divided.add(old_done..old_at, new_done..new_at);
        divided.push(DiffOp::Equal { old_index: old_at, new_index: new_at, len: 1 });
        (old_done, new_done) = (old_at + 1, new_at + 1);
    }
    divided.add(old_done..old.len(), new_done..new.len());
    divided.operations
}

/// The steps that Myers' algorithm takes at most for this many lines.
fn steps(old: usize, new: usize) -> u64 {
    if old == 0 || new == 0 { 0 } else { ((old + new) as u64).saturating_pow(2) }
}

/// How many lines at the start and at the end are the same.
fn common_ends(old: &[usize], new: &[usize]) -> (usize, usize) {
    let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let after = old[before..].iter().rev().zip(new[before..].iter().rev()).take_while(|(old, new)| old == new).count();
    (before, after)
}

/// Two texts that are compared one division after the other.
struct Divided<'a> {
    old: &'a [usize],
    new: &'a [usize],
    steps_left: u64,
    operations: Vec<DiffOp>,
}

impl Divided<'_> {
    /// Compares a division.
    fn add(&mut self, old: Range<usize>, new: Range<usize>) {
        let (before, after) = common_ends(&self.old[old.clone()], &self.new[new.clone()]);
        self.push(DiffOp::Equal { old_index: old.start, new_index: new.start, len: before });
        let (changed_old, changed_new) = (old.start + before..old.end - after, new.start + before..new.end - after);
        let steps = steps(changed_old.len(), changed_new.len());
        if steps <= self.steps_left {
            self.steps_left -= steps;
            for operation in capture_diff(Algorithm::Myers, self.old, changed_old, self.new, changed_new) {
                self.push(operation);
            }
        } else {
            self.push(DiffOp::Replace {
                old_index: changed_old.start,
                old_len: changed_old.len(),
                new_index: changed_new.start,
                new_len: changed_new.len(),
            });
        }
        self.push(DiffOp::Equal { old_index: old.end - after, new_index: new.end - after, len: after });
    }

    /// Appends an operation. Equal lines that follow each other become one operation: the hunks of a diff depend on their number.
    fn push(&mut self, operation: DiffOp) {
        match (self.operations.last_mut(), operation) {
            (_, DiffOp::Equal { len: 0, .. }) => {}
            (Some(DiffOp::Equal { len, .. }), DiffOp::Equal { len: more, .. }) => *len += more,
            _ => self.operations.push(operation),
        }
    }
}

/// Where the lines are that both texts have exactly once, in the order of the old text. `distinct` is the number of different lines.
fn shared_once(old: &[usize], new: &[usize], distinct: usize) -> Vec<(usize, usize)> {
    let once_in = |lines: &[usize]| {
        let mut places = vec![(0_usize, 0_usize); distinct];
        for (at, line) in lines.iter().enumerate() {
            places[*line] = (places[*line].0 + 1, at);
        }
        move |line: usize| Some(places[line]).filter(|(count, _)| *count == 1).map(|(_, at)| at)
    };
    let (in_old, in_new) = (once_in(old), once_in(new));
    old.iter().filter_map(|line| in_old(*line).zip(in_new(*line))).collect()
}

/// The longest part of `pairs` in which the second numbers ascend as the first ones do.
fn longest_ascent(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the pair that ends such a part and has the smallest second number.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < pair.1);
        previous.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut ascent: Vec<(usize, usize)> = successors(ends.last().copied(), |at| previous[*at]).map(|at| pairs[at]).collect();
    ascent.reverse();
    ascent
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the operations say of each line: `=`, `-` or `+`. Panics if they do not turn `old` into `new`.
    fn signs(old: &str, new: &str, max_steps: u64) -> String {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
        let operations = operations_within(&old, &new, max_steps);
        let (mut signs, mut old_done, mut new_done) = (String::new(), 0, 0);
        for operation in operations {
            assert_eq!((operation.old_range().start, operation.new_range().start), (old_done, new_done));
            (old_done, new_done) = (operation.old_range().end, operation.new_range().end);
            if let DiffOp::Equal { .. } = operation {
                assert_eq!(old[operation.old_range()], new[operation.new_range()]);
                signs += &"=".repeat(operation.new_range().len());
            } else {
                signs += &"-".repeat(operation.old_range().len());
                signs += &"+".repeat(operation.new_range().len());
            }
        }
        assert_eq!((old_done, new_done), (old.len(), new.len()));
        signs
    }

    #[test]
    fn few_steps_find_fewer_equal_lines() {
        for (old, new, enough, too_few) in [
            ("a b c", "a x c", "=-+=", "=-+="),
            ("a a b c c", "a a c c", "==-==", "==-=="),
            // `x`, `y` and `w` are there once, so they divide what `z` repeats.
            ("z x z y z z w", "x z z y z w z", "+=-===+=-", "-==+==-=+"),
            ("p q p q", "q p q p", "+===-", "----++++"),
            // The order of two lines has changed: one of them stays equal.
            ("a k b l a", "b l a k b", "++===--", "--===++"),
        ] {
            assert_eq!((signs(old, new, 1000).as_str(), signs(old, new, 0).as_str()), (enough, too_few), "{old} | {new}");
        }
    }

    #[test]
    fn what_the_first_division_takes_is_missing_for_the_next() {
        let (old, new) = ("p q p X r s r Y", "q p q X s r s Z");
        for (max_steps, expected) in
            [(256, "+==-=+==--+"), (100, "+==-=+==--+"), (99, "+==-=----++++"), (36, "+==-=----++++"), (35, "---+++=----++++")]
        {
            assert_eq!(signs(old, new, max_steps), expected, "{max_steps} steps");
        }
    }
}
