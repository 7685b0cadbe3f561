//! What the headers and keys of a TOML file define, and which of them contradict each other.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::Span;
use super::key::Key;

/// A segment of a header or key: its name, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Segment<'a> {
    /// The name, without quotes and escapes.
    pub name: Cow<'a, str>,
    /// The segment as written.
    pub span: Span,
}

/// The place of a table or value in a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct TomlPlace {
    /// The flattened key, with `[]` after each array of tables.
    pub key: String,
    /// For each `[]` in the key, the index of the element, from 0.
    pub elements: Vec<usize>,
    /// The number of what is defined there.
    node: u32,
}

/// The number of every value: nothing more is known of it.
const VALUE: u32 = u32::MAX;

/// What a name is defined as, unless it is a value.
#[derive(Debug, Clone, Copy)]
enum Defined {
    /// A table. It is implied until it has a header of its own, and dotted once a dotted key goes through it.
    Table { is_implied: bool, is_dotted: bool },
    /// An array of tables: its last element, and how many there are.
    Elements { last: u32, count: u32 },
}

/// The definitions of a file up to a statement. They follow `toml_edit`, which accepts and refuses the same files.
#[derive(Debug)]
pub(super) struct Definitions<'a> {
    text: &'a str,
    nodes: Vec<Defined>,
    /// Every name with its table. There is one for each key, so they are small.
    names: HashTable<Name>,
    hasher: RandomState,
    /// The names that are not written as they are.
    decoded: Vec<Box<str>>,
    /// The first header of a descendant, by the number of the table.
    first_below: HashMap<u32, Span>,
    /// The table of the last header.
    current: TomlPlace,
}

/// A name in a table.
#[derive(Debug, Clone, Copy)]
struct Name {
    table: u32,
    /// Where it is in the text; a length of `DECODED` is for the number of a decoded name.
    start: u32,
    len: u32,
    node: u32,
}

const DECODED: u32 = u32::MAX;

impl<'a> Definitions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            nodes: vec![Defined::Table { is_implied: false, is_dotted: false }],
            names: HashTable::new(),
            hasher: RandomState::new(),
            decoded: Vec::new(),
            first_below: HashMap::new(),
            current: TomlPlace::default(),
        }
    }

    /// Opens the table of a header. Returns the table, and the first header above that belongs to a descendant of it. `None` if it
    /// contradicts what is defined above.
    pub(super) fn header(&mut self, path: &[Segment<'a>], is_array: bool, span: Span) -> Option<(&TomlPlace, Option<Span>)> {
        let (last, parents) = path.split_last()?;
        let mut place = TomlPlace::default();
        let mut around = vec![place.node];
        for segment in parents {
            self.descend(&mut place, segment, false)?;
            around.push(place.node);
        }
        place.key = Key::new(&place.key).child(&last.name);
        let existing = self.node_of(place.node, &last.name);
        if existing == Some(VALUE) {
            return None;
        }
        let table = Defined::Table { is_implied: false, is_dotted: false };
        let mut child_above = None;
        match (existing.map(|node| (node, self.nodes[node as usize])), is_array) {
            (None, false) => place.node = self.add(place.node, last, table)?,
            (None, true) => {
                let element = self.push(table)?;
                self.add(place.node, last, Defined::Elements { last: element, count: 1 })?;
                place.enter(element, 1);
            }
            (Some((node, Defined::Table { is_implied: true, is_dotted: false })), false) => {
                self.nodes[node as usize] = table;
                child_above = self.first_below.get(&node).copied();
                place.node = node;
            }
            (Some((node, Defined::Elements { count, .. })), true) => {
                let element = self.push(table)?;
                self.nodes[node as usize] = Defined::Elements { last: element, count: count + 1 };
                place.enter(element, count + 1);
            }
            _ => return None,
        }
        for node in around {
            self.first_below.entry(node).or_insert(span);
        }
        self.current = place;
        Some((&self.current, child_above))
    }

    /// Defines the value of a key in the table of the last header. `None` if it contradicts what is defined above.
    pub(super) fn value(&mut self, path: &[Segment<'a>]) -> Option<TomlPlace> {
        let (last, parents) = path.split_last()?;
        let mut place = self.current.clone();
        for segment in parents {
            self.descend(&mut place, segment, true)?;
        }
        let is_open = matches!(self.nodes[place.node as usize], Defined::Table { is_implied: true, .. });
        if !parents.is_empty() && !is_open || self.node_of(place.node, &last.name).is_some() {
            return None;
        }
        self.name(place.node, last, VALUE)?;
        place.key = Key::new(&place.key).child(&last.name);
        Some(place)
    }

    /// Goes from a table to the one under `segment`, which is implied if it is missing.
    fn descend(&mut self, place: &mut TomlPlace, segment: &Segment<'a>, is_dotted: bool) -> Option<()> {
        place.key = Key::new(&place.key).child(&segment.name);
        let Some(node) = self.node_of(place.node, &segment.name) else {
            place.node = self.add(place.node, segment, Defined::Table { is_implied: true, is_dotted })?;
            return Some(());
        };
        match self.nodes.get_mut(node as usize)? {
            Defined::Elements { last, count } => place.enter(*last, *count),
            Defined::Table { is_implied: false, .. } if is_dotted => return None,
            Defined::Table { is_dotted: is_table_dotted, .. } => {
                *is_table_dotted |= is_dotted;
                place.node = node;
            }
        }
        Some(())
    }

    fn node_of(&self, table: u32, name: &str) -> Option<u32> {
        let Self { text, decoded, .. } = self;
        let is_same = |known: &Name| known.table == table && known.text(text, decoded) == name;
        self.names.find(self.hasher.hash_one((table, name)), is_same).map(|known| known.node)
    }

    fn add(&mut self, table: u32, segment: &Segment<'a>, defined: Defined) -> Option<u32> {
        let node = self.push(defined)?;
        self.name(table, segment, node)?;
        Some(node)
    }

    /// Names `node` in a table that does not have the name yet.
    fn name(&mut self, table: u32, segment: &Segment<'a>, node: u32) -> Option<()> {
        let (start, len) = match &segment.name {
            Cow::Borrowed(name) => (segment.span.start, name.len()),
            Cow::Owned(name) => {
                self.decoded.push(name.as_str().into());
                (self.decoded.len() - 1, DECODED as usize)
            }
        };
        let name = Name { table, start: u32::try_from(start).ok()?, len: u32::try_from(len).ok()?, node };
        let Self { text, decoded, hasher, names, .. } = self;
        let hash = |name: &Name| hasher.hash_one((name.table, name.text(text, decoded)));
        names.insert_unique(hash(&name), name, hash);
        Some(())
    }

    fn push(&mut self, defined: Defined) -> Option<u32> {
        let node = u32::try_from(self.nodes.len()).ok().filter(|node| *node != VALUE)?;
        self.nodes.push(defined);
        Some(node)
    }
}

impl Name {
    fn text<'t>(self, text: &'t str, decoded: &'t [Box<str>]) -> &'t str {
        let start = self.start as usize;
        if self.len == DECODED { &decoded[start] } else { Span::new(start, start + self.len as usize).of(text) }
    }
}

impl TomlPlace {
    /// Goes into the last of `count` elements.
    fn enter(&mut self, element: u32, count: u32) {
        self.key = Key::new(&self.key).elements();
        self.elements.push(count as usize - 1);
        self.node = element;
    }
}
