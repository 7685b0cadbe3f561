use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::catalog::Direction;
use crate::ports::listener::{Listener, Source, State};
use crate::ports::offset::{Offset, OffsetSource};

/// A listener at `base`, or on a random or unknown port without one.
fn listener(base: Option<i64>, kind: u8) -> Listener {
    Listener {
        id: "listener".to_owned(),
        description: String::new(),
        protocol: if kind == 1 { Protocol::Udp } else { Protocol::Tcp },
        tls: false,
        direction: if kind == 2 { Direction::Outbound } else { Direction::Inbound },
        base,
        offset: 0,
        follows_offset: false,
        refused: None,
        random: base.is_none(),
        bind: None,
        unknown: None,
        enabled: kind != 3,
        source: Source::Default(None),
        state: State::Default,
        note: None,
        documented_port: None,
        profile: None,
        row: None,
    }
}

/// Base, kind, and whether it follows the offset.
type Row = (Option<i64>, u8, bool);

fn table(listeners: &[Row], offset: Option<i64>) -> PortTable {
    let offset = Offset { value: offset, source: OffsetSource::Default, unknown: None };
    let listeners = listeners.iter().map(|(base, kind, follows)| {
        let mut listener = listener(*base, *kind);
        if *follows {
            listener.add_offset(&offset);
        }
        listener
    });
    PortTable { listeners: listeners.collect(), offset, profile: None }
}

#[test]
fn whatever_listens_the_offsets_leave_only_conflicts_that_no_offset_avoids() {
    let listener = (proptest::option::weighted(0.9, 9000i64..9040), 0u8..6, proptest::bool::weighted(0.8));
    let home = (proptest::collection::vec(listener, 1..8), proptest::option::weighted(0.9, 0i64..4));
    let homes = proptest::collection::vec(home, 1..12);
    let mut runner = TestRunner::new_with_rng(Config::with_cases(400), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let check = |homes: Vec<(Vec<Row>, Option<i64>)>| {
        let all = [(0..homes.len()).collect::<Vec<_>>()];
        let tables: Vec<PortTable> = homes.iter().map(|(listeners, offset)| table(listeners, *offset)).collect();
        let found = conflicts(&tables.iter().collect::<Vec<_>>(), &all);
        let moved: Vec<PortTable> = homes
            .iter()
            .enumerate()
            .map(|(home, (listeners, offset))| table(listeners, found.offset_of(home).or(*offset)))
            .collect();
        let left = conflicts(&moved.iter().collect::<Vec<_>>(), &all);
        prop_assert!(left.offsets.is_empty(), "{:?}", left.offsets);
        for conflict in &left.conflicts {
            // Ports that no offset moves, or listeners of one home that all follow its offset.
            let follow = |reference: &ListenerRef| moved[reference.home].moves(reference.listener);
            let count = conflict.listeners.iter().filter(|reference| follow(reference)).count();
            let is_unavoidable = count == 0 || count == conflict.listeners.len() && conflict.homes().len() == 1;
            prop_assert!(is_unavoidable && conflict.suggestion.is_none(), "{:?}", conflict);
        }
        // A home without a conflict that an offset avoids keeps its own.
        let has_conflict = |home: usize| found.conflicts.iter().any(|conflict| conflict.homes().contains(&home));
        prop_assert!(found.offsets.iter().all(|suggestion| has_conflict(suggestion.home)));
        Ok(())
    };
    runner.run(&homes, check).unwrap_or_else(|failure| panic!("{failure}"));
}
