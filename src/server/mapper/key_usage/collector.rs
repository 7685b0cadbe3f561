//! What is known while a template is read: what its names refer to, and where uses are recorded.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::tree::KeyUsage;
use super::uses::{Use, UseKind};
use super::value_source::{ValueSource, ValueSources, bound, steps_of};
use crate::server::jinjava::Macro;
use crate::server::mapper::key_path::KeyStep;
use crate::source::Span;

/// Collects what one template reads.
pub(super) struct Collector<'a> {
    usage: &'a mut KeyUsage,
    template: usize,
    /// What names refer to that `set` and macros define, anywhere in the template.
    names: HashMap<Rc<str>, ValueSources>,
    /// What the names of the surrounding loops refer to, innermost last.
    pub(super) loops: Vec<(Rc<str>, ValueSources)>,
    pub(super) macros: BTreeMap<Rc<str>, Rc<Macro>>,
    /// Whether uses are recorded, or only names are learned.
    pub(super) records: bool,
    /// How many steps this template may still take.
    left: u64,
}

/// How many steps one template may take, and all templates of a home together: 30 and 45 times what they take in API Manager 4.6.
const STEPS_OF_TEMPLATE: u64 = 1_000_000;
const STEPS_OF_HOME: u64 = 4_000_000;

impl<'a> Collector<'a> {
    /// A collector for the template with this number.
    pub(super) fn new(usage: &'a mut KeyUsage, template: usize) -> Self {
        let left = STEPS_OF_TEMPLATE.min(STEPS_OF_HOME.saturating_sub(usage.steps));
        Self { usage, template, names: HashMap::new(), loops: Vec::new(), macros: BTreeMap::new(), records: false, left }
    }

    /// Whether there are steps left.
    pub(super) fn can_go_on(&self) -> bool {
        self.left > 0
    }

    /// Takes `steps` for the part at `span`. Returns whether that is still possible.
    pub(super) fn takes(&mut self, steps: usize, span: Span) -> bool {
        if self.left == 0 {
            return false;
        }
        let steps = steps as u64;
        self.usage.steps = self.usage.steps.saturating_add(steps);
        self.left = self.left.saturating_sub(steps);
        if self.left == 0 {
            self.usage.leave(self.template, span);
        }
        self.left > 0
    }

    /// Adds what a name can refer to.
    pub(super) fn learn(&mut self, name: &Rc<str>, sources: ValueSources) {
        let known = self.names.entry(name.clone()).or_default();
        known.extend(sources);
        bound(known);
    }

    /// What a name can refer to.
    pub(super) fn named(&self, name: &Rc<str>) -> ValueSources {
        if let Some((_, sources)) = self.loops.iter().rev().find(|(known, _)| known == name) {
            return sources.clone();
        }
        let mut sources = self.names.get(name).cloned().unwrap_or_default();
        // Before it is set, or where the `set` is not reached, it is the key of that name.
        sources.insert(ValueSource::Path(vec![KeyStep::Key((&**name).into())]));
        sources
    }

    /// Records a use of the value at `path`.
    pub(super) fn record(&mut self, path: &[KeyStep], kind: UseKind, span: Span) {
        if !self.records || path.is_empty() {
            return;
        }
        self.usage.node_at(path).add(Use { kind, template: self.template, span });
    }

    /// Records a use of a value that comes from any of `sources`.
    pub(super) fn record_all(&mut self, sources: &ValueSources, kind: &UseKind, span: Span) {
        if !self.takes(steps_of(sources), span) {
            return;
        }
        for source in sources {
            match source {
                ValueSource::Path(path) => self.record(path, kind.clone(), span),
                // Printing the keys of a table reads all of them.
                ValueSource::Entries(table) | ValueSource::KeyOf(table) => self.record(table, UseKind::Entries, span),
            }
        }
    }
}
