//! Rendered files that are malformed, and the keys of deployment.toml that make them so: without these keys, the file is well-formed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use super::content::{Location, faults_of_rendered};
use super::effective::{EffectiveConfiguration, EffectiveValue};
use super::mapping::Mapping;
use super::source_map::{Trace, TracedFile};
use crate::server::mapper::Configuration;
use crate::source::{Kind, Span, SyntaxError};

/// A rendered file that is malformed.
#[derive(Debug)]
pub(crate) struct BrokenFile {
    /// The file, rendered without the keys that break it in another place.
    pub file: TracedFile,
    /// What is wrong. Spans refer to the rendered text.
    pub fault: SyntaxError,
    /// Why.
    pub cause: BreakCause,
}

/// What makes a rendered file malformed.
#[derive(Debug)]
pub(crate) enum BreakCause {
    /// The value of a key: it is printed where the file is malformed.
    Value(EffectiveValue),
    /// Keys that decide that a part of the template is printed. Without all of them the file is well-formed; each alone breaks it.
    Condition(Vec<EffectiveValue>),
    /// No key of deployment.toml.
    Template,
}

/// How many causes are looked for in one file.
const MAX_CAUSES: usize = 8;

/// How often a file is rendered again to find its causes. The usual case takes two or three, a search among all keys of a file about thirty.
const MAX_RENDERED: usize = 150;

/// What is wrong with the text that the server renders at `path`. An empty file is fine: its template prints nothing on purpose.
pub(crate) fn faults_of(path: &str, text: &str) -> Vec<SyntaxError> {
    if text.trim().is_empty() { Vec::new() } else { faults_of_rendered(Kind::of(Path::new(path)), text) }
}

/// Why the file that the server renders at `path` is malformed: once for each cause. Empty if the file is well-formed or cannot be rendered.
pub(crate) fn causes(values: EffectiveConfiguration, path: &str) -> Vec<BrokenFile> {
    let Some(mapping) = values.model.mapping() else { return Vec::new() };
    let search = Search { values, mapping, path, rendered: Cell::new(0) };
    let mut found = Vec::new();
    let mut unset = Vec::new();
    while found.len() < MAX_CAUSES {
        let without = search.without(&unset);
        let values = values.model.effective_with(&without);
        let Some((file, fault)) = first_fault(values, path) else { break };
        let (cause, keys) = search.cause(values, &file, &fault, &unset);
        // What is left when a cause is gone can follow from its absence, unless another key is the cause.
        if !found.is_empty() && keys.is_empty() {
            break;
        }
        found.push(BrokenFile { file, fault, cause });
        if keys.is_empty() {
            break;
        }
        unset.extend(keys);
    }
    found
}

/// The rendered file, and the first place where it is malformed.
fn first_fault(values: EffectiveConfiguration, path: &str) -> Option<(TracedFile, SyntaxError)> {
    let file = TracedFile::render(values, path).ok()?;
    let fault = faults_of(path, &file.source.text).into_iter().next()?;
    Some((file, fault))
}

/// A key that may be the cause.
#[derive(Debug, Clone)]
struct Suspect {
    value: EffectiveValue,
    /// Whether its value is printed at the fault.
    is_printed: bool,
}

/// Keys that may be the cause together.
#[derive(Debug)]
struct Group {
    /// The condition that tests them.
    condition: Option<Location>,
    /// Whether the condition is around both places that the fault names.
    is_shared: bool,
    suspects: Vec<Suspect>,
}

impl Group {
    /// Keys whose values are printed.
    fn of(suspects: Vec<Suspect>) -> Self {
        Self { condition: None, is_shared: false, suspects }
    }
}

struct Search<'a> {
    values: EffectiveConfiguration<'a>,
    mapping: &'a Mapping,
    path: &'a str,
    rendered: Cell<usize>,
}

impl Search<'_> {
    fn without(&self, unset: &[String]) -> Configuration {
        self.values.configuration.without(unset, &self.mapping.resources, &self.mapping.release)
    }

    /// What causes `fault` in `file`, which was rendered without `unset`, and the keys to unset in order to make it disappear.
    fn cause(
        &self,
        values: EffectiveConfiguration,
        file: &TracedFile,
        fault: &SyntaxError,
        unset: &[String],
    ) -> (BreakCause, Vec<String>) {
        let test = Test { search: self, unset, fault: FaultIdentity::new(values, file, fault), values };
        let printed = places_of(fault).into_iter().flat_map(|place| file.trace(values, place).keys);
        let by_user = printed.filter(EffectiveValue::is_set_by_user);
        let mut groups: Vec<Group> = by_user.map(|value| Group::of(vec![Suspect { value, is_printed: true }])).collect();
        groups.extend(conditions_of(values, file, fault));
        let places = places_of(fault).into_iter();
        let between = places.reduce(|one, other| Span::new(one.start.min(other.start), one.end.max(other.end)));
        let between = between.into_iter().flat_map(|between| file.trace(values, between).keys);
        let is_tested = |value: &EffectiveValue| {
            groups
                .iter()
                .any(|group| group.condition.is_some() && group.suspects.iter().any(|tested| tested.value.key == value.key))
        };
        let between = between.filter(EffectiveValue::is_set_by_user);
        let between = between.map(|value| Suspect { is_printed: !is_tested(&value), value });
        let between = Group::of(between.collect());
        let shared = groups.iter().position(|group| group.is_shared).unwrap_or(groups.len());
        groups.insert(shared, between);
        let mut better = None;
        for group in &mut groups {
            match test.outcome_of(group) {
                Outcome::WellFormed => return test.conclude(&group.suspects, Outcome::WellFormed),
                Outcome::Later => better = better.or(Some(&*group)),
                Outcome::Same => {}
            }
        }
        if let Some(group) = better {
            return test.conclude(&group.suspects, Outcome::Later);
        }
        let by_user = file.keys(values).into_iter().filter(EffectiveValue::is_set_by_user);
        let all: Vec<Suspect> = by_user.map(|value| Suspect { value, is_printed: false }).collect();
        match test.outcome(&all) {
            Outcome::Same => (BreakCause::Template, Vec::new()),
            outcome => test.conclude(&all, outcome),
        }
    }
}

/// The places in the rendered text that a fault names.
fn places_of(fault: &SyntaxError) -> Vec<Span> {
    [Some(fault.span), fault.related.as_ref().map(|(span, _)| *span)].into_iter().flatten().collect()
}

/// The keys of each condition that a user's key decides and that may have printed too much or too little: first the conditions around only one
/// of the two places that the fault names, the innermost first, then those around both.
fn conditions_of(values: EffectiveConfiguration, file: &TracedFile, fault: &SyntaxError) -> Vec<Group> {
    let traces: Vec<Trace> = places_of(fault).into_iter().map(|place| file.trace(values, place)).collect();
    let (mut own, mut shared) = (Vec::new(), Vec::new());
    for (number, trace) in traces.iter().enumerate() {
        for condition in trace.conditions.iter().rev() {
            let mut others = traces.iter().enumerate().filter(|(other, _)| *other != number);
            let is_shared = traces.len() > 1 && others.all(|(_, other)| other.conditions.contains(condition));
            let by_user = condition.keys.iter().filter(|value| value.is_set_by_user());
            let suspects: Vec<Suspect> = by_user.map(|value| Suspect { value: value.clone(), is_printed: false }).collect();
            if !suspects.is_empty() {
                let groups = if is_shared { &mut shared } else { &mut own };
                groups.push(Group { condition: Some(condition.at), is_shared, suspects });
            }
        }
    }
    own.extend(shared);
    own
}

/// What identifies a fault in a file that is rendered with other values.
#[derive(Debug, PartialEq)]
struct FaultIdentity {
    /// Where the template writes the place.
    template: usize,
    message: String,
    /// The keys of the values that are printed there.
    keys: Vec<String>,
}

impl FaultIdentity {
    fn new(values: EffectiveConfiguration, file: &TracedFile, fault: &SyntaxError) -> Self {
        let trace = file.trace(values, fault.span);
        Self {
            template: trace.template.first().map_or(0, |at| at.span.start),
            message: fault.message.clone(),
            keys: trace.keys.into_iter().map(|value| value.key).collect(),
        }
    }
}

/// What unsetting keys does to a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The file is well-formed.
    WellFormed,
    /// The file has another fault, further down.
    Later,
    /// The fault is still there, another one comes before it, or the file cannot be rendered.
    Same,
}

struct Test<'a> {
    search: &'a Search<'a>,
    values: EffectiveConfiguration<'a>,
    unset: &'a [String],
    fault: FaultIdentity,
}

impl Test<'_> {
    /// The keys to unset for these suspects.
    fn keys_of(&self, suspects: &[Suspect]) -> Vec<String> {
        let mut keys: Vec<String> = suspects.iter().flat_map(|suspect| self.values.settings_of(&suspect.value)).collect();
        let mut seen = BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        keys
    }

    fn outcome(&self, suspects: &[Suspect]) -> Outcome {
        self.outcome_and(suspects, |_, _, _| ())
    }

    /// The outcome for all keys of a group. A condition such as `a or b` tests `b` only if `a` is unset: such keys are added to the group.
    fn outcome_of(&self, group: &mut Group) -> Outcome {
        loop {
            let mut added = Vec::new();
            let outcome = self.outcome_and(&group.suspects, |values, file, fault| {
                let same = |other: &Group| other.condition.is_some() && other.condition == group.condition;
                let again = conditions_of(values, file, fault).into_iter().find(same);
                added = again.map(|group| group.suspects).unwrap_or_default();
            });
            added.retain(|suspect| !group.suspects.iter().any(|known| known.value.key == suspect.value.key));
            if outcome != Outcome::Same || added.is_empty() {
                return outcome;
            }
            group.suspects.extend(added);
        }
    }

    /// The outcome of unsetting the keys of `suspects`. If the same fault is still there, `look` sees the file.
    fn outcome_and(&self, suspects: &[Suspect], look: impl FnOnce(EffectiveConfiguration, &TracedFile, &SyntaxError)) -> Outcome {
        let keys = self.keys_of(suspects);
        let rendered = &self.search.rendered;
        if keys.is_empty() || rendered.get() >= MAX_RENDERED {
            return Outcome::Same;
        }
        rendered.set(rendered.get() + 1);
        let configuration = self.search.without(&[self.unset, &keys].concat());
        let values = self.values.model.effective_with(&configuration);
        let Ok(file) = TracedFile::render(values, self.search.path) else { return Outcome::Same };
        let faults = faults_of(self.search.path, &file.source.text);
        let Some(fault) = faults.first() else { return Outcome::WellFormed };
        let identity = FaultIdentity::new(values, &file, fault);
        if identity == self.fault {
            look(values, &file, fault);
            return Outcome::Same;
        }
        if identity.template < self.fault.template { Outcome::Same } else { Outcome::Later }
    }

    /// The cause among `suspects`, all of which together have this outcome.
    fn conclude(&self, suspects: &[Suspect], outcome: Outcome) -> (BreakCause, Vec<String>) {
        let is_enough = |suspects: &[Suspect]| self.outcome(suspects) == outcome;
        let needed = fewest(&is_enough, &[], false, suspects);
        let keys = self.keys_of(&needed);
        let cause = match &needed[..] {
            [Suspect { value, is_printed: true }] => BreakCause::Value(value.clone()),
            _ => BreakCause::Condition(needed.into_iter().map(|suspect| suspect.value).collect()),
        };
        (cause, keys)
    }
}

/// As few of `suspects` as are enough together with `others`; the first ones, if there is a choice. `is_new` says that `others` alone may be
/// enough (Junker 2004, `QuickXplain`).
fn fewest(is_enough: &impl Fn(&[Suspect]) -> bool, others: &[Suspect], is_new: bool, suspects: &[Suspect]) -> Vec<Suspect> {
    if is_new && is_enough(others) {
        return Vec::new();
    }
    if suspects.len() <= 1 {
        return suspects.to_vec();
    }
    let (first, second) = suspects.split_at(suspects.len() / 2);
    let of_second = fewest(is_enough, &[others, first].concat(), true, second);
    let of_first = fewest(is_enough, &[others, &of_second].concat(), !of_second.is_empty(), first);
    [of_first, of_second].concat()
}
