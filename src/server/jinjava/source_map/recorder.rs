//! Records where the values and the text come from while a template is rendered.

use std::collections::HashMap;
use std::rc::Rc;

use super::origin::{Origin, View};
use super::path::{PathId, PathSet, PathStep, Paths};
use super::{ConditionId, EvaluatedCondition, Segment, SourceMap};
use crate::server::jinjava::value::Value;
use crate::source::Span;

/// Records while a template is rendered.
#[derive(Debug, Default)]
pub(in crate::server::jinjava) struct Recorder {
    pub(super) paths: Paths,
    /// The origin of the expression being evaluated.
    pub(super) current: Origin,
    /// The segments of the text being written: the file, or the text of a macro or a block. Those of expressions that print nothing are
    /// empty.
    pub(super) segments: Vec<Segment>,
    pub(super) conditions: Vec<EvaluatedCondition>,
    pub(super) condition: ConditionId,
    /// How many texts are being written inside others.
    pub(super) depth: usize,
    /// The places of tables and lists of the configuration, by their address.
    places: HashMap<usize, PathId>,
    /// What the template put into tables and lists, by their address.
    contents: HashMap<usize, Origin>,
    /// The origins of the items of lists that the template wrote, by their address.
    lists: HashMap<usize, Vec<Origin>>,
    /// The segments of texts that macros and blocks wrote, by the address of the text.
    pub(super) texts: HashMap<usize, TextApart>,
    /// Keeps everything alive whose address is used.
    pub(super) kept: Vec<Value>,
    /// How many segments, conditions and items were looked at so far.
    pub(super) work: u64,
    /// The expression that prints a value which is a template itself.
    pub(super) nested: Option<(Span, Origin)>,
}

/// A text that was written apart from the file.
#[derive(Debug, Clone)]
pub(super) struct TextApart {
    pub(super) segments: Vec<Segment>,
    /// What decided it, by the conditions inside.
    pub(super) implied: PathSet,
}

/// The state before a text is written apart from the file.
pub(in crate::server::jinjava) struct Apart {
    pub(super) segments: Vec<Segment>,
    pub(super) conditions: usize,
}

/// The address of what a list, a table or a text shares with its clones.
fn address(value: &Value) -> Option<usize> {
    match value {
        Value::List(items) | Value::Array(items) => Some(Rc::as_ptr(items).addr()),
        Value::Map(map) => Some(Rc::as_ptr(map).addr()),
        _ => None,
    }
}

pub(super) fn text_address(text: &Rc<str>) -> usize {
    Rc::as_ptr(text).cast::<u8>().addr()
}

/// How much work recording one template may be: 24 times what any template of Identity Server 7.1 takes. Each unit is up to a hundred bytes.
const MAX_WORK: u64 = 600_000;

impl Recorder {
    /// Whether recording takes more work and memory than one template may.
    pub(in crate::server::jinjava) fn is_over_limit(&self) -> bool {
        self.work + self.paths.work > MAX_WORK
    }

    /// Notes that `count` things were looked at.
    pub(in crate::server::jinjava) fn looked_at(&mut self, count: usize) {
        self.work += count as u64;
    }

    /// The source map of everything that was written.
    pub(in crate::server::jinjava) fn finish(self) -> SourceMap {
        let (empty, segments) = self.segments.into_iter().partition(|segment| segment.span.is_empty());
        SourceMap { paths: self.paths, segments, empty, conditions: self.conditions }
    }

    /// Begins an expression. Returns the origin so far of the expression around it.
    pub(in crate::server::jinjava) fn begin(&mut self) -> Origin {
        std::mem::take(&mut self.current)
    }

    /// Ends an expression with this value, and adds its origin to that of the expression around it.
    pub(in crate::server::jinjava) fn end(&mut self, outer: Origin, value: Option<&Value>) {
        let own = value.map_or(self.current, |value| self.noted(value, self.current));
        self.current = self.with(own, outer);
    }

    /// The origin of the last expression.
    pub(in crate::server::jinjava) fn current(&self) -> Origin {
        self.current
    }

    /// Replaces the origin of the expression being evaluated.
    pub(in crate::server::jinjava) fn set_current(&mut self, origin: Origin) {
        self.current = origin;
    }

    /// The expression reads a value of this origin, which becomes its own unless it reads another one.
    pub(in crate::server::jinjava) fn read(&mut self, origin: Origin) {
        let before = self.begin();
        self.current = origin;
        self.end(before, None);
    }

    /// Makes the value of the expression one that is made of what was read so far.
    pub(in crate::server::jinjava) fn settle(&mut self) {
        self.current = self.settled(self.current);
    }

    /// The origin of a value made of one with this origin.
    pub(in crate::server::jinjava) fn settled(&mut self, origin: Origin) -> Origin {
        let Some(place) = origin.at else { return origin };
        let single = self.paths.single(place.path);
        Origin { at: None, made_of: self.paths.union(origin.made_of, single), implied: origin.implied }
    }

    /// `origin` of a value that the values of another one have chosen.
    pub(in crate::server::jinjava) fn with(&mut self, origin: Origin, chosen_by: Origin) -> Origin {
        let chosen_by = self.settled(chosen_by);
        Origin {
            at: origin.at,
            made_of: self.paths.union(origin.made_of, chosen_by.made_of),
            implied: self.paths.union(origin.implied, chosen_by.implied),
        }
    }

    /// The origin of a value made of two others.
    pub(in crate::server::jinjava) fn joined(&mut self, one: Origin, other: Origin) -> Origin {
        let one = self.settled(one);
        self.with(one, other)
    }

    /// The origin of a new list of values with these origins.
    pub(in crate::server::jinjava) fn list(&mut self, list: &Value, items: Vec<Origin>) -> Origin {
        self.looked_at(items.len());
        let whole = items.iter().fold(Origin::default(), |whole, item| self.joined(whole, *item));
        if let Some(address) = address(list) {
            self.lists.insert(address, items);
            self.kept.push(list.clone());
        }
        whole
    }

    /// The origin of a name of the configuration.
    pub(in crate::server::jinjava) fn root(&mut self, name: &str) -> Origin {
        Origin::at(self.paths.child(PathId::default(), PathStep::Key(name.into())))
    }

    /// `origin` with what is known of the value itself: its place, if it is a table of the configuration that came through a list of the
    /// template, and what the template put into it.
    fn noted(&mut self, value: &Value, origin: Origin) -> Origin {
        let Some(address) = address(value) else { return origin };
        let mut origin = origin;
        match origin.at {
            Some(place) if place.view == View::Whole => {
                if self.places.insert(address, place.path).is_none() {
                    self.kept.push(value.clone());
                }
            }
            Some(_) => {}
            None => origin.at = self.places.get(&address).map(|path| Origin::at(*path)).and_then(|origin| origin.at),
        }
        match self.contents.get(&address).copied() {
            Some(contents) => self.with(origin, contents),
            None => origin,
        }
    }

    /// The origin of `base.name`, if that of `base` is `origin`.
    pub(in crate::server::jinjava) fn property(&mut self, base: &Value, origin: Origin, name: &str) -> Origin {
        let Some(place) = origin.at else { return origin };
        match (place.view, base) {
            (View::Whole, Value::List(_)) => match name.parse() {
                Ok(index) => self.below(origin, place.path, PathStep::Item(index)),
                Err(_) => self.settled(origin),
            },
            (View::Whole, Value::Map(_) | Value::Null) => self.below(origin, place.path, PathStep::Key(name.into())),
            (View::Entry, _) if name == "value" => Origin { at: Origin::at(place.path).at, ..origin },
            _ => self.settled(origin),
        }
    }

    fn below(&mut self, origin: Origin, path: PathId, step: PathStep) -> Origin {
        Origin { at: Origin::at(self.paths.child(path, step)).at, ..origin }
    }

    /// The origin of `value`, which `base.name(...)` returned. `base` and the first argument come with their origins; that of the argument
    /// is the one of all arguments together.
    pub(in crate::server::jinjava) fn method(
        &mut self,
        (base, origin): (&Value, Origin),
        name: &str,
        (first, arguments): (Option<&Value>, Origin),
        value: &Value,
    ) -> Origin {
        let whole = origin.at.filter(|place| place.view == View::Whole);
        let viewed = |view| whole.map(|place| Origin { at: Origin::view(place.path, view).at, ..origin });
        let found = match (name, base) {
            ("items" | "entrySet", Value::Map(_)) => viewed(View::Entries),
            ("keys" | "keySet", Value::Map(_)) => viewed(View::Keys),
            ("toList" | "copy", Value::List(_)) => Some(origin),
            ("values", Value::Map(map)) => {
                let keys: Vec<Rc<str>> = map.borrow().keys().cloned().collect();
                let items = keys.iter().map(|key| self.property(base, origin, key)).collect();
                Some(self.list(value, items))
            }
            ("get", Value::Map(_) | Value::List(_)) => match first {
                Some(Value::Text(key)) => Some(self.property(base, origin, key)),
                Some(Value::Integer(index)) => Some(self.property(base, origin, &index.to_string())),
                _ => None,
            },
            _ => None,
        };
        let found = found.unwrap_or_else(|| self.settled(origin));
        self.with(found, arguments)
    }

    /// Adds `value` to the contents of a list or a table. A table of the configuration keeps its place there; the rest is not told apart.
    pub(in crate::server::jinjava) fn put_into(&mut self, container: &Value, value: Option<&Value>, origin: Origin) {
        let Some(container_address) = address(container) else { return };
        let has_place = value.and_then(address).is_some_and(|address| self.places.contains_key(&address));
        let origin = self.settled(origin);
        let mut added = Origin { at: None, implied: self.paths.union(origin.implied, self.conditions_in_force()), ..origin };
        if has_place {
            added = Origin { implied: self.paths.union(added.implied, added.made_of), ..Origin::default() };
        }
        if !self.contents.contains_key(&container_address) {
            self.kept.push(container.clone());
        }
        let before = self.contents.get(&container_address).copied().unwrap_or_default();
        let contents = self.with(before, added);
        self.contents.insert(container_address, contents);
    }

    /// The origins of the items of a loop over `collection`, whose own is `origin`.
    pub(in crate::server::jinjava) fn items(&mut self, collection: &Value, origin: Origin, items: &[Value]) -> Vec<Origin> {
        let keys: Vec<Rc<str>> = match collection {
            Value::Map(map) => map.borrow().keys().cloned().collect(),
            _ => Vec::new(),
        };
        let settled = self.settled(origin);
        self.looked_at(items.len());
        let parts = address(collection).and_then(|address| self.lists.get(&address)).cloned().unwrap_or_default();
        items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let own = match (origin.at.map(|place| (place.path, place.view)), collection, item) {
                    (Some((path, View::Whole)), Value::Map(_), _) => match keys.get(index) {
                        Some(key) => self.below(origin, path, PathStep::Key((&**key).into())),
                        None => settled,
                    },
                    (Some((path, View::Whole)), Value::List(_), _) => self.below(origin, path, PathStep::Item(index)),
                    (Some((path, View::Entries)), _, Value::Entry(entry)) => {
                        let path = self.paths.child(path, PathStep::Key((&*entry.0).into()));
                        Origin { at: Origin::view(path, View::Entry).at, ..origin }
                    }
                    (Some((path, View::Keys)), _, Value::Text(key)) => {
                        let below = self.below(origin, path, PathStep::Key((&**key).into()));
                        self.settled(below)
                    }
                    // A value that is not a collection is the only item.
                    (Some(_), Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Text(_), _) => {
                        origin
                    }
                    _ => match parts.get(index) {
                        Some(part) => Origin { implied: self.paths.union(part.implied, origin.implied), ..*part },
                        None => settled,
                    },
                };
                self.noted(item, own)
            })
            .collect()
    }

    /// The origin of a part of an item that a loop unpacks: of an entry its key and its value, of a list its items.
    pub(in crate::server::jinjava) fn part(&mut self, item: &Value, origin: Origin, number: usize, part: &Value) -> Origin {
        let own = match (item, number) {
            (Value::Entry(_), 0) => self.settled(origin),
            (Value::Entry(_), 1) => self.property(item, origin, "value"),
            _ => self.property(item, origin, &number.to_string()),
        };
        self.noted(part, own)
    }

    /// The origin of a value that is assigned here: the conditions in force decide it too.
    pub(in crate::server::jinjava) fn assigned(&mut self, origin: Origin) -> Origin {
        Origin { implied: self.paths.union(origin.implied, self.conditions_in_force()), ..origin }
    }

    /// `origin`, decided also by what the last `count` conditions test: one of them would have assigned another value.
    pub(in crate::server::jinjava) fn implied_by(&mut self, origin: Origin, tested: Origin) -> Origin {
        let tested = self.settled(tested);
        let decided = self.paths.union(tested.made_of, tested.implied);
        Origin { implied: self.paths.union(origin.implied, decided), ..origin }
    }

    pub(super) fn conditions_in_force(&self) -> PathSet {
        self.condition.index().map_or(PathSet::default(), |index| self.conditions[index].all)
    }
}
