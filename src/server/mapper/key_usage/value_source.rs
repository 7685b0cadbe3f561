//! Where the value of an expression can come from.

use std::collections::BTreeSet;

use crate::server::mapper::key_path::KeyStep;

/// What a value in a template can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ValueSource {
    /// The value at a path.
    Path(Vec<KeyStep>),
    /// The keys and values of the table at a path.
    Entries(Vec<KeyStep>),
    /// A key of the table at a path.
    KeyOf(Vec<KeyStep>),
}

pub(super) type ValueSources = BTreeSet<ValueSource>;

/// More sources than any value in a product's template has. Each nested loop doubles them.
const MAX_SOURCES: usize = 64;

/// Longer paths come only from `{% set a = a.b %}` in a loop.
const MAX_STEPS: usize = 32;

/// The first of `sources`, as many as are followed.
pub(super) fn bounded(mut sources: ValueSources) -> ValueSources {
    bound(&mut sources);
    sources
}

/// Leaves the first of `sources`, as many as are followed.
pub(super) fn bound(sources: &mut ValueSources) {
    while sources.len() > MAX_SOURCES {
        sources.pop_last();
    }
}

/// The work of copying `sources`.
pub(super) fn steps_of(sources: &ValueSources) -> usize {
    let path = |source: &ValueSource| match source {
        ValueSource::Path(path) | ValueSource::Entries(path) | ValueSource::KeyOf(path) => path.len(),
    };
    sources.iter().map(path).sum()
}

/// What is one step further.
pub(super) fn step_from(sources: &ValueSources, step: &KeyStep) -> ValueSources {
    let mut stepped = ValueSources::new();
    for source in sources {
        match (source, step) {
            (ValueSource::Path(path), _) => {
                stepped.extend(extended(path, step.clone()).map(ValueSource::Path));
                // `e.value` of an entry is the value itself: the loop has already taken that step.
                if *step == KeyStep::Key("value".into()) && path.last() == Some(&KeyStep::AnyKey) {
                    stepped.insert(source.clone());
                }
            }
            (ValueSource::Entries(table), KeyStep::Element) => {
                stepped.extend(extended(table, KeyStep::AnyKey).map(ValueSource::Path));
            }
            (ValueSource::Entries(table) | ValueSource::KeyOf(table), KeyStep::Key(name)) if &**name == "key" => {
                stepped.insert(ValueSource::KeyOf(table.clone()));
            }
            (ValueSource::Entries(_) | ValueSource::KeyOf(_), _) => {}
        }
    }
    stepped
}

/// `path` with one more step, unless it is too long already.
pub(super) fn extended(path: &[KeyStep], step: KeyStep) -> Option<Vec<KeyStep>> {
    if path.len() >= MAX_STEPS {
        return None;
    }
    let mut path = path.to_vec();
    path.push(step);
    Some(path)
}
