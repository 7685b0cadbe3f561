//! Listeners on the same port, and the offsets that avoid the conflicts.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Protocol;
use crate::ports::relocation::{Movable, Slot, relocate};
use crate::ports::table::PortTable;

/// A listener of one of the compared homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenerRef {
    /// The index of the home.
    pub home: usize,
    /// The index of the listener in its table.
    pub listener: usize,
}

/// Two or more listeners on one port of one machine.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// The port.
    pub port: i64,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The listeners on it, in the order of the homes.
    pub listeners: Vec<ListenerRef>,
    /// An offset that avoids the conflict, together with the other suggestions: that of the last home on the port that gets a new one.
    /// `None` if no offset avoids it.
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

/// The conflicts on some machines.
#[derive(Debug, Clone)]
pub struct Conflicts {
    /// The conflicts, by port.
    pub conflicts: Vec<Conflict>,
    /// New offsets that leave no conflict that an offset can avoid, if all of them are set; in the order of the homes.
    pub offsets: Vec<Suggestion>,
    /// Whether these are the offsets with the smallest sum of changes. If false, it is not known.
    pub is_smallest: bool,
}

impl Default for Conflicts {
    fn default() -> Self {
        Self { conflicts: Vec::new(), offsets: Vec::new(), is_smallest: true }
    }
}

impl Conflict {
    /// The homes on the port, each once.
    pub fn homes(&self) -> Vec<usize> {
        let mut homes: Vec<usize> = self.listeners.iter().map(|listener| listener.home).collect();
        homes.dedup();
        homes
    }
}

impl Conflicts {
    /// The new offset of a home; `None` if it keeps its own.
    pub(crate) fn offset_of(&self, home: usize) -> Option<i64> {
        let at = self.offsets.binary_search_by_key(&home, |suggestion| suggestion.home).ok()?;
        Some(self.offsets[at].offset)
    }
}

/// Returns the conflicts among the homes of each of `machines`, which are indices of `tables`.
pub(crate) fn conflicts(tables: &[&PortTable], machines: &[Vec<usize>]) -> Conflicts {
    let mut all = Conflicts::default();
    for machine in machines {
        let wanted: Vec<(Slot, Vec<ListenerRef>)> =
            listeners_by_port(tables, machine).into_iter().filter(|(_, listeners)| listeners.len() > 1).collect();
        if wanted.is_empty() {
            continue;
        }
        let (mut offsets, is_smallest) = new_offsets(tables, machine);
        offsets.sort_unstable_by_key(|suggestion| suggestion.home);
        let suggested: BTreeMap<usize, i64> = offsets.iter().map(|suggestion| (suggestion.home, suggestion.offset)).collect();
        all.is_smallest &= is_smallest;
        all.offsets.append(&mut offsets);
        all.conflicts.extend(wanted.into_iter().map(|((protocol, port), listeners)| {
            let follows = |reference: &&ListenerRef| tables[reference.home].moves(reference.listener);
            let moved = listeners.iter().rev().filter(follows).find_map(|listener| {
                suggested.get(&listener.home).map(|offset| Suggestion { home: listener.home, offset: *offset })
            });
            Conflict { port, protocol, listeners, suggestion: moved }
        }));
    }
    all.offsets.sort_unstable_by_key(|suggestion| suggestion.home);
    let key = |conflict: &Conflict| (conflict.port, conflict.protocol, conflict.listeners.first().map(|listener| listener.home));
    all.conflicts.sort_by_key(key);
    all
}

/// How many ports more than one of these homes would want on one machine.
pub(crate) fn shared_ports(tables: &[&PortTable], homes: &[usize]) -> usize {
    let is_shared = |listeners: &Vec<ListenerRef>| listeners.iter().any(|listener| listener.home != listeners[0].home);
    listeners_by_port(tables, homes).values().filter(|listeners| is_shared(listeners)).count()
}

fn listeners_by_port(tables: &[&PortTable], homes: &[usize]) -> BTreeMap<Slot, Vec<ListenerRef>> {
    let mut wanted: BTreeMap<Slot, Vec<ListenerRef>> = BTreeMap::new();
    for home in homes {
        for (number, listener) in tables[*home].listeners.iter().enumerate() {
            if let Some(slot) = listener.occupies() {
                wanted.entry(slot).or_default().push(ListenerRef { home: *home, listener: number });
            }
        }
    }
    wanted
}

/// The homes of a machine that get a new offset, and whether the sum of the changes is the smallest.
fn new_offsets(tables: &[&PortTable], machine: &[usize]) -> (Vec<Suggestion>, bool) {
    let mut movable = Vec::new();
    let mut fixed: BTreeSet<Slot> = BTreeSet::new();
    for home in machine {
        let table = tables[*home];
        let mut slots: BTreeSet<Slot> = BTreeSet::new();
        for (number, listener) in table.listeners.iter().enumerate() {
            if table.moves(number) {
                slots.extend(listener.base.filter(|_| listener.is_inbound_and_open()).map(|base| (listener.protocol, base)));
            } else {
                fixed.extend(listener.occupies());
            }
        }
        movable.push(Movable { slots: slots.into_iter().collect(), current: table.offset.value.unwrap_or(0) });
    }
    let relocation = relocate(&movable, &fixed.into_iter().collect::<Vec<_>>());
    let suggestions = machine
        .iter()
        .zip(&relocation.offsets)
        .filter_map(|(home, offset)| offset.map(|offset| Suggestion { home: *home, offset }));
    (suggestions.collect(), relocation.is_smallest)
}

#[cfg(test)]
mod tests;
