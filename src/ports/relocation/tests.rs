use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::catalog::Protocol;
use crate::ports::range::MAX_PORT;

/// Fails for the first of `cases` values for which `check` fails. The seed is fixed.
fn for_all<S: Strategy>(cases: u32, strategy: &S, check: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new_with_rng(Config::with_cases(cases), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(strategy, check).unwrap_or_else(|failure| panic!("{failure}"));
}

fn slots(ports: impl IntoIterator<Item = i64>) -> Vec<Slot> {
    let ports: BTreeSet<i64> = ports.into_iter().collect();
    ports.into_iter().map(|port| (Protocol::Tcp, port)).collect()
}

fn home(ports: &[i64], current: i64) -> Movable {
    Movable { slots: slots(ports.iter().copied()), current }
}

/// The offsets after the move.
fn moved(homes: &[Movable], relocation: &Relocation) -> Vec<i64> {
    homes.iter().zip(&relocation.offsets).map(|(home, offset)| offset.unwrap_or(home.current)).collect()
}

/// The ports that are wanted twice; a fixed port that is wanted twice does not count.
fn wanted_twice(homes: &[Movable], offsets: &[i64], fixed: &[Slot]) -> BTreeSet<i64> {
    let mut seen: BTreeSet<i64> = fixed.iter().map(|(_, port)| *port).collect();
    let ports = homes.iter().zip(offsets).flat_map(|(home, offset)| home.slots.iter().map(move |(_, port)| port + offset));
    ports.filter(|port| !seen.insert(*port)).collect()
}

fn some_homes(
    ports: std::ops::Range<i64>,
    offsets: std::ops::Range<i64>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = (Vec<Movable>, Vec<Slot>)> {
    let ports = move || proptest::collection::btree_set(ports.clone(), 1..5);
    let homes = proptest::collection::vec((ports(), offsets), count)
        .prop_map(|homes| homes.into_iter().map(|(ports, current)| Movable { slots: slots(ports), current }).collect::<Vec<_>>());
    (homes, proptest::collection::btree_set(100i64..140, 0..4).prop_map(slots))
}

/// The smallest sum of changes that leaves no conflict, where only the homes in `may_move` move.
fn by_trying_all(homes: &[Movable], may_move: &[bool], fixed: &[Slot], chosen: &mut Vec<i64>, limit: u64) -> Option<u64> {
    let number = chosen.len();
    let Some(home) = homes.get(number) else {
        return wanted_twice(homes, chosen, fixed).is_empty().then_some(0);
    };
    if !wanted_twice(&homes[..number], chosen, fixed).is_empty() {
        return None;
    }
    let mut least = None;
    for change in 0..=limit {
        let distance = i64::try_from(change).expect("small");
        for offset in [home.current + distance, home.current - distance] {
            if offset < 0 || change > 0 && !may_move[number] {
                continue;
            }
            chosen.push(offset);
            let rest = by_trying_all(homes, may_move, fixed, chosen, least.unwrap_or(limit).saturating_sub(change));
            chosen.pop();
            least = rest.map(|rest| rest + change).into_iter().chain(least).min();
        }
    }
    least
}

#[test]
fn the_offsets_of_few_homes_change_as_little_as_possible() {
    for_all(300, &some_homes(100..112, 0..4, 2..5), |(homes, fixed)| {
        let relocation = relocate(&homes, &fixed);
        let offsets = moved(&homes, &relocation);
        prop_assert_eq!(wanted_twice(&homes, &offsets, &fixed), BTreeSet::new());
        prop_assert!(relocation.is_smallest);
        let now: Vec<i64> = homes.iter().map(|home| home.current).collect();
        let shared = wanted_twice(&homes, &now, &fixed);
        let may_move: Vec<bool> =
            homes.iter().map(|home| home.slots.iter().any(|(_, port)| shared.contains(&(port + home.current)))).collect();
        let all: Vec<&Movable> = homes.iter().collect();
        let sum = change(&all, &offsets);
        prop_assert_eq!(by_trying_all(&homes, &may_move, &fixed, &mut Vec::new(), sum), Some(sum));
        // A home without a conflict stays.
        prop_assert!(relocation.offsets.iter().zip(may_move).all(|(offset, may_move)| offset.is_none() || may_move));
        Ok(())
    });
}

#[test]
fn the_offsets_of_many_homes_leave_no_conflict() {
    for_all(60, &some_homes(8000..9800, 0..20, 2..300), |(homes, fixed)| {
        let relocation = relocate(&homes, &fixed);
        let offsets = moved(&homes, &relocation);
        prop_assert_eq!(wanted_twice(&homes, &offsets, &fixed), BTreeSet::new());
        let valid = |home: &Movable, offset: i64| home.slots.iter().all(|(_, port)| (1..=MAX_PORT).contains(&(port + offset)));
        prop_assert!(homes.iter().zip(offsets).all(|(home, offset)| valid(home, offset) && offset >= 0));
        Ok(())
    });
}

#[test]
fn homes_stay_in_their_order_and_the_next_higher_offset_is_the_first_choice() {
    let homes = [home(&[9443, 9763], 0), home(&[9443, 9763], 0), home(&[9443, 9763], 1), home(&[9443, 9763], 0)];
    let relocation = relocate(&homes, &[]);
    assert_eq!(relocation.offsets, [None, Some(2), None, Some(3)]);
    assert_eq!(relocate(&[home(&[9443], 7), home(&[9443], 7)], &[]).offsets, [None, Some(8)]);
}

#[test]
fn ports_that_no_offset_moves_are_avoided() {
    let fixed = slots([9443, 9444, 9445]);
    let relocation = relocate(&[home(&[9443], 0)], &fixed);
    assert_eq!((relocation.offsets, relocation.is_smallest), (vec![Some(3)], true));
    // UDP is another matter.
    let udp = [(Protocol::Udp, 9443)];
    assert_eq!(relocate(&[home(&[9443], 0)], &udp).offsets, [None]);
}

#[test]
fn a_home_with_little_choice_stays_and_the_others_make_room() {
    let homes = [home(&[9443], 0), home(&[9443, 65535], 0)];
    assert_eq!(relocate(&homes, &[]).offsets, [Some(1), None]);
    // Two homes of which neither can move: nothing helps.
    let stuck = relocate(&[home(&[1, 65535], 0), home(&[1, 65535], 0)], &[]);
    assert_eq!((stuck.offsets, stuck.is_smallest), (vec![None, None], false));
}

#[test]
fn the_effort_is_in_proportion_to_the_homes() {
    let steps = |ports: &[i64], count: usize, all_fit: bool| {
        let homes: Vec<Movable> = (0..count).map(|_| home(ports, 0)).collect();
        let relocation = relocate(&homes, &[]);
        assert_eq!(wanted_twice(&homes, &moved(&homes, &relocation), &[]).is_empty(), all_fit, "{count}");
        relocation.steps
    };
    let micro_integrator = &[8243, 8280, 9154, 9191];
    let (some, twice) = (steps(micro_integrator, 1000, true), steps(micro_integrator, 2000, true));
    assert!(twice < some * 5 / 2, "{some} steps for 1,000 homes, {twice} for 2,000");
    // So many of these do not fit below port 65536: each offset is tried once in each round, no matter how many homes there are.
    let api_manager = &[5672, 8021, 8099, 8243, 8280, 8672, 9021, 9099, 9443, 9611, 9711, 9763, 9999, 10711, 11111];
    let (some, twice) = (steps(api_manager, 2000, false), steps(api_manager, 4000, false));
    assert!(twice < some * 5 / 4, "{some} steps for 2,000 homes, {twice} for 4,000");
}
