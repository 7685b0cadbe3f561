//! What decides whole ranges of a rendered text. Looks at each set of paths and each condition once: many stretches share them.

use std::collections::HashSet;

use super::path::{PathId, PathSet};
use super::{ConditionId, ConditionSource, PathStep, SourceMap};
use crate::source::Span;

/// What decides a range of a rendered text, each once and in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct RangeSource {
    /// The paths of the values printed there.
    pub printed: Vec<Vec<PathStep>>,
    /// The conditions around its parts, the outer ones before those inside them.
    pub conditions: Vec<ConditionSource>,
}

/// A stretch of a rendered text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// The stretch.
    pub span: Span,
    /// The part of the template that wrote it.
    pub template: Span,
    /// Whether it is text of the template rather than the value of an expression.
    pub is_text: bool,
}

/// An expression that printed nothing, and read one value that no condition around it tests.
#[derive(Debug)]
pub(crate) struct EmptySource {
    /// Where in the text.
    pub at: usize,
    /// The expression in the template.
    pub template: Span,
    /// The path of the value.
    pub path: Vec<PathStep>,
}

impl SourceMap {
    /// The stretches of the text that overlap `range`, in order.
    pub(crate) fn stretches(&self, range: Span) -> impl Iterator<Item = Stretch> {
        self.overlapping(range).map(|segment| Stretch {
            span: segment.span,
            template: segment.template,
            is_text: segment.is_text,
        })
    }

    /// What decides `range` of the text.
    pub(crate) fn source_of_range(&self, range: Span) -> RangeSource {
        let mut source = RangeSource::default();
        let mut paths: HashSet<PathId> = HashSet::new();
        let mut sets: HashSet<PathSet> = HashSet::new();
        let mut visited: HashSet<usize> = HashSet::new();
        let mut conditions = HashSet::new();
        for segment in self.overlapping(range) {
            for set in [segment.printed, segment.implied].into_iter().filter(|set| sets.insert(*set)) {
                let new = self.paths.members(set).iter().filter(|path| paths.insert(**path));
                source.printed.extend(new.map(|path| self.paths.steps(*path)));
            }
            for index in self.new_conditions(segment.condition, &mut visited) {
                let condition = &self.conditions[index];
                let fact =
                    (condition.template.start, condition.template.end, condition.tested, condition.holds, condition.is_loop);
                if conditions.insert(fact) {
                    source.conditions.push(self.source_of_condition(condition));
                }
            }
        }
        source
    }

    /// The indexes of the conditions around `innermost` that are not in `visited`, outermost first. Adds them there.
    fn new_conditions(&self, innermost: ConditionId, visited: &mut HashSet<usize>) -> Vec<usize> {
        let mut new = Vec::new();
        let mut at = innermost;
        // What is around a visited condition was visited with it.
        while let Some(index) = at.index().filter(|index| visited.insert(*index)) {
            new.push(index);
            at = self.conditions[index].parent;
        }
        new.reverse();
        new
    }

    /// The stretches of `text`, the rendered one, that a value whose path `is_wanted` is printed in or decides, in order. A stretch that is the
    /// last key of the path does not count.
    pub(crate) fn stretches_showing(&self, text: &str, is_wanted: impl Fn(&[PathStep]) -> bool) -> Vec<Span> {
        let wanted: Vec<bool> = self.paths.all().map(|path| is_wanted(&self.paths.steps(path))).collect();
        let shows = |set: PathSet, span: Span| {
            let written = span.of(text);
            let is_key = |path: PathId| matches!(self.paths.last(path), Some(PathStep::Key(name)) if **name == *written);
            self.paths.members(set).iter().any(|path| wanted[path.index()] && !is_key(*path))
        };
        let showing =
            self.segments.iter().filter(|segment| shows(segment.printed, segment.span) || shows(segment.implied, segment.span));
        showing.map(|segment| segment.span).collect()
    }

    /// The expressions that printed nothing, in the order of the text: those that read a single value that no condition around them tests.
    pub(crate) fn empty_values(&self) -> impl Iterator<Item = EmptySource> {
        self.empty.iter().filter_map(|segment| {
            let [path] = [self.paths.members(segment.printed), self.paths.members(segment.implied)].concat()[..] else {
                return None;
            };
            let mut at = segment.condition;
            while let Some(condition) = at.index().and_then(|index| self.conditions.get(index)) {
                if self.paths.members(condition.tested).binary_search(&path).is_ok() {
                    return None;
                }
                at = condition.parent;
            }
            Some(EmptySource { at: segment.span.start, template: segment.template, path: self.paths.steps(path) })
        })
    }
}
