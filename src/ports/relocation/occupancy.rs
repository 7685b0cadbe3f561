//! How many listeners want each port.

use crate::catalog::Protocol;
use crate::ports::range::MAX_PORT;

/// A port of a protocol.
pub(in crate::ports) type Slot = (Protocol, i64);

/// How many listeners want each port. Ports out of range count as taken.
#[derive(Debug, Clone)]
pub(super) struct Occupancy {
    counts: Vec<u32>,
}

impl Occupancy {
    /// The given ports, each once.
    pub(super) fn of(slots: &[Slot]) -> Self {
        let mut occupancy = Self { counts: vec![0; 2 * PORTS] };
        occupancy.add(slots, 0);
        occupancy
    }

    /// Adds the ports of a home with this offset.
    pub(super) fn add(&mut self, slots: &[Slot], offset: i64) {
        for at in slots.iter().filter_map(|slot| index(*slot, offset)) {
            self.counts[at] += 1;
        }
    }

    /// Removes ports that were added.
    pub(super) fn remove(&mut self, slots: &[Slot], offset: i64) {
        for at in slots.iter().filter_map(|slot| index(*slot, offset)) {
            self.counts[at] -= 1;
        }
    }

    /// Whether nothing wants the ports of a home with this offset.
    pub(super) fn is_free(&self, slots: &[Slot], offset: i64) -> bool {
        slots.iter().all(|slot| index(*slot, offset).is_some_and(|at| self.counts[at] == 0))
    }

    /// Whether something else wants one of the ports of a home that was added with this offset.
    pub(super) fn is_shared(&self, slots: &[Slot], offset: i64) -> bool {
        slots.iter().filter_map(|slot| index(*slot, offset)).any(|at| self.counts[at] > 1)
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small constant")]
const PORTS: usize = MAX_PORT as usize + 1;

fn index((protocol, port): Slot, offset: i64) -> Option<usize> {
    let port = usize::try_from(port + offset).ok().filter(|port| (1..PORTS).contains(port))?;
    Some(match protocol {
        Protocol::Tcp => port,
        Protocol::Udp => PORTS + port,
    })
}
