//! The tree of paths that templates use.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::sync::OnceLock;

use elsa::sync::FrozenMap;

use super::uses::{Use, UseKind};
use crate::server::mapper::key_path::{self, KeyStep};
use crate::source::Span;

/// What the templates of a home read.
#[derive(Debug, Default)]
pub struct KeyUsage {
    root: UsageNode,
    /// The steps that were taken so far.
    pub(super) steps: u64,
    /// The templates whose rest was not followed, because that takes too many steps, and where it begins.
    unfollowed: Vec<(usize, Span)>,
}

/// A path, with what templates do with the value there.
#[derive(Debug, Default)]
pub(in crate::server::mapper) struct UsageNode {
    uses: Vec<Use>,
    /// The same, once there are many.
    many: HashSet<Use>,
    below: Below,
}

/// The nodes one step further, by the step that leads to each.
#[derive(Debug, Default)]
struct Below {
    nodes: OnceLock<BTreeMap<KeyStep, UsageNode>>,
    unread: Option<Unread>,
}

/// Nodes that are not read yet, and those of them that were read alone.
struct Unread {
    nodes: Box<dyn UnreadNodes>,
    read: FrozenMap<KeyStep, Box<Option<UsageNode>>>,
}

impl fmt::Debug for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Unread").field(&self.nodes).finish()
    }
}

/// Nodes that are read when they are asked for.
pub(in crate::server::mapper) trait UnreadNodes: fmt::Debug + Send + Sync {
    /// Whether there are any.
    fn has_any(&self) -> bool;

    /// The node that `step` leads to, if it has a use, or leads to one.
    fn read_one(&self, step: &KeyStep) -> Option<UsageNode>;

    /// All of them, by the step that leads to each.
    fn read(&self) -> BTreeMap<KeyStep, UsageNode>;
}

/// From how many known nodes on it is not kept that one is missing.
const MAX_KNOWN_MISSING: usize = 1_000;

/// How many uses are compared one by one.
const FEW: usize = 32;

impl Below {
    fn nodes(&self) -> &BTreeMap<KeyStep, UsageNode> {
        self.nodes.get_or_init(|| self.unread.as_ref().map(|unread| unread.nodes.read()).unwrap_or_default())
    }

    fn get(&self, step: &KeyStep) -> Option<&UsageNode> {
        match &self.unread {
            Some(Unread { nodes, read }) if self.nodes.get().is_none() => match read.get(step) {
                Some(known) => known.as_ref(),
                None => match nodes.read_one(step) {
                    // Files can have any number of keys that nobody knows.
                    None if read.len() >= MAX_KNOWN_MISSING => None,
                    found => read.insert(step.clone(), Box::new(found)).as_ref(),
                },
            },
            _ => self.nodes().get(step),
        }
    }

    fn is_empty(&self) -> bool {
        match &self.unread {
            Some(unread) if self.nodes.get().is_none() => !unread.nodes.has_any(),
            _ => self.nodes().is_empty(),
        }
    }

    fn nodes_mut(&mut self) -> &mut BTreeMap<KeyStep, UsageNode> {
        self.nodes();
        self.nodes.get_mut().expect("they were just read")
    }
}

impl KeyUsage {
    /// What templates read at these paths.
    pub(in crate::server::mapper) fn of_unread(unread: Box<dyn UnreadNodes>) -> Self {
        Self { root: UsageNode::of_unread(Vec::new(), unread), ..Self::default() }
    }

    /// Notes that a template is not followed from here on. It may read any key.
    pub(super) fn leave(&mut self, template: usize, from: Span) {
        self.unfollowed.push((template, from));
        self.root.add(Use { kind: UseKind::Other, template, span: from });
    }

    /// The templates that were not followed to their end, by their numbers, and from where on.
    pub fn unfollowed(&self) -> &[(usize, Span)] {
        &self.unfollowed
    }

    /// The node at `path`, which is added if it is missing.
    pub(in crate::server::mapper) fn node_at(&mut self, path: &[KeyStep]) -> &mut UsageNode {
        path.iter().fold(&mut self.root, |node, step| node.below(step.clone()))
    }

    /// What templates do with the value at `path`, and with tables and lists around it when that shows them as a whole.
    pub(in crate::server::mapper) fn uses(&self, path: &[KeyStep]) -> Vec<&Use> {
        let mut found = Vec::new();
        self.root.collect(path, &mut found);
        found
    }

    /// Whether templates read the value at `path`, show a table around it as a whole, or loop over the keys of its table.
    pub(in crate::server::mapper) fn is_read(&self, path: &[KeyStep]) -> bool {
        let is_looped_over = |(step, table): (&KeyStep, &[KeyStep])| {
            matches!(step, KeyStep::Key(_)) && self.own_uses(table).iter().any(|used| used.kind == UseKind::Entries)
        };
        !self.uses(path).is_empty() || path.split_last().is_some_and(is_looped_over)
    }

    /// Whether templates read the value of `key`, a key after mapping, as `is_read` says.
    pub fn reads(&self, key: &str) -> bool {
        key_path::of_flat(key).is_some_and(|path| self.is_read(&path))
    }

    /// What templates do with the value at `path` itself.
    pub(in crate::server::mapper) fn own_uses(&self, path: &[KeyStep]) -> Vec<&Use> {
        self.root.at(path).into_iter().flat_map(|node| &node.uses).collect()
    }

    /// What templates do with the value at exactly this path.
    pub(in crate::server::mapper) fn exact_uses(&self, path: &[KeyStep]) -> &[Use] {
        let node = path.iter().try_fold(&self.root, |node, step| node.below.get(step));
        node.map_or(&[], |node| &node.uses)
    }

    /// Whether templates read anything below `path`.
    pub(in crate::server::mapper) fn reads_below(&self, path: &[KeyStep]) -> bool {
        self.root.at(path).iter().any(|node| !node.below.is_empty())
    }

    /// The steps that templates take from `path`.
    pub(in crate::server::mapper) fn steps_below(&self, path: &[KeyStep]) -> BTreeSet<&KeyStep> {
        self.root.at(path).into_iter().flat_map(|node| node.below.nodes().keys()).collect()
    }

    /// Every path that templates use, sorted, with what they do there.
    pub(in crate::server::mapper) fn paths(&self) -> Vec<(Vec<KeyStep>, &[Use])> {
        let mut paths = Vec::new();
        self.root.list(&mut Vec::new(), &mut paths);
        paths
    }
}

impl UsageNode {
    /// The node one step further, which is added if it is missing.
    pub(in crate::server::mapper) fn below(&mut self, step: KeyStep) -> &mut Self {
        self.below.nodes_mut().entry(step).or_default()
    }

    /// A node with these uses, and with nodes below it that are not read yet.
    pub(in crate::server::mapper) fn of_unread(uses: Vec<Use>, unread: Box<dyn UnreadNodes>) -> Self {
        let mut node = Self {
            below: Below { nodes: OnceLock::new(), unread: Some(Unread { nodes: unread, read: FrozenMap::new() }) },
            ..Self::default()
        };
        node.add_all(uses);
        node
    }

    /// Adds a use.
    pub(super) fn add(&mut self, used: Use) {
        if self.uses.len() == FEW {
            self.many = self.uses.iter().cloned().collect();
        }
        let is_new = if self.uses.len() < FEW { !self.uses.contains(&used) } else { self.many.insert(used.clone()) };
        if is_new {
            self.uses.push(used);
        }
    }

    /// Adds uses that are all different.
    pub(in crate::server::mapper) fn add_all(&mut self, uses: Vec<Use>) {
        if self.uses.is_empty() && uses.len() < FEW {
            self.uses = uses;
        } else {
            for used in uses {
                self.add(used);
            }
        }
    }

    fn collect<'a>(&'a self, path: &[KeyStep], found: &mut Vec<&'a Use>) {
        let Some((step, rest)) = path.split_first() else {
            found.extend(&self.uses);
            return;
        };
        found.extend(self.uses.iter().filter(|used| used.kind.shows_everything()));
        for below in self.follow(step) {
            below.collect(rest, found);
        }
    }

    fn follow(&self, step: &KeyStep) -> impl Iterator<Item = &UsageNode> {
        let any = matches!(step, KeyStep::Key(_)).then(|| self.below.get(&KeyStep::AnyKey)).flatten();
        self.below.get(step).into_iter().chain(any)
    }

    /// The nodes at `path`: several where a template loops over the keys of a table.
    fn at(&self, path: &[KeyStep]) -> Vec<&UsageNode> {
        path.iter().fold(vec![self], |nodes, step| nodes.into_iter().flat_map(|node| node.follow(step)).collect())
    }

    fn list<'a>(&'a self, path: &mut Vec<KeyStep>, paths: &mut Vec<(Vec<KeyStep>, &'a [Use])>) {
        if !self.uses.is_empty() && !path.is_empty() {
            paths.push((path.clone(), &self.uses));
        }
        for (step, below) in self.below.nodes() {
            path.push(step.clone());
            below.list(path, paths);
            path.pop();
        }
    }
}
