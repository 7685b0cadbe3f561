//! Where a key ends up: every place in the rendered files that its value is printed in or decides, or why there is none.

use std::collections::BTreeSet;

use crate::catalog::catalog;
use crate::get::EffectiveValues;
use crate::model::{EffectiveValue, KeyPlace, Location, TracedFile, text_of};
use crate::render::{Rendering, near_file};
use crate::server::jinjava::ValueEffect;
use crate::server::mapper::Origin;
use crate::source::Point;
use crate::source::key::Key;
use crate::source::secrets::Masked;

/// Where a key ends up.
#[derive(Debug)]
pub struct KeyTrace {
    /// The key as it was asked for.
    pub key: String,
    /// Its effective values: of the key itself, or of those that it is mapped to.
    pub values: Vec<EffectiveValue>,
    /// The values that follow from it, by inference or reference.
    pub following: Vec<EffectiveValue>,
    /// The places, by file.
    pub places: Vec<TracedPlace>,
    /// Why there are none; empty if there are some.
    pub reasons: Vec<NoPlace>,
    /// The files in which no places were looked for.
    pub untraced: Vec<UntracedFile>,
}

/// A file that cannot be traced.
#[derive(Debug)]
pub struct UntracedFile {
    /// Its path, relative to the home.
    pub path: String,
    /// What is wrong with its template.
    pub why: String,
}

/// A place in a rendered file that a key decides.
#[derive(Debug)]
pub struct TracedPlace {
    /// The path of the file, relative to the home.
    pub path: String,
    /// The range in the rendered text.
    pub start: Point,
    /// Its end, exclusive.
    pub end: Point,
    /// The line of the rendered text at the start, secrets masked.
    pub line: String,
    /// The expression in the template.
    pub template: Location,
    /// Whether the value is printed, or decides whether something else is.
    pub effect: ValueEffect,
}

/// Why a key ends up nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPlace {
    /// Nothing sets it, and no template reads it.
    Unknown {
        /// `did you mean ...?`, if a key or a rendered file is similar.
        near: Option<String>,
    },
    /// Another key of the user is mapped to the same one, and wins.
    Lost {
        /// The key that wins.
        to: String,
    },
    /// No template reads it, but the server does itself.
    ReadByCode,
    /// No template reads it.
    NotRead,
    /// A template reads it in a part that is not reached.
    NotReached {
        /// Where it is read.
        at: Location,
        /// The condition around it.
        condition: Location,
        /// What the condition is.
        holds: bool,
    },
    /// Templates read it, but print nothing that depends on it.
    WithoutEffect {
        /// Where it is read.
        at: Location,
    },
}

/// Where `key` ends up: a key of deployment.toml or of a template, an element of an array (`datasource[0].url`), or a table.
pub fn trace_key(rendering: &Rendering, key: &str) -> KeyTrace {
    // The mapper's keys have single quotes, whichever quotes deployment.toml has.
    let key = key.trim().replace('"', "'");
    let keys = Keys::of(rendering, &key);
    let values = rendering.effective();
    let mut places = Vec::new();
    let mut reasons = Vec::new();
    let mut untraced = Vec::new();
    for path in rendering.paths() {
        let file = match TracedFile::render(values, path) {
            Ok(file) => file,
            Err(fault) => {
                untraced.extend(fault.map(|fault| UntracedFile { path: path.clone(), why: fault.message }));
                continue;
            }
        };
        let found = file.places(values.model, |steps, effect| keys.are_meant_by(&text_of(steps), effect));
        if !found.is_empty() {
            let masked = file.masked(values);
            places.extend(found.into_iter().map(|place| TracedPlace::new(&file, &masked, place)));
        }
    }
    if places.is_empty() {
        reasons = keys.reasons(rendering, &key);
    }
    let value = |key: &String| values.get_text(key);
    KeyTrace {
        values: keys.own.iter().map(value).collect(),
        following: keys.following.iter().map(value).collect(),
        key,
        places,
        reasons,
        untraced,
    }
}

impl TracedPlace {
    /// A place in `file`, whose text is shown as `masked`.
    fn new(file: &TracedFile, masked: &Masked, place: KeyPlace) -> Self {
        let range = file.source.place(place.span);
        let shown = &masked.text;
        let start = shown[..masked.offset(place.span.start)].rfind('\n').map_or(0, |at| at + 1);
        let line = shown[start..].lines().next().unwrap_or_default().to_owned();
        let KeyPlace { template, effect, .. } = place;
        Self { path: file.path.clone(), start: range.start, end: range.end, line, template, effect }
    }
}

/// The keys whose places are wanted.
struct Keys {
    /// The key itself, or what it is mapped to.
    own: Vec<String>,
    /// Those that follow from it by inference or reference.
    following: BTreeSet<String>,
}

impl Keys {
    fn of(rendering: &Rendering, key: &str) -> Self {
        let flat_len = Key::new(key).into_list().map_or(key.len(), |(list, ..)| list.as_str().len());
        let (flat, element) = key.split_at(flat_len);
        let targets = rendering.resources.targets(flat);
        let own: Vec<String> = targets.into_iter().map(|target| format!("{target}{element}")).collect();
        let mut following = BTreeSet::new();
        let mut next: Vec<String> = own.clone();
        let effective = rendering.configuration.values();
        while let Some(cause) = next.pop() {
            let is_cause = |other: &str| is_same_or_below(other, &cause) || is_same_or_below(&cause, other);
            for (key, value) in &effective {
                let follows = matches!(&value.origin, Origin::Inferred { from } if is_cause(from))
                    || rendering.configuration.references(key).into_iter().any(is_cause);
                if follows && !own.iter().any(|own| own == key) && following.insert((*key).to_owned()) {
                    next.push((*key).to_owned());
                }
            }
        }
        Self { own, following }
    }

    /// Whether the value at a path takes part in one of the keys. A table that is printed whole contains them; a condition on a table does
    /// not depend on what is in it.
    fn are_meant_by(&self, path: &str, effect: ValueEffect) -> bool {
        self.own.iter().chain(&self.following).any(|key| {
            is_same_or_below(path, key) || effect == ValueEffect::Printed && !path.is_empty() && is_same_or_below(key, path)
        })
    }

    fn reasons(&self, rendering: &Rendering, key: &str) -> Vec<NoPlace> {
        let model = rendering.model;
        let collisions = rendering.configuration.collisions.iter();
        let lost: Vec<NoPlace> = collisions
            .filter(|collision| collision.lost == key)
            .map(|collision| NoPlace::Lost { to: collision.kept.clone() })
            .collect();
        if !lost.is_empty() {
            return lost;
        }
        let Some(schema) = model.schema() else { return vec![NoPlace::NotRead] };
        let pattern = Key::new(key).of_any_element();
        let mut reasons: Vec<NoPlace> = Vec::new();
        for used in schema.own_uses(&pattern) {
            let Some(path) = schema.outputs.get(used.template) else { continue };
            let Ok(file) = TracedFile::render(rendering.effective(), path) else { continue };
            let reason = match file.unreached(model, used.span) {
                Some((at, condition, holds)) => NoPlace::NotReached { at, condition, holds },
                None => NoPlace::WithoutEffect { at: file.location(model, used.span) },
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if !reasons.is_empty() {
            return reasons;
        }
        let values = rendering.effective();
        let is_set = self.own.iter().any(|own| values.get_text(own).origin.is_some());
        let by_code = model.product().is_some_and(|product| catalog().code_reads(&product.id, key));
        vec![match (by_code, is_set) {
            (true, _) => NoPlace::ReadByCode,
            (false, true) => NoPlace::NotRead,
            (false, false) => {
                NoPlace::Unknown { near: EffectiveValues::of(rendering).near(key).or_else(|| near_file(rendering, key)) }
            }
        }]
    }
}

/// Whether `key` is `table`, or in it.
fn is_same_or_below(key: &str, table: &str) -> bool {
    !table.is_empty() && Key::new(table).covers(Key::new(key))
}
