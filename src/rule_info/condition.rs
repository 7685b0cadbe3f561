//! The condition of a rule as data: a subject, tests of its value, and what is reported.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use regex_lite::{Regex, RegexBuilder};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::one_or_many::one_or_many;

/// What must be true of a home. One subject is given: `key`, `listener`, or `file` with `path`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Flattened keys of deployment.toml. `*` is any one segment; in a condition inside another one, what it is there.
    #[serde(default, deserialize_with = "one_or_many")]
    pub key: Vec<String>,
    /// Ids of listeners; `*` is any number of characters.
    #[serde(default, deserialize_with = "one_or_many")]
    pub listener: Vec<String>,
    /// A file that the server reads, as in a place of the catalogue: `conf/axis2/axis2.xml`.
    pub file: Option<String>,
    /// The path of a value in that file.
    pub path: Option<String>,

    /// Whether the subject has a value.
    pub set: Option<bool>,
    /// Whether a line of deployment.toml sets the value, itself or through another key.
    pub by_user: Option<bool>,
    /// The value, or an item of a list, is one of these.
    #[serde(default, deserialize_with = "one_or_many")]
    pub equals: Vec<serde_json::Value>,
    /// The value, or an item of a list, is none of these.
    #[serde(default, deserialize_with = "one_or_many")]
    pub not_equals: Vec<serde_json::Value>,
    /// The text, or one in a list, matches.
    pub matches: Option<Pattern>,
    /// The text, or one in a list, does not match.
    pub not_matches: Option<Pattern>,
    /// The value has one of these types.
    #[serde(default, rename = "type", deserialize_with = "one_or_many")]
    pub types: Vec<ValueType>,
    /// The number is higher.
    pub above: Option<f64>,
    /// The number is lower.
    pub below: Option<f64>,
    /// The value is that of this key.
    pub same_as: Option<String>,
    /// The value is another one than that of this key, which has one.
    pub differs_from: Option<String>,
    /// Whether the text is written as it is, without `$secret{}`, `$env{}`, `$sys{}` or `${}`.
    pub plain: Option<bool>,
    /// The key itself matches.
    pub key_matches: Option<Pattern>,
    /// Whether the server reads the key.
    pub read: Option<bool>,
    /// Whether the server renders the file.
    pub rendered: Option<bool>,
    /// Whether the listener is open; only open ones if absent.
    pub open: Option<bool>,
    /// Whether the listener uses TLS.
    pub tls: Option<bool>,
    /// The address that the listener is bound to matches.
    pub bind: Option<Pattern>,

    /// All of these are true of the home as well.
    #[serde(default)]
    pub all: Vec<Condition>,
    /// One of these is true of the home as well.
    #[serde(default)]
    pub any: Vec<Condition>,
    /// None of these is true of the home.
    #[serde(default)]
    pub none: Vec<Condition>,

    /// What is reported, with placeholders such as `{key}`; only in the outermost condition.
    pub message: Option<String>,
    /// How to correct it, with placeholders.
    pub help: Option<String>,
    /// What the fix does.
    pub fix: Option<Change>,
}

/// A regular expression. It is compiled when it is first used.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Pattern {
    text: String,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// The largest compiled expression, in bytes: a few thousand characters. Matching takes time in proportion to it.
const MAX_PATTERN_BYTES: usize = 256 * 1024;

impl Pattern {
    /// The expression as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches a part of `text`. An invalid expression matches nothing.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref().is_some_and(|expression| expression.is_match(text))
    }

    /// `text` with `new` instead of each match, in which `$1` is the first group.
    pub(crate) fn replace(&self, text: &str, new: &str) -> String {
        let expression = self.compiled.get_or_init(|| self.compile().ok()).as_ref();
        expression.map_or_else(|| text.to_owned(), |expression| expression.replace_all(text, new).into_owned())
    }

    /// The first group that `new` refers to and the expression does not have; `None` if there is none.
    pub(crate) fn unknown_group<'n>(&self, new: &'n str) -> Option<&'n str> {
        let expression = self.compile().ok()?;
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let groups = new.split('$').skip(1).filter_map(|rest| match rest.strip_prefix('{') {
            Some(braced) => braced.split_once('}').map(|(name, _)| name),
            None => Some(&rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())]),
        });
        let has = |name: &str| match name.parse::<usize>() {
            Ok(number) => number < expression.captures_len(),
            Err(_) => expression.capture_names().flatten().any(|known| known == name),
        };
        groups.filter(|name| !name.is_empty()).find(|name| !has(name))
    }

    /// Why it is not valid; `None` if it is.
    pub(crate) fn fault(&self) -> Option<String> {
        self.compile().err().map(|error| error.to_string())
    }

    fn compile(&self) -> Result<Regex, regex_lite::Error> {
        RegexBuilder::new(&self.text).size_limit(MAX_PATTERN_BYTES).build()
    }
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// A text, or a date.
    String,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A list.
    List,
}

/// What a fix does with the value that is reported. Only one of the fields is given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Gives the key another name.
    pub rename: Option<Rename>,
    /// Moves the key to this table.
    #[serde(rename = "move")]
    pub move_to: Option<String>,
    /// Writes this value instead.
    pub set: Option<serde_json::Value>,
    /// Writes this instead of what `matches` matches, everywhere in the text. `$1` is the first group.
    pub replace: Option<String>,
    /// Removes the line.
    #[serde(default)]
    pub remove: bool,
}

/// The new names of keys.
#[derive(Debug)]
pub enum Rename {
    /// The same for every key, in which `*` is what it is in the key.
    To(String),
    /// For each key; a key without one is not renamed.
    ByKey(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for Rename {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Rename;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a key, or a table of keys with their new names")
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Rename, E> {
                Ok(Rename::To(value.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rename, A::Error> {
                let mut names = BTreeMap::new();
                while let Some((key, name)) = map.next_entry()? {
                    names.insert(key, name);
                }
                Ok(Rename::ByKey(names))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
