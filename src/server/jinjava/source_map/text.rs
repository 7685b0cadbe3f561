//! Records the text: the part of the template that wrote each stretch, and the conditions around it.

use std::collections::HashSet;
use std::rc::Rc;

use super::origin::Origin;
use super::path::PathSet;
use super::recorder::{Apart, Recorder, TextApart, text_address};
use super::{ConditionId, EvaluatedCondition, Segment};
use crate::server::jinjava::value::Value;
use crate::source::Span;

impl Recorder {
    /// The conditions in force, to return to with [`leave`](Self::leave).
    pub(in crate::server::jinjava) fn mark(&self) -> u32 {
        self.condition.0
    }

    /// Returns to the conditions that were in force at `mark`.
    pub(in crate::server::jinjava) fn leave(&mut self, mark: u32) {
        self.condition = ConditionId(mark);
    }

    /// Enters a condition or a loop, whose expression has the current origin. `written` is the length of the text so far.
    pub(in crate::server::jinjava) fn enter(&mut self, template: Span, holds: bool, is_loop: bool, written: usize) {
        self.looked_at(1);
        let origin = self.settled(self.current);
        let tested = self.paths.union(origin.made_of, origin.implied);
        let all = self.paths.union(tested, self.conditions_in_force());
        let at = (self.depth == 0).then_some(written);
        self.conditions.push(EvaluatedCondition { parent: self.condition, template, tested, all, holds, is_loop, at });
        self.condition = ConditionId(u32::try_from(self.conditions.len()).unwrap_or(u32::MAX));
    }

    /// Text of the template was written at `start`.
    pub(in crate::server::jinjava) fn text(&mut self, start: usize, len: usize, template: Span) {
        self.write(start, len, template, Origin::default(), true);
    }

    /// The value of the last expression was written at `start`.
    pub(in crate::server::jinjava) fn printed(&mut self, start: usize, text: &Rc<str>, template: Span) {
        let origin = self.current;
        match self.texts.get(&text_address(text)).cloned() {
            Some(apart) if self.nested.is_none() => {
                self.looked_at(apart.segments.len());
                let decided = self.paths.difference(origin.implied, apart.implied);
                let decided = self.paths.difference(decided, self.conditions_in_force());
                for mut segment in apart.segments {
                    segment.span = Span::new(start + segment.span.start, start + segment.span.end);
                    if !self.is_under(segment.condition) {
                        segment.implied = self.paths.union(segment.implied, self.conditions_in_force());
                    }
                    segment.implied = self.paths.union(segment.implied, decided);
                    self.segments.push(segment);
                }
            }
            _ => self.write(start, text.len(), template, origin, false),
        }
    }

    /// Whether the conditions in force are around this condition, or the same.
    fn is_under(&mut self, condition: ConditionId) -> bool {
        let mut at = condition;
        while at != self.condition {
            self.looked_at(1);
            let Some(index) = at.index() else { return false };
            at = self.conditions[index].parent;
        }
        true
    }

    fn write(&mut self, start: usize, len: usize, template: Span, origin: Origin, is_text: bool) {
        if len == 0 && is_text {
            return;
        }
        let (template, origin, is_text) = match self.nested {
            Some((span, around)) => (span, self.joined(origin, around), false),
            None => (template, self.settled(origin), is_text),
        };
        self.looked_at(1);
        let implied = self.paths.difference(origin.implied, self.conditions_in_force());
        self.segments.push(Segment {
            span: Span::new(start, start + len),
            template,
            printed: origin.made_of,
            implied,
            condition: self.condition,
            is_text,
        });
    }

    /// Begins to print a value that is a template itself; returns what to give to [`end_nested`](Self::end_nested).
    pub(in crate::server::jinjava) fn begin_nested(&mut self, span: Span) -> Option<(Span, Origin)> {
        let before = self.nested;
        self.nested = Some(before.unwrap_or((span, self.current)));
        before
    }

    /// Ends it.
    pub(in crate::server::jinjava) fn end_nested(&mut self, before: Option<(Span, Origin)>) {
        self.nested = before;
    }

    /// Begins a text apart from the file: that of a macro or a block.
    pub(in crate::server::jinjava) fn begin_text(&mut self) -> Apart {
        self.depth += 1;
        Apart { segments: std::mem::take(&mut self.segments), conditions: self.conditions.len() }
    }

    /// Ends it. The origin of `text` becomes the current one.
    pub(in crate::server::jinjava) fn end_text(&mut self, apart: Apart, text: &Rc<str>) {
        self.depth -= 1;
        let segments = std::mem::replace(&mut self.segments, apart.segments);
        self.looked_at(segments.len() + self.conditions.len().saturating_sub(apart.conditions));
        let mut origin = Origin::default();
        for segment in segments.iter().filter(|segment| !segment.span.is_empty()) {
            origin.made_of = self.paths.union(origin.made_of, segment.printed);
            origin.implied = self.paths.union(origin.implied, segment.implied);
        }
        let tested: HashSet<PathSet> =
            self.conditions[apart.conditions.min(self.conditions.len())..].iter().map(|condition| condition.tested).collect();
        let mut tested: Vec<PathSet> = tested.into_iter().collect();
        tested.sort_unstable();
        for set in tested {
            origin.implied = self.paths.union(origin.implied, set);
        }
        self.current = origin;
        self.texts.insert(text_address(text), TextApart { segments, implied: origin.implied });
        self.kept.push(Value::Text(text.clone()));
    }
}
