//! What decides each part of the files that the server renders: values and who set them, conditions, and the lines of templates.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::effective::{EffectiveConfiguration, EffectiveValue, text_of};
use super::{Content, FileId, LoadedFile, Location, Model};
use crate::server::jinjava::{
    self, ConditionSource, Effect as FaultEffect, EmptySource, PathStep, SourceMap, Stretch, TemplateFault, TextSource,
    ValueEffect, ValuePlace,
};
use crate::server::mapper::{Renderer, Resources, removed_returns};
use crate::source::secrets::{Masked, on_lines};
use crate::source::{SourceFile, Span, SyntaxError};

/// A rendered file with its source map.
#[derive(Debug)]
pub struct TracedFile {
    /// Its path relative to the home, with `/`.
    pub path: String,
    /// The file as the server writes it. Its path is the one in the home, where another text may be.
    pub source: Arc<SourceFile>,
    /// The same, parsed on the first use.
    loaded: LoadedFile,
    map: SourceMap,
    template: FileId,
    /// The template as the server's engine reads it.
    normalized: String,
    /// Where carriage returns were removed from it.
    removed: Vec<usize>,
}

/// What decides a range of a rendered file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// The parts of the template that wrote it, in the order of the text.
    pub template: Vec<Location>,
    /// The values that are printed there, and those that they refer to.
    pub keys: Vec<EffectiveValue>,
    /// The conditions around it, outermost first.
    pub conditions: Vec<TracedCondition>,
}

/// A stretch of a rendered file that one text or expression of the template wrote.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TracedPart {
    /// The stretch.
    pub span: Span,
    /// Whether it is text of the template.
    pub is_text: bool,
    /// The values that are printed.
    pub keys: Vec<EffectiveValue>,
}

/// A condition or a loop around a part of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct TracedCondition {
    /// Its expression in the template.
    pub at: Location,
    /// Whether it is true; for a loop, whether it has items.
    pub holds: bool,
    /// Whether it is a loop.
    pub is_loop: bool,
    /// The values that it tests.
    pub keys: Vec<EffectiveValue>,
}

/// Where a value or a part of a rendered file comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceSource {
    /// The value, or the part of the template.
    pub at: Location,
    /// The place to report: the key of the value.
    pub anchor: Location,
    /// What decides it.
    pub decider: Decider,
}

/// What decides a part of a rendered file.
#[derive(Debug, Clone, PartialEq)]
pub enum Decider {
    /// A key of deployment.toml, directly or by inference.
    User(EffectiveValue),
    /// A default of the home.
    Default(EffectiveValue),
    /// The text of the template.
    Template,
}

/// A place in a rendered file that a key decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeyPlace {
    /// The range in the text; empty where a condition prints nothing.
    pub span: Span,
    /// The expression in the template.
    pub template: Location,
    /// Whether the value is printed, or decides whether something else is.
    pub effect: ValueEffect,
}

/// An expression that printed nothing: the value at a path, without filters and without a condition that tests it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EmptyValue {
    /// Where in the text.
    pub at: usize,
    /// The expression in the template.
    pub template: Location,
    /// The path of the value that it read.
    pub path: Vec<PathStep>,
    /// The name after the last dot of the expression. It is the last step of the path, unless the path leads to a value without members.
    pub member: String,
}

impl Model {
    /// The file that the server renders at `path` in an unknown environment, with its source map. Rendered once. `None` if the home has no
    /// such template or no usable deployment.toml, or if the file cannot be rendered.
    pub fn rendered_file(&self, path: &str) -> Option<&TracedFile> {
        let known = self.traced.get(path);
        let file = known.or_else(|| {
            let values = self.effective_configuration()?;
            let traced = TracedFile::render(values, path);
            let fault = traced.as_ref().err().cloned().flatten();
            self.untraced.borrow_mut().extend(fault.map(|fault| (path.to_owned(), fault)));
            Some(self.traced.insert(path, traced.ok()))
        });
        file?.as_ref()
    }

    /// The files whose source map was asked for and could not be recorded, with the reason. Only those that can be rendered without one.
    pub(crate) fn untraced(&self) -> Vec<(String, TemplateFault)> {
        let untraced = self.untraced.borrow();
        let is_written = |path: &str| self.output(path).is_some_and(|output| output.text.is_some());
        untraced.iter().filter(|(path, _)| is_written(path)).cloned().collect()
    }

    /// What decides a range of the file that the server renders at `path`.
    pub fn trace(&self, path: &str, range: Span) -> Option<Trace> {
        Some(self.rendered_file(path)?.trace(self.effective_configuration()?, range))
    }
}

impl TracedFile {
    /// Renders the file at `path` with its source map. Fails if there is no such template, or with the fault because of which it cannot be
    /// rendered.
    pub fn render(values: EffectiveConfiguration, path: &str) -> Result<Self, Option<TemplateFault>> {
        let EffectiveConfiguration { model, configuration } = values;
        let (output, map, template) = model.render_with_source_map(path, configuration).ok_or(None)?;
        let Some(text) = output.text else {
            return Err(output.faults.into_iter().find(|fault| fault.effect != FaultEffect::Ignored));
        };
        // Where the server has started, the file in the home has the same text.
        let same = model.file_named(path).filter(|file| file.is_as_rendered(&text));
        let loaded = if let Some(file) = same {
            file.in_reading(0)
        } else {
            let source = SourceFile::from_bytes(&model.layout.root.join(path), text.into_bytes()).map_err(|_| None)?;
            LoadedFile::new(source, path.to_owned())
        };
        let normalized = Renderer::normalized(&template).into_owned();
        Ok(Self {
            path: path.to_owned(),
            source: Arc::clone(&loaded.source),
            loaded,
            map,
            template: model.open(&Resources::path_of_template(path)).ok_or(None)?,
            normalized,
            removed: removed_returns(&template).collect(),
        })
    }

    /// The parsed text.
    pub fn content(&self) -> &Content {
        self.loaded.content()
    }

    /// The syntax errors of the text.
    pub fn faults(&self) -> &[SyntaxError] {
        self.loaded.faults()
    }

    /// What decides `range` of the text.
    pub fn trace(&self, values: EffectiveConfiguration, range: Span) -> Trace {
        let mut known = BTreeSet::new();
        let parts = self.map.stretches(range).map(|stretch| self.in_template(values.model, stretch, range));
        let template = parts.filter(|part| known.insert(*part)).collect();
        let source = self.map.source_of_range(range);
        let conditions = source.conditions.iter().map(|condition| self.condition(values, condition)).collect();
        Trace { template, keys: EachOnce::of(values, &source.printed), conditions }
    }

    /// The parts of `range` that single texts and expressions of the template wrote, in order and without gaps.
    pub(crate) fn parts(&self, values: EffectiveConfiguration, range: Span) -> Vec<TracedPart> {
        let part = |source: TextSource| TracedPart {
            span: Span::new(source.span.start.max(range.start), source.span.end.min(range.end)),
            is_text: source.is_text,
            keys: source.printed.iter().map(|path| values.at(path)).collect(),
        };
        self.map.sources(range).map(part).collect()
    }

    /// The conditions evaluated in `range` that are false, so that nothing is printed there.
    pub(crate) fn closed_conditions(&self, values: EffectiveConfiguration, range: Span) -> Vec<TracedCondition> {
        let closed = self.map.closed(range).into_iter();
        closed.map(|condition| self.condition(values, &condition)).collect()
    }

    fn condition(&self, values: EffectiveConfiguration, condition: &ConditionSource) -> TracedCondition {
        TracedCondition {
            at: self.location(values.model, condition.template),
            holds: condition.holds,
            is_loop: condition.is_loop,
            keys: EachOnce::of(values, &condition.tested),
        }
    }

    /// Every place that a value whose path `is_wanted` decides, in the order of the text.
    pub fn places(&self, model: &Model, is_wanted: impl Fn(&[PathStep], ValueEffect) -> bool) -> Vec<KeyPlace> {
        let places = self.map.places(is_wanted).into_iter();
        let place = |ValuePlace { span, template, effect }| KeyPlace { span, template: self.location(model, template), effect };
        places.map(place).collect()
    }

    /// The expressions that printed nothing, in the order of the text.
    pub(crate) fn empty_values(&self, model: &Model) -> Vec<EmptyValue> {
        let found = self.map.empty_values().filter_map(|EmptySource { at, template, path }| {
            let (_, member) = plain_expression(template.of(&self.normalized))?.rsplit_once('.')?;
            Some(EmptyValue { at, template: self.location(model, template), path, member: member.to_owned() })
        });
        found.collect()
    }

    /// Every value that the template reads, in the order of reading.
    pub(crate) fn keys(&self, values: EffectiveConfiguration) -> Vec<EffectiveValue> {
        self.map.paths().map(|path| values.at(&path)).collect()
    }

    /// The text as it may be shown.
    pub(crate) fn masked(&self, values: EffectiveConfiguration) -> Masked {
        Masked::of(&self.source.text, &self.secrets(values))
    }

    /// The secrets in the text: what looks like one, and the values whose keys say so. Sorted and apart.
    pub(crate) fn secrets(&self, values: EffectiveConfiguration) -> Vec<Span> {
        let mut secrets = self.source.secrets().to_vec();
        let is_secret = |path: &[PathStep]| values.at(path).has_secret();
        // A loop over a table prints its keys too, which are not secret.
        secrets.extend(self.map.stretches_showing(&self.source.text, is_secret));
        on_lines(&self.source.text, secrets)
    }

    /// The template of the file.
    pub fn template(&self) -> FileId {
        self.template
    }

    /// Whether a part of the normalized template was not reached: the part, the outermost condition that kept it from being reached, and
    /// whether that condition holds.
    pub(crate) fn unreached(&self, model: &Model, part: Span) -> Option<(Location, Location, bool)> {
        let template = model.mapping()?.parse(&model.text_of(&Resources::path_of_template(&self.path))?);
        let around = jinjava::conditions_around(&template, part);
        let (condition, holds) = around.into_iter().find_map(|(condition, wanted)| {
            let holds = self.map.outcome(condition)?;
            (holds != wanted).then_some((condition, holds))
        })?;
        Some((self.location(model, part), self.location(model, condition), holds))
    }

    /// The part of the template that wrote `range`, with the tags inside it. `None` if no single part did: the range begins or ends in a
    /// printed value, or its ends are in different branches or loops.
    pub(crate) fn template_part(&self, model: &Model, range: Span) -> Option<Location> {
        let end = |span: Span| Some((self.map.sources(span).next().filter(|source| source.is_text)?, span));
        let (first, start) = end(Span::new(range.start, range.start + 1))?;
        let (last, stop) = end(Span::new(range.end.checked_sub(1)?, range.end))?;
        let part = |source: &TextSource, range| {
            self.in_template(model, Stretch { span: source.span, template: source.template, is_text: source.is_text }, range)
        };
        let (start, stop) = (part(&first, start), part(&last, stop));
        let is_one = first.conditions == last.conditions && start.span.start < stop.span.end;
        is_one.then(|| Location { file: self.template, span: Span::new(start.span.start, stop.span.end) })
    }

    /// The part of the template that wrote `range` of what `source` wrote.
    fn in_template(&self, model: &Model, source: Stretch, range: Span) -> Location {
        if !source.is_text {
            return self.location(model, source.template);
        }
        let written = source.span.of(&self.source.text);
        let from = range.start.saturating_sub(source.span.start).min(written.len());
        let to = range.end.saturating_sub(source.span.start).min(written.len());
        let offset = |at: usize| source.template.start + offset_in(source.template.of(&self.normalized), written, at);
        let (start, end) = (offset(from), offset(to));
        self.location(model, Span::new(start, end.max(start)))
    }

    /// A span of the normalized template as a location in the template's file.
    pub(crate) fn location(&self, model: &Model, span: Span) -> Location {
        let text = &model.file(self.template).source.text;
        let own = |offset| offset + self.removed.partition_point(|at| *at < offset);
        Location { file: self.template, span: Span::new(own(span.start), own(span.end)).clamped(text) }
    }
}

/// The offset in `template` of what is at offset `at` of `written`, the text that it wrote: `template` without comments and without spaces
/// that tags remove.
fn offset_in(template: &str, written: &str, at: usize) -> usize {
    if template.len() == written.len() {
        return at;
    }
    let (template, written) = (template.as_bytes(), written.as_bytes());
    let (mut in_template, mut in_written) = (0, 0);
    while in_template < template.len() {
        let rest = &template[in_template..];
        if rest.starts_with(b"{#") {
            let end = rest.windows(2).position(|pair| pair == b"#}");
            in_template += end.map_or(rest.len(), |end| end + 2);
        } else if in_written >= at {
            break;
        } else {
            in_written += usize::from(written.get(in_written) == Some(&template[in_template]));
            in_template += 1;
        }
    }
    in_template
}

/// The expression of a tag such as `{{ data.url }}`; `None` if it is more than names and dots.
fn plain_expression(tag: &str) -> Option<&str> {
    let expression = tag.strip_prefix("{{")?.strip_suffix("}}")?.trim_matches('-').trim();
    expression.chars().all(|part| part.is_alphanumeric() || matches!(part, '_' | '.')).then_some(expression)
}

/// Values, each followed by those that it refers to, and each once.
#[derive(Default)]
struct EachOnce {
    list: Vec<EffectiveValue>,
    keys: HashSet<String>,
}

impl EachOnce {
    fn of(values: EffectiveConfiguration, paths: &[Vec<PathStep>]) -> Vec<EffectiveValue> {
        let mut each = Self::default();
        each.add(values, paths);
        each.list
    }

    fn add(&mut self, values: EffectiveConfiguration, paths: &[Vec<PathStep>]) {
        for path in paths {
            if !self.keys.insert(text_of(path)) {
                continue;
            }
            let value = values.at(path);
            let referred = values.references(&value).into_iter();
            self.list.push(value);
            self.list.extend(referred.filter(|value| self.keys.insert(value.key.clone())));
        }
    }
}

impl Trace {
    /// Where the value that is printed there comes from: the first key of it that the user set, otherwise the first default, otherwise the
    /// template.
    pub fn value_source(&self) -> Option<TraceSource> {
        let by_user = self.keys.iter().find(|value| value.is_set_by_user()).map(|value| (value, true));
        let default = || self.keys.iter().find(|value| value.at.is_some()).map(|value| (value, false));
        match by_user.or_else(default) {
            Some((value, by_user)) => TraceSource::of_value(value, by_user),
            None => self.template.last().map(|at| TraceSource { at: *at, anchor: *at, decider: Decider::Template }),
        }
    }

    /// What caused that part of the file: the first key in it that the user set, otherwise the first in its conditions, from the innermost
    /// one out, otherwise as [`value_source`](Self::value_source).
    pub fn cause(&self) -> Option<TraceSource> {
        let conditions = self.conditions.iter().rev().flat_map(|condition| &condition.keys);
        let by_user = self.keys.iter().chain(conditions).find(|value| value.is_set_by_user() && value.at.is_some());
        by_user.and_then(|value| TraceSource::of_value(value, true)).or_else(|| self.value_source())
    }
}

impl TraceSource {
    fn of_value(value: &EffectiveValue, by_user: bool) -> Option<Self> {
        let decider = if by_user { Decider::User(value.clone()) } else { Decider::Default(value.clone()) };
        let at = value.at?;
        Some(Self { at, anchor: value.anchor.unwrap_or(at), decider })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_text_is_found_in_its_template() {
        assert_eq!(offset_in("a\nb\n", "a\nb\n", 2), 2);
        assert_eq!(offset_in("  a{# why #}b", "ab", 1), 12);
        assert_eq!(offset_in("  a", "a", 0), 0);
        assert_eq!(offset_in("a  ", "a", 1), 1);
    }
}
