//! Listeners on the same port, and the offset that avoids the conflict.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Protocol;
use crate::ports::listener::Listener;
use crate::ports::range::{MAX_OFFSET, MAX_PORT};
use crate::ports::table::PortTable;

/// A listener of one of the compared homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenerRef {
    /// The index of the home.
    pub home: usize,
    /// The index of the listener in its table.
    pub listener: usize,
}

/// Two or more listeners on one port.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// The port.
    pub port: i64,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The listeners on it, in the order of the homes.
    pub listeners: Vec<ListenerRef>,
    /// An offset that avoids the conflict; `None` if all listeners are in the same home, or there is no such offset.
    pub suggestion: Option<Suggestion>,
}

/// A new offset for a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The index of the home.
    pub home: usize,
    /// The offset.
    pub offset: i64,
}

/// Returns the conflicts within each of `tables` and between them, by port.
pub(crate) fn conflicts(tables: &[&PortTable]) -> Vec<Conflict> {
    let mut wanted: BTreeMap<(i64, Protocol), Vec<ListenerRef>> = BTreeMap::new();
    for (home, table) in tables.iter().enumerate() {
        for (number, listener) in table.listeners.iter().enumerate() {
            if let Some((protocol, port)) = listener.occupies() {
                wanted.entry((port, protocol)).or_default().push(ListenerRef { home, listener: number });
            }
        }
    }
    let mut suggestions: BTreeMap<usize, Option<i64>> = BTreeMap::new();
    wanted
        .into_iter()
        .filter(|(_, listeners)| listeners.len() > 1)
        .map(|((port, protocol), listeners)| {
            let last = listeners.last().map_or(0, |listener| listener.home);
            let between = listeners.iter().any(|listener| listener.home != last);
            let follows = |reference: &&ListenerRef| tables[reference.home].listeners[reference.listener].follows_offset();
            // The last home with a listener that follows its offset is the one to move.
            let home = listeners.iter().rev().filter(|_| between).find(follows).map(|listener| listener.home);
            let suggestion = home.and_then(|home| {
                let offset = *suggestions.entry(home).or_insert_with(|| free_offset(tables, home));
                offset.map(|offset| Suggestion { home, offset })
            });
            Conflict { port, protocol, listeners, suggestion }
        })
        .collect()
}

/// The smallest offset, from 0 on, that moves the listeners of `home` to ports that are valid and that no other listener occupies. `None`
/// if there is none, or the current offset is unknown.
pub(crate) fn free_offset(tables: &[&PortTable], home: usize) -> Option<i64> {
    let current = tables.get(home)?.offset.value?;
    let others: BTreeSet<(Protocol, i64)> = tables
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != home)
        .flat_map(|(_, table)| table.listeners.iter().filter_map(Listener::occupies))
        .collect();
    let own: Vec<(Protocol, i64)> =
        tables[home].listeners.iter().filter(|listener| listener.follows_offset()).filter_map(Listener::occupies).collect();
    let fixed: BTreeSet<(Protocol, i64)> =
        tables[home].listeners.iter().filter(|listener| !listener.follows_offset()).filter_map(Listener::occupies).collect();
    (0..=MAX_OFFSET).find(|offset| {
        own.iter().all(|(protocol, port)| {
            let moved = (*protocol, port - current + offset);
            (1..=MAX_PORT).contains(&moved.1) && !others.contains(&moved) && !fixed.contains(&moved)
        })
    })
}
