//! Keys under which the server reads a table: the members that templates read of it.

use super::keys::Schema;
use crate::server::mapper::key_path::KeyStep;
use crate::server::mapper::key_usage::{Use, UseKind};

/// A table that templates read, as a whole or an element of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadTable {
    /// The members that templates read, in the order of the templates; empty if they only loop over its keys.
    pub members: Vec<String>,
    /// Whether they read the elements of an array.
    pub in_elements: bool,
    /// Whether they also test whether there is one.
    pub is_tested: bool,
}

impl Schema {
    /// The table that templates read under a key of the user. `None` if they use its value in another way too, so that it need not be a table.
    pub(crate) fn table_at(&self, key: &str) -> Option<ReadTable> {
        if self.infers_from(key) || self.refers_to(key) {
            return None;
        }
        self.paths_of(key).into_iter().find_map(|path| {
            // A loop over values reads members of each: of those of a table, if there is one instead of an array.
            let around = path.split_last().map_or_else(Vec::new, |(_, table)| self.usage.own_uses(table));
            let has = |kind: &UseKind| around.iter().any(|used| used.kind == *kind);
            if has(&UseKind::Looped) && !has(&UseKind::Entries) {
                return None;
            }
            let uses = self.usage.uses(&path);
            let is_of_table =
                |used: &&Use| matches!(used.kind, UseKind::Entries | UseKind::Looped | UseKind::Defined | UseKind::Truth);
            if !uses.iter().all(is_of_table) {
                return None;
            }
            let is_tested = uses.iter().any(|used| used.kind == UseKind::Truth);
            let has_entries = uses.iter().any(|used| used.kind == UseKind::Entries);
            let members = self.members_of(&path);
            if !members.is_empty() || has_entries {
                return Some(ReadTable { members, in_elements: false, is_tested });
            }
            let element = [path, vec![KeyStep::Element]].concat();
            let members = if self.usage.own_uses(&element).is_empty() { self.members_of(&element) } else { Vec::new() };
            (!members.is_empty()).then_some(ReadTable { members, in_elements: true, is_tested })
        })
    }

    /// The keys that templates read in the table at `path`, in the order of the templates.
    fn members_of(&self, path: &[KeyStep]) -> Vec<String> {
        let mut members: Vec<(usize, usize, String)> = Vec::new();
        for step in self.usage.steps_below(path) {
            let KeyStep::Key(name) = step else { continue };
            let member = [path, std::slice::from_ref(step)].concat();
            let first = self.usage.own_uses(&member).into_iter().map(|used| (used.template, used.span.start)).min();
            let (template, start) = first.unwrap_or((usize::MAX, usize::MAX));
            members.push((template, start, name.to_string()));
        }
        members.sort();
        members.into_iter().map(|(_, _, name)| name).collect()
    }

    /// What templates do with the members of the table under a key of the user.
    pub(crate) fn uses_below(&self, key: &str) -> Vec<&Use> {
        let members = self.paths_of(key).into_iter().flat_map(|path| {
            let below = self.usage.steps_below(&path).into_iter().cloned().collect::<Vec<KeyStep>>();
            below.into_iter().map(move |step| [path.as_slice(), &[step]].concat())
        });
        members.flat_map(|member| self.usage.own_uses(&member)).collect()
    }

    /// Whether templates do nothing with a key of the user but print it.
    pub(crate) fn is_only_printed(&self, key: &str) -> bool {
        self.own_uses(key).into_iter().all(|used| used.kind == UseKind::Printed)
    }
}
