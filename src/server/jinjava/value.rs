//! The values of a template, which behave and print as in Java.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::fmt::Write;
use std::rc::Rc;

use indexmap::IndexMap;

use crate::server::java::double::java_double;

/// A map that keeps the order in which its keys were inserted.
pub type Map = IndexMap<Rc<str>, Value>;

/// A value. Clones of a list or a map share its content.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// `null`, also for undefined names.
    #[default]
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Double(f64),
    /// A string.
    Text(Rc<str>),
    /// A list or a set.
    List(Rc<Shared<Vec<Value>>>),
    /// A Java array, as the method `split` returns: it has indexes but no methods, and `in` finds nothing in it.
    Array(Rc<Shared<Vec<Value>>>),
    /// A map.
    Map(Rc<Shared<Map>>),
    /// A key of a map and its value.
    Entry(Rc<(Rc<str>, Value)>),
    /// The variable `loop`.
    Loop {
        /// The number of the iteration, from 0.
        index: usize,
        /// The number of iterations.
        length: usize,
    },
}

/// The content of a list or a map.
#[derive(Debug, Default)]
pub struct Shared<T: Nested>(RefCell<T>);

impl<T: Nested> Shared<T> {
    /// The content for reading.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.0.borrow()
    }

    /// The content for writing. Panics if it is borrowed already.
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0.borrow_mut()
    }
}

/// A collection of values.
pub trait Nested: Default {
    /// Its values.
    fn into_values(self) -> Vec<Value>;
}

impl Nested for Vec<Value> {
    fn into_values(self) -> Vec<Value> {
        self
    }
}

impl Nested for Map {
    fn into_values(self) -> Vec<Value> {
        IndexMap::into_values(self).collect()
    }
}

/// Drops nested values in a loop: a template can nest lists too deeply for one call per level.
impl<T: Nested> Drop for Shared<T> {
    fn drop(&mut self) {
        let mut values = self.0.take().into_values();
        while let Some(value) = values.pop() {
            match value {
                Value::List(list) | Value::Array(list) => {
                    values.extend(Rc::into_inner(list).map(|list| list.0.take()).unwrap_or_default());
                }
                Value::Map(map) => {
                    values.extend(Rc::into_inner(map).map(|map| map.0.take().into_values()).into_iter().flatten());
                }
                Value::Entry(entry) => values.extend(Rc::into_inner(entry).map(|entry| entry.1)),
                _ => {}
            }
        }
    }
}

impl Value {
    /// A string.
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A new list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Rc::new(Shared(RefCell::new(items))))
    }

    /// A new array.
    pub(super) fn array(items: Vec<Value>) -> Self {
        Self::Array(Rc::new(Shared(RefCell::new(items))))
    }

    /// A new map.
    pub fn map(map: Map) -> Self {
        Self::Map(Rc::new(Shared(RefCell::new(map))))
    }

    /// Whether it is true in a condition (ObjectTruthValue.java): a number if its integer part is not 0, a string unless it is empty
    /// or `false`.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Boolean(boolean) => *boolean,
            // Java's `intValue` keeps the low 32 bits of a long.
            #[expect(clippy::cast_possible_truncation, reason = "as Java does")]
            Self::Integer(number) => *number as i32 != 0,
            Self::Double(number) => number.trunc() != 0.0,
            Self::Text(text) => !text.is_empty() && !text.eq_ignore_ascii_case("false"),
            Self::List(items) | Self::Array(items) => !items.borrow().is_empty(),
            Self::Map(map) => !map.borrow().is_empty(),
            Self::Entry(_) | Self::Loop { .. } => true,
        }
    }

    /// The text that `{{ }}` prints: empty for `null`.
    pub(super) fn printed(&self) -> String {
        match self {
            Self::Null => String::new(),
            _ => self.to_java(),
        }
    }

    /// The text that Java's `toString` returns: `null`, `true`, `1.0E7`, `[a, b]`, `{k=v}`.
    pub(super) fn to_java(&self) -> String {
        let mut text = String::new();
        self.write_java(&mut text, 0);
        text
    }

    fn write_java(&self, text: &mut String, depth: usize) {
        // Ends a list that contains itself with Java's words for one.
        if depth > MAX_DEPTH || text.len() > MAX_PRINTED_BYTES {
            text.push_str("(this Collection)");
            return;
        }
        match self {
            Self::Null => text.push_str("null"),
            Self::Boolean(boolean) => text.push_str(if *boolean { "true" } else { "false" }),
            Self::Integer(number) => write!(text, "{number}").unwrap_or_default(),
            Self::Double(number) => text.push_str(&java_double(*number)),
            Self::Text(written) => text.push_str(written),
            Self::List(items) => {
                text.push('[');
                for (number, item) in items.borrow().iter().enumerate() {
                    if text.len() > MAX_PRINTED_BYTES {
                        break;
                    }
                    text.push_str(if number == 0 { "" } else { ", " });
                    item.write_java(text, depth + 1);
                }
                text.push(']');
            }
            Self::Map(map) => {
                text.push('{');
                for (number, (key, value)) in map.borrow().iter().enumerate() {
                    if text.len() > MAX_PRINTED_BYTES {
                        break;
                    }
                    text.push_str(if number == 0 { "" } else { ", " });
                    text.push_str(key);
                    text.push('=');
                    value.write_java(text, depth + 1);
                }
                text.push('}');
            }
            Self::Entry(entry) => {
                text.push_str(&entry.0);
                text.push('=');
                entry.1.write_java(text, depth + 1);
            }
            // Java prints its address, which differs each time.
            Self::Array(_) => text.push_str("[Ljava.lang.Object;@0"),
            Self::Loop { length, .. } => write!(text, "<ForLoop: {length}>").unwrap_or_default(),
        }
    }

    /// Java's `equals`.
    pub(super) fn equals(&self, other: &Value) -> bool {
        self.equals_within(other, MAX_DEPTH, &Cell::new(MAX_COMPARED))
    }

    fn equals_within(&self, other: &Value, depth: usize, left: &Cell<u64>) -> bool {
        let Some((depth, still)) = depth.checked_sub(1).zip(left.get().checked_sub(1)) else { return false };
        left.set(still);
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Integer(one), Self::Integer(other)) => one == other,
            (Self::Double(one), Self::Double(other)) => one.to_bits() == other.to_bits(),
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => {
                Rc::ptr_eq(one, other) || {
                    let (one, other) = (one.borrow(), other.borrow());
                    one.len() == other.len()
                        && one.iter().zip(other.iter()).all(|(one, other)| one.equals_within(other, depth, left))
                }
            }
            (Self::Map(one), Self::Map(other)) => {
                Rc::ptr_eq(one, other) || {
                    let (one, other) = (one.borrow(), other.borrow());
                    one.len() == other.len()
                        && one
                            .iter()
                            .all(|(key, value)| other.get(key).is_some_and(|other| value.equals_within(other, depth, left)))
                }
            }
            (Self::Array(one), Self::Array(other)) => Rc::ptr_eq(one, other),
            (Self::Entry(one), Self::Entry(other)) => one.0 == other.0 && one.1.equals_within(&other.1, depth, left),
            _ => false,
        }
    }

    /// Java's `==` on objects: equal booleans and small integers are the same object.
    pub(super) fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Integer(one), Self::Integer(other)) => one == other && (-128..128).contains(one),
            (Self::Text(one), Self::Text(other)) => Rc::ptr_eq(one, other),
            (Self::Array(one), Self::Array(other)) | (Self::List(one), Self::List(other)) => Rc::ptr_eq(one, other),
            (Self::Map(one), Self::Map(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The work of reading all of it, up to `most`: 1 for each value and for each `BYTES_PER_STEP` of text.
    pub(super) fn weight(&self, most: u64) -> u64 {
        self.weight_within(most, MAX_DEPTH)
    }

    fn weight_within(&self, most: u64, depth: usize) -> u64 {
        let Some(depth) = depth.checked_sub(1) else { return 1 };
        let of_text = |text: &str| text.len() as u64 / BYTES_PER_STEP;
        let sum = |values: &mut dyn Iterator<Item = &Value>| {
            let mut weight = 1;
            for value in values {
                if weight >= most {
                    break;
                }
                weight += value.weight_within(most - weight, depth);
            }
            weight
        };
        match self {
            Self::Text(text) => 1 + of_text(text),
            Self::List(items) | Self::Array(items) => sum(&mut items.borrow().iter()),
            Self::Map(map) => {
                let map = map.borrow();
                map.keys().map(|key| of_text(key)).sum::<u64>() + sum(&mut map.values())
            }
            Self::Entry(entry) => of_text(&entry.0) + sum(&mut std::iter::once(&entry.1)),
            _ => 1,
        }
    }

    /// The items of a loop over it: the values of a map; a value that is not a collection is the only item (ObjectIterator.java).
    pub(super) fn iterated(&self) -> Vec<Value> {
        match self {
            Self::Null => Vec::new(),
            Self::List(items) | Self::Array(items) => items.borrow().clone(),
            Self::Map(map) => map.borrow().values().cloned().collect(),
            single => vec![single.clone()],
        }
    }
}

/// How many bytes of a text are as much work as one value.
pub(super) const BYTES_PER_STEP: u64 = 100;

/// How deep values are compared and printed. Only a list that contains itself is deeper.
const MAX_DEPTH: usize = 64;

/// Where printing a value stops. Only a hostile template prints more.
const MAX_PRINTED_BYTES: usize = 1 << 20;

/// How many values one comparison looks at. Only a hostile template compares more.
const MAX_COMPARED: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_maps_print_as_in_java() {
        let map =
            Map::from([(Rc::from("k"), Value::Boolean(true)), (Rc::from("l"), Value::list(vec![Value::Null, Value::text("x")]))]);
        assert_eq!(Value::map(map).printed(), "{k=true, l=[null, x]}");
        assert_eq!(Value::Null.printed(), "");
    }

    #[test]
    fn a_list_that_contains_itself_prints() {
        let list = Value::list(Vec::new());
        if let Value::List(items) = &list {
            items.borrow_mut().push(list.clone());
        }
        assert!(list.printed().contains("(this Collection)"));
        if let Value::List(items) = &list {
            items.borrow_mut().clear();
        }
    }

    #[test]
    fn conditions_convert_values_as_jinjava_does() {
        for (value, expected) in [
            (Value::text("FALSE"), false),
            (Value::text("no"), true),
            (Value::text(""), false),
            (Value::Double(0.5), false),
            (Value::Integer(7), true),
            (Value::list(Vec::new()), false),
        ] {
            assert_eq!(value.is_true(), expected, "{value:?}");
        }
    }
}
