//! What a TOML file has: values, keys with their values, and headers.

use std::sync::Arc;

use super::Span;

/// A value as the server's mapper sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum TomlValue {
    /// A string, unescaped.
    String(String),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time, as text.
    Datetime(String),
    /// An array without tables, each item with its span.
    Array(Vec<(TomlValue, Span)>),
    /// A value that a deployment tool substitutes, and that is therefore unknown.
    Placeholder,
}

impl TomlValue {
    /// The text that a template would print for a string, number or boolean; `None` for other values.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(format!("{number:?}")),
            Self::Boolean(boolean) => Some(boolean.to_string()),
            Self::Datetime(_) | Self::Array(_) | Self::Placeholder => None,
        }
    }

    /// Whether it is the same value, wherever its items are.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(items), Self::Array(others)) => {
                items.len() == others.len() && items.iter().zip(others).all(|((item, _), (other, _))| item.is_same(other))
            }
            (Self::Float(number), Self::Float(other)) => number.to_bits() == other.to_bits(),
            _ => self == other,
        }
    }

    /// The strings in this value: the string itself, or the strings of an array.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::String(text) => vec![text],
            Self::Array(items) => items.iter().flat_map(|(item, _)| item.texts()).collect(),
            _ => Vec::new(),
        }
    }
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct TomlEntry {
    /// The key as the config mapper flattens it: segments joined by dots, segments that are not bare keys in single quotes, and `[]`
    /// after an array of tables (`apim.gateway.environment[].name`). Shared by the elements
    /// of an array.
    pub key: Arc<str>,
    /// The key as written: `b.c` in `b.c = 1`.
    pub key_span: Span,
    /// The value.
    pub value: TomlValue,
    /// The value as written, including quotes.
    pub value_span: Span,
    /// The index of its header in the tables of the document; `None` above the first header.
    pub table: Option<usize>,
    /// For each `[]` in the key, the index of the element, from 0.
    pub elements: Arc<[usize]>,
}

/// A `[table]` or `[[table]]` header.
#[derive(Debug, Clone)]
pub struct TomlTable {
    /// The flattened key; for an element of an array of tables it ends in `[]`.
    pub key: Arc<str>,
    /// The header, including its brackets.
    pub span: Span,
    /// The first header above this one that belongs to a descendant of this table, if any.
    pub child_above: Option<Box<Span>>,
    /// For each `[]` in the key, the index of the element, from 0.
    pub elements: Arc<[usize]>,
}
