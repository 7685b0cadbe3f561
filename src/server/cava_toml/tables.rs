//! The tables as the server's parser builds them: what can be defined again, and which tables end up inside themselves.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

/// A segment of a key, in UTF-16 as in the server: an escape can be half a surrogate pair.
pub(super) type Name = Box<[u16]>;

/// The number of a table.
pub(super) type TableId = usize;

/// The whole document.
pub(super) const ROOT: TableId = 0;

/// Every `{}` of a document: the server uses one table for all of them, which counts as not yet defined.
pub(super) const EMPTY: TableId = 1;

/// What a key is defined as, as far as other definitions depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Neither table nor array.
    Plain,
    Table(TableId),
    /// An array, with the tables in it at any depth.
    Array {
        literal: bool,
        tables: Vec<TableId>,
    },
}

/// What is kept of a shape.
#[derive(Debug, Clone, Copy)]
enum Defined {
    Plain,
    Table(TableId),
    /// An array, with the number of its list of tables.
    Array {
        literal: bool,
        list: usize,
    },
}

/// A key of a table. There can be as many as lines.
#[derive(Debug)]
struct Definition {
    table: TableId,
    name: Name,
    defined: Defined,
    /// The byte at which its definition begins.
    at: usize,
}

/// Why a definition is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    Defined,
    NoTable,
    NoArray,
    LiteralArray,
}

/// A definition that the server rejects.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RejectedDefinition {
    pub clash: Clash,
    /// How many segments of the path lead to the conflicting definition.
    pub depth: usize,
    /// Where that one is.
    pub first: usize,
}

/// All tables of a document.
#[derive(Debug)]
pub(super) struct Tables {
    /// The keys of all tables.
    definitions: HashTable<Definition>,
    hasher: RandomState,
    /// For each table, whether it was created only as the parent of something else.
    implicit: Vec<bool>,
    /// The tables in arrays.
    lists: Vec<Vec<TableId>>,
    /// Where the header of a table first put the table into itself.
    swallowed: Option<usize>,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            definitions: HashTable::new(),
            hasher: RandomState::new(),
            implicit: vec![false, true],
            lists: Vec::new(),
            swallowed: None,
        }
    }

    pub(super) fn create(&mut self) -> TableId {
        self.create_table(false)
    }

    fn create_table(&mut self, implicit: bool) -> TableId {
        self.implicit.push(implicit);
        self.implicit.len() - 1
    }

    fn find(&self, table: TableId, name: &Name) -> Option<&Definition> {
        let is_same = |known: &Definition| known.table == table && known.name == *name;
        self.definitions.find(self.hasher.hash_one((table, name)), is_same)
    }

    /// Defines a key of a table, in place of what it was defined as before.
    fn define(&mut self, table: TableId, name: &Name, defined: Defined, at: usize) {
        let hash = |definition: &Definition| self.hasher.hash_one((definition.table, &definition.name));
        let is_same = |known: &Definition| known.table == table && known.name == *name;
        let definition = Definition { table, name: name.clone(), defined, at };
        self.definitions.entry(hash(&definition), is_same, hash).insert(definition);
    }

    /// `[path]` at byte `at`.
    pub(super) fn define_table(&mut self, path: &[Name], at: usize) -> Result<TableId, RejectedDefinition> {
        let Some((name, parents)) = path.split_last() else { return Ok(ROOT) };
        let parent = self.reach(ROOT, parents, at, true)?;
        let Some(&Definition { defined, at: first, .. }) = self.find(parent, name) else {
            let table = self.create();
            self.define(parent, name, Defined::Table(table), at);
            return Ok(table);
        };
        match defined {
            Defined::Table(table) if self.implicit[table] => {
                // Its parent should get it again. The server puts it into itself instead.
                self.implicit[table] = false;
                self.define(table, name, Defined::Table(table), at);
                self.swallowed.get_or_insert(at);
                Ok(table)
            }
            _ => Err(RejectedDefinition { clash: Clash::Defined, depth: path.len(), first }),
        }
    }

    /// `[[path]]` at byte `at`.
    pub(super) fn define_element(&mut self, path: &[Name], at: usize) -> Result<TableId, RejectedDefinition> {
        let Some((name, parents)) = path.split_last() else { return Ok(ROOT) };
        let parent = self.reach(ROOT, parents, at, true)?;
        let new = self.create();
        let clash = match self.find(parent, name).map(|known| (known.defined, known.at)) {
            None => {
                self.lists.push(vec![new]);
                self.define(parent, name, Defined::Array { literal: false, list: self.lists.len() - 1 }, at);
                return Ok(new);
            }
            Some((Defined::Array { literal: false, list }, _)) => {
                self.lists[list].push(new);
                return Ok(new);
            }
            Some((Defined::Array { literal: true, .. }, first)) => (Clash::LiteralArray, first),
            Some((Defined::Plain | Defined::Table(_), first)) => (Clash::NoArray, first),
        };
        Err(RejectedDefinition { clash: clash.0, depth: path.len(), first: clash.1 })
    }

    /// `path = …` in `table`, at byte `at`.
    pub(super) fn set(&mut self, table: TableId, path: &[Name], shape: Shape, at: usize) -> Result<(), RejectedDefinition> {
        let Some((name, parents)) = path.split_last() else { return Ok(()) };
        let parent = self.reach(table, parents, at, false)?;
        if let Some(definition) = self.find(parent, name) {
            return Err(RejectedDefinition { clash: Clash::Defined, depth: path.len(), first: definition.at });
        }
        let defined = match shape {
            Shape::Plain => Defined::Plain,
            Shape::Table(table) => Defined::Table(table),
            Shape::Array { literal, tables } => {
                self.lists.push(tables);
                Defined::Array { literal, list: self.lists.len() - 1 }
            }
        };
        self.define(parent, name, defined, at);
        Ok(())
    }

    /// The table at `path` below `table`, created if it is missing. Headers also lead into the last element of an array of tables.
    fn reach(
        &mut self,
        mut table: TableId,
        path: &[Name],
        at: usize,
        enters_arrays: bool,
    ) -> Result<TableId, RejectedDefinition> {
        for (number, name) in path.iter().enumerate() {
            let refused = |first| RejectedDefinition { clash: Clash::NoTable, depth: number + 1, first };
            table = match self.find(table, name).map(|known| (known.defined, known.at)) {
                None => {
                    let new = self.create_table(true);
                    self.define(table, name, Defined::Table(new), at);
                    new
                }
                Some((Defined::Table(inner), _)) => inner,
                Some((Defined::Array { literal: false, list }, first)) if enters_arrays => {
                    self.lists[list].last().copied().ok_or(refused(first))?
                }
                Some((_, first)) => return Err(refused(first)),
            };
        }
        Ok(table)
    }

    /// Where a table was first put into itself. Listing the keys of such a document never ends.
    pub(super) fn endless(&self) -> Option<usize> {
        let inside = self.empty_inside_itself();
        match (self.swallowed, inside) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// The first place in the text where a `{}` is below another `{}` that was extended.
    fn empty_inside_itself(&self) -> Option<usize> {
        let mut inside: HashMap<TableId, Vec<(TableId, usize)>> = HashMap::new();
        if self.definitions.iter().any(|definition| definition.table == EMPTY) {
            for definition in &self.definitions {
                let inner = match &definition.defined {
                    Defined::Plain => &[],
                    Defined::Table(inner) => std::slice::from_ref(inner),
                    Defined::Array { list, .. } => self.lists[*list].as_slice(),
                };
                inside.entry(definition.table).or_default().extend(inner.iter().map(|inner| (*inner, definition.at)));
            }
        }
        let mut seen = vec![false; self.implicit.len()];
        let mut waiting = vec![EMPTY];
        let mut first: Option<usize> = None;
        seen[EMPTY] = true;
        while let Some(table) = waiting.pop() {
            for (inner, at) in inside.get(&table).into_iter().flatten().copied() {
                if inner == EMPTY {
                    first = Some(first.map_or(at, |first| first.min(at)));
                } else if !std::mem::replace(&mut seen[inner], true) {
                    waiting.push(inner);
                }
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::key::Key;

    fn path(key: &str) -> Vec<Name> {
        Key::new(key).segments().map(|segment| segment.name.encode_utf16().collect()).collect()
    }

    #[test]
    fn a_late_parent_is_put_into_itself() {
        let mut tables = Tables::new();
        let child = tables.define_table(&path("a.b"), 0).expect("new");
        assert_eq!(tables.set(child, &path("x"), Shape::Plain, 6), Ok(()));
        assert_eq!(tables.endless(), None);
        tables.define_table(&path("a"), 12).expect("accepted");
        assert_eq!(tables.endless(), Some(12));
        let again = tables.define_table(&path("a"), 20).expect_err("defined");
        assert_eq!(again, RejectedDefinition { clash: Clash::Defined, depth: 1, first: 0 });
    }

    #[test]
    fn every_empty_inline_table_is_the_same() {
        let mut tables = Tables::new();
        for name in ["a", "b"] {
            assert_eq!(tables.set(ROOT, &path(name), Shape::Table(EMPTY), 0), Ok(()));
        }
        assert_eq!(tables.set(ROOT, &path("a.x"), Shape::Plain, 10), Ok(()));
        let other = tables.set(ROOT, &path("b.x"), Shape::Plain, 20).expect_err("defined");
        assert_eq!(other.first, 10);
        assert_eq!(tables.endless(), None);
        assert_eq!(tables.set(ROOT, &path("a.y"), Shape::Table(EMPTY), 30), Ok(()));
        assert_eq!(tables.endless(), Some(30));
    }
}
