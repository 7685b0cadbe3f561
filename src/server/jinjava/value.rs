//! The values of a template as Java has them: text, numbers, lists and maps that are shared, with their printing.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::fmt::Write;
use std::rc::Rc;

use indexmap::IndexMap;

use crate::server::java::double::java_double;

/// A map that keeps the order in which its keys were put.
pub type Map = IndexMap<Rc<str>, Value>;

/// A value. Lists and maps are shared: whoever holds one sees what another appends.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// `null`: what is not defined.
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
    /// A Java array, as `split` gives it: it has a place for each item, but no methods, and holds nothing for `in`.
    Array(Rc<Shared<Vec<Value>>>),
    /// A map.
    Map(Rc<Shared<Map>>),
    /// A key of a map with its value.
    Entry(Rc<(Rc<str>, Value)>),
    /// The state of a loop: where it stands, counted from 0, and how often it runs.
    Loop {
        /// The round, from 0.
        index: usize,
        /// How many rounds there are.
        length: usize,
    },
}

/// The content of a list or a map.
#[derive(Debug, Default)]
pub struct Shared<T: Nested>(RefCell<T>);

impl<T: Nested> Shared<T> {
    /// The content, to read.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.0.borrow()
    }

    /// The content, to change. Nobody may hold it at the time.
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0.borrow_mut()
    }
}

/// What holds values.
pub trait Nested: Default {
    /// The values.
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

/// A template can nest lists in lists deeper than the stack would take, one call a level.
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

    /// A list of its own.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Rc::new(Shared(RefCell::new(items))))
    }

    /// An array.
    pub fn array(items: Vec<Value>) -> Self {
        Self::Array(Rc::new(Shared(RefCell::new(items))))
    }

    /// A map of its own.
    pub fn map(map: Map) -> Self {
        Self::Map(Rc::new(Shared(RefCell::new(map))))
    }

    /// Whether a condition takes it for true (ObjectTruthValue.java): a number by its whole part, a string unless it is empty or says
    /// `false`.
    pub fn is_true(&self) -> bool {
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

    /// As `{{ }}` prints it: nothing for `null`.
    pub fn printed(&self) -> String {
        match self {
            Self::Null => String::new(),
            _ => self.to_java(),
        }
    }

    /// As Java's `toString` writes it: `null`, `true`, `1.0E7`, `[a, b]`, `{k=v}`.
    pub fn to_java(&self) -> String {
        let mut text = String::new();
        self.write_java(&mut text, 0);
        text
    }

    fn write_java(&self, text: &mut String, depth: usize) {
        // A list that holds itself would never end; Java writes the same words for its innermost level.
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
            // Java prints its address, which differs from start to start.
            Self::Array(_) => text.push_str("[Ljava.lang.Object;@0"),
            Self::Loop { length, .. } => write!(text, "<ForLoop: {length}>").unwrap_or_default(),
        }
    }

    /// Java's `equals`.
    pub fn equals(&self, other: &Value) -> bool {
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

    /// Java's `==` on objects: booleans and small numbers are one object each, everything else is the same only as itself.
    pub fn is_same(&self, other: &Value) -> bool {
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

    /// How much work it is to read all of it: values, and a hundred bytes of text for one, up to `most`.
    pub fn weight(&self, most: u64) -> u64 {
        self.weight_within(most, MAX_DEPTH)
    }

    fn weight_within(&self, most: u64, depth: usize) -> u64 {
        let Some(depth) = depth.checked_sub(1) else { return 1 };
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
            Self::Text(text) => 1 + text.len() as u64 / 100,
            Self::List(items) | Self::Array(items) => sum(&mut items.borrow().iter()),
            Self::Map(map) => sum(&mut map.borrow().values()),
            Self::Entry(entry) => sum(&mut std::iter::once(&entry.1)),
            _ => 1,
        }
    }

    /// What a loop over it runs over: the values of a map, a single thing itself (ObjectIterator.java).
    pub fn iterated(&self) -> Vec<Value> {
        match self {
            Self::Null => Vec::new(),
            Self::List(items) | Self::Array(items) => items.borrow().clone(),
            Self::Map(map) => map.borrow().values().cloned().collect(),
            single => vec![single.clone()],
        }
    }
}

/// How deep values are compared and printed: deeper than any configuration; only a list that holds itself reaches it.
const MAX_DEPTH: usize = 64;

/// More than any configuration prints as one value; only a hostile template reaches it.
const MAX_PRINTED_BYTES: usize = 1 << 20;

/// More values than any configuration has to compare.
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
    fn a_list_that_holds_itself_prints() {
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
    fn conditions_take_values_as_jinjava_does() {
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
