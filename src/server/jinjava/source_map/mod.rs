//! What decides each part of a rendered text: the part of the template that wrote it, the values printed there, and the conditions around
//! it.

mod around;
mod assigned;
mod origin;
mod path;
mod query;
mod recorder;
mod text;

pub(crate) use around::conditions_around;
pub(super) use assigned::assigned_names;
pub(super) use origin::Origin;
pub(crate) use path::PathStep;
pub(crate) use query::{EmptySource, Stretch};
pub(super) use recorder::Recorder;

use path::{PathSet, Paths};

use crate::source::Span;

#[cfg(test)]
mod tests;

/// The number of a condition; 0 is outside of every condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct ConditionId(u32);

impl ConditionId {
    /// Its place in the list of conditions; `None` outside of every condition.
    fn index(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

/// A stretch of the rendered text that one text or expression of the template wrote.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// The stretch.
    span: Span,
    /// The text or the expression.
    template: Span,
    /// The values that were printed.
    printed: PathSet,
    /// The values that decided what was printed, other than those of the conditions.
    implied: PathSet,
    condition: ConditionId,
    /// Whether it is text of the template.
    is_text: bool,
}

/// A condition or a loop that was evaluated.
#[derive(Debug, Clone, Copy)]
struct EvaluatedCondition {
    parent: ConditionId,
    /// Its expression, or its tag.
    template: Span,
    /// The values that it tests.
    tested: PathSet,
    /// `tested`, and what the conditions around it test.
    all: PathSet,
    holds: bool,
    is_loop: bool,
    /// Where in the rendered text it was evaluated; `None` in a macro or a block whose text is printed elsewhere.
    at: Option<usize>,
}

/// The source map of a rendered text. Spans of the template refer to its normalized text.
#[derive(Debug, Default)]
pub struct SourceMap {
    paths: Paths,
    /// In the order of the text, without gaps.
    segments: Vec<Segment>,
    /// The expressions that printed nothing, as empty stretches in the order of the text.
    empty: Vec<Segment>,
    conditions: Vec<EvaluatedCondition>,
}

/// What decides a stretch of a rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSource {
    /// The stretch.
    pub span: Span,
    /// The part of the template that wrote it.
    pub template: Span,
    /// Whether it is text of the template rather than the value of an expression.
    pub is_text: bool,
    /// The paths of the values printed there.
    pub printed: Vec<Vec<PathStep>>,
    /// The conditions that had to hold, outermost first.
    pub conditions: Vec<ConditionSource>,
}

/// A condition, or a loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionSource {
    /// Its expression in the template, or its tag.
    pub template: Span,
    /// The paths of the values that it tests.
    pub tested: Vec<Vec<PathStep>>,
    /// Whether it was true; for a loop, whether it had items.
    pub holds: bool,
    /// Whether it is a loop.
    pub is_loop: bool,
}

/// How a value takes part in a rendered text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It is printed.
    Printed,
    /// It decides whether something is printed, or how often.
    Decides,
}

/// A place where a value takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuePlace {
    /// The stretch of the text; empty where a condition printed nothing.
    pub span: Span,
    /// The expression of the template.
    pub template: Span,
    /// How the value takes part.
    pub effect: Effect,
}

impl SourceMap {
    /// What decides each stretch of the text that overlaps `range`, in the order of the text.
    pub fn sources(&self, range: Span) -> impl Iterator<Item = TextSource> {
        self.overlapping(range).map(|segment| self.source_of(segment))
    }

    fn overlapping(&self, range: Span) -> impl Iterator<Item = &Segment> {
        let first = self.segments.partition_point(|segment| segment.span.end <= range.start);
        self.segments[first..].iter().take_while(move |segment| segment.span.start < range.end.max(range.start + 1))
    }

    /// The path of every value that was read.
    pub fn paths(&self) -> impl Iterator<Item = Vec<PathStep>> {
        self.paths.all().skip(1).map(|path| self.paths.steps(path))
    }

    fn source_of(&self, segment: &Segment) -> TextSource {
        TextSource {
            span: segment.span,
            template: segment.template,
            is_text: segment.is_text,
            printed: [segment.printed, segment.implied].into_iter().flat_map(|set| self.steps_of(set)).collect(),
            conditions: self.conditions_of(segment.condition),
        }
    }

    /// Every place where a value whose path `is_wanted` for that effect takes part, in the order of the text.
    pub fn places(&self, is_wanted: impl Fn(&[PathStep], Effect) -> bool) -> Vec<ValuePlace> {
        let wanted = |effect| self.paths.all().map(|path| is_wanted(&self.paths.steps(path), effect)).collect::<Vec<bool>>();
        let (printed, deciding) = (wanted(Effect::Printed), wanted(Effect::Decides));
        let among = |set: PathSet, wanted: &[bool]| self.paths.members(set).iter().any(|path| wanted[path.index()]);
        let mut places = Vec::new();
        for segment in &self.segments {
            let effect = if among(segment.printed, &printed) {
                Effect::Printed
            } else if among(segment.implied, &deciding) {
                Effect::Decides
            } else {
                continue;
            };
            places.push(ValuePlace { span: segment.span, template: segment.template, effect });
        }
        let extents = self.extents();
        for (condition, extent) in self.conditions.iter().zip(extents).filter(|(condition, _)| among(condition.tested, &deciding))
        {
            let span = extent.or_else(|| condition.at.map(Span::at));
            places.extend(span.map(|span| ValuePlace { span, template: condition.template, effect: Effect::Decides }));
        }
        places.sort_by_key(|place| (place.span.start, place.span.end, place.template.start, place.effect));
        places.dedup();
        places
    }

    /// The false conditions that were evaluated in `range` of the text, outside of macros.
    pub fn closed(&self, range: Span) -> Vec<ConditionSource> {
        let is_there = |at: usize| (range.start..=range.end).contains(&at);
        let closed = self.conditions.iter().filter(|condition| !condition.holds && condition.at.is_some_and(is_there));
        closed.map(|condition| self.source_of_condition(condition)).collect()
    }

    fn source_of_condition(&self, condition: &EvaluatedCondition) -> ConditionSource {
        ConditionSource {
            template: condition.template,
            tested: self.steps_of(condition.tested).collect(),
            holds: condition.holds,
            is_loop: condition.is_loop,
        }
    }

    /// Whether the condition at this place of the template held, if it was ever evaluated: once is enough.
    pub fn outcome(&self, template: Span) -> Option<bool> {
        let evaluated = self.conditions.iter().filter(|condition| condition.template == template);
        evaluated.map(|condition| condition.holds).reduce(|one, other| one || other)
    }

    /// For each condition, the stretch of the text from the first segment under it to the last.
    fn extents(&self) -> Vec<Option<Span>> {
        let mut extents: Vec<Option<Span>> = vec![None; self.conditions.len()];
        for segment in &self.segments {
            let mut at = segment.condition;
            while let Some(index) = at.index() {
                let extent = &mut extents[index];
                *extent = Some(Span::new(extent.map_or(segment.span.start, |extent| extent.start), segment.span.end));
                at = self.conditions[index].parent;
            }
        }
        extents
    }

    fn conditions_of(&self, innermost: ConditionId) -> Vec<ConditionSource> {
        let mut conditions = Vec::new();
        let mut at = innermost;
        while let Some(condition) = at.index().and_then(|index| self.conditions.get(index)) {
            conditions.push(self.source_of_condition(condition));
            at = condition.parent;
        }
        conditions.reverse();
        conditions
    }

    fn steps_of(&self, set: PathSet) -> impl Iterator<Item = Vec<PathStep>> {
        self.paths.members(set).iter().map(|path| self.paths.steps(*path))
    }
}
