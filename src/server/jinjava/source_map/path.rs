//! Paths to values of the configuration, and sets of them, as small numbers: recording compares and joins them all the time.

use std::collections::HashMap;
use std::sync::Arc;

/// A step on the path to a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathStep {
    /// This key of a table.
    Key(Arc<str>),
    /// The element of a list with this index.
    Item(usize),
}

/// The number of a path; 0 is the whole configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct PathId(u32);

impl PathId {
    /// Its place among all paths.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a set of paths; 0 is the empty set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(in crate::server::jinjava) struct PathSet(u32);

impl PathSet {
    /// Whether no path is in the set.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Every path and set that was met.
#[derive(Debug)]
pub(super) struct Paths {
    /// The parent and the last step of each path but the first.
    nodes: Vec<(PathId, PathStep)>,
    children: HashMap<(PathId, PathStep), PathId>,
    /// The paths of each set, sorted.
    sets: Vec<Arc<[PathId]>>,
    numbers: HashMap<Arc<[PathId]>, PathSet>,
    unions: HashMap<(PathSet, PathSet), PathSet>,
    /// How many paths were looked at so far.
    pub(super) work: u64,
}

impl Default for Paths {
    fn default() -> Self {
        let empty: Arc<[PathId]> = Arc::from([]);
        Self {
            nodes: Vec::new(),
            children: HashMap::new(),
            sets: vec![empty.clone()],
            numbers: HashMap::from([(empty, PathSet(0))]),
            unions: HashMap::new(),
            work: 0,
        }
    }
}

/// A number for the next entry of a list. Recording ends long before there are as many entries.
fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl Paths {
    /// The path one step below `parent`.
    pub(super) fn child(&mut self, parent: PathId, step: PathStep) -> PathId {
        self.work += 1;
        let next = PathId(number(self.nodes.len() + 1));
        *self.children.entry((parent, step)).or_insert_with_key(|(parent, step)| {
            self.nodes.push((*parent, step.clone()));
            next
        })
    }

    /// Every path.
    pub(super) fn all(&self) -> impl Iterator<Item = PathId> {
        (0..=number(self.nodes.len())).map(PathId)
    }

    /// The steps of a path from the root.
    pub(super) fn steps(&self, path: PathId) -> Vec<PathStep> {
        let mut steps = Vec::new();
        let mut at = path;
        while let Some((parent, step)) = (at.0 as usize).checked_sub(1).and_then(|index| self.nodes.get(index)) {
            steps.push(step.clone());
            at = *parent;
        }
        steps.reverse();
        steps
    }

    /// The last step of a path; `None` for the whole configuration.
    pub(super) fn last(&self, path: PathId) -> Option<&PathStep> {
        path.index().checked_sub(1).and_then(|index| self.nodes.get(index)).map(|(_, step)| step)
    }

    /// The set of one path.
    pub(super) fn single(&mut self, path: PathId) -> PathSet {
        self.intern(vec![path])
    }

    /// The paths of either set.
    pub(super) fn union(&mut self, one: PathSet, other: PathSet) -> PathSet {
        if one == other || other.is_empty() {
            return one;
        }
        if one.is_empty() {
            return other;
        }
        let pair = if one < other { (one, other) } else { (other, one) };
        if let Some(known) = self.unions.get(&pair) {
            return *known;
        }
        let mut paths = [self.members(one), self.members(other)].concat();
        self.work += paths.len() as u64;
        paths.sort_unstable();
        paths.dedup();
        let union = self.intern(paths);
        self.unions.insert(pair, union);
        union
    }

    /// The paths of `one` that are not in `other`.
    pub(super) fn difference(&mut self, one: PathSet, other: PathSet) -> PathSet {
        if one.is_empty() || other.is_empty() {
            return one;
        }
        if one == other {
            return PathSet::default();
        }
        self.work += self.members(one).len() as u64;
        let without = self.members(other);
        let paths = self.members(one).iter().filter(|path| without.binary_search(path).is_err()).copied().collect();
        self.intern(paths)
    }

    /// The paths of a set, sorted by number: in the order in which they were met.
    pub(super) fn members(&self, set: PathSet) -> &[PathId] {
        self.sets.get(set.0 as usize).map_or(&[], |paths| paths)
    }

    fn intern(&mut self, paths: Vec<PathId>) -> PathSet {
        self.work += paths.len() as u64;
        let paths: Arc<[PathId]> = paths.into();
        let next = PathSet(number(self.sets.len()));
        *self.numbers.entry(paths).or_insert_with_key(|paths| {
            self.sets.push(paths.clone());
            next
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_paths_and_sets_have_equal_numbers() {
        let mut paths = Paths::default();
        let root = PathId::default();
        let a = paths.child(root, PathStep::Key("a".into()));
        let item = paths.child(a, PathStep::Item(2));
        assert_eq!(paths.child(root, PathStep::Key("a".into())), a);
        assert_eq!(paths.steps(item), [PathStep::Key("a".into()), PathStep::Item(2)]);
        let (one, other) = (paths.single(a), paths.single(item));
        let both = paths.union(one, other);
        assert_eq!(paths.union(other, one), both);
        assert_eq!(paths.members(both), [a, item]);
        assert_eq!(paths.difference(both, one), other);
        assert_eq!(paths.difference(one, both), PathSet::default());
    }
}
