//! The tables as the server's parser builds them: what can be defined again, and which tables end up inside themselves.

use std::collections::HashMap;

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

#[derive(Debug)]
struct Definition {
    shape: Shape,
    /// The byte at which its definition begins.
    at: usize,
}

#[derive(Debug, Default)]
struct Table {
    definitions: HashMap<Name, Definition>,
    /// Created only as the parent of something else.
    implicit: bool,
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
    tables: Vec<Table>,
    /// Where the header of a table first put the table into itself.
    swallowed: Option<usize>,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self { tables: vec![Table::default(), Table { implicit: true, ..Table::default() }], swallowed: None }
    }

    pub(super) fn create(&mut self) -> TableId {
        self.create_table(false)
    }

    fn create_table(&mut self, implicit: bool) -> TableId {
        self.tables.push(Table { implicit, ..Table::default() });
        self.tables.len() - 1
    }

    /// `[path]` at byte `at`.
    pub(super) fn define_table(&mut self, path: &[Name], at: usize) -> Result<TableId, RejectedDefinition> {
        let Some((name, parents)) = path.split_last() else { return Ok(ROOT) };
        let parent = self.reach(ROOT, parents, at, true)?;
        let Some(definition) = self.tables[parent].definitions.get(name) else {
            let table = self.create();
            self.tables[parent].definitions.insert(name.clone(), Definition { shape: Shape::Table(table), at });
            return Ok(table);
        };
        match definition.shape {
            Shape::Table(table) if self.tables[table].implicit => {
                // Its parent should get it again. The server puts it into itself instead.
                self.tables[table].implicit = false;
                self.tables[table].definitions.insert(name.clone(), Definition { shape: Shape::Table(table), at });
                self.swallowed.get_or_insert(at);
                Ok(table)
            }
            _ => Err(RejectedDefinition { clash: Clash::Defined, depth: path.len(), first: definition.at }),
        }
    }

    /// `[[path]]` at byte `at`.
    pub(super) fn define_element(&mut self, path: &[Name], at: usize) -> Result<TableId, RejectedDefinition> {
        let Some((name, parents)) = path.split_last() else { return Ok(ROOT) };
        let parent = self.reach(ROOT, parents, at, true)?;
        let new = self.create();
        let array = Shape::Array { literal: false, tables: Vec::new() };
        let definition = self.tables[parent].definitions.entry(name.clone()).or_insert(Definition { shape: array, at });
        let clash = match &mut definition.shape {
            Shape::Array { literal: false, tables } => {
                tables.push(new);
                return Ok(new);
            }
            Shape::Array { literal: true, .. } => Clash::LiteralArray,
            Shape::Plain | Shape::Table(_) => Clash::NoArray,
        };
        Err(RejectedDefinition { clash, depth: path.len(), first: definition.at })
    }

    /// `path = …` in `table`, at byte `at`.
    pub(super) fn set(&mut self, table: TableId, path: &[Name], shape: Shape, at: usize) -> Result<(), RejectedDefinition> {
        let Some((name, parents)) = path.split_last() else { return Ok(()) };
        let parent = self.reach(table, parents, at, false)?;
        if let Some(definition) = self.tables[parent].definitions.get(name) {
            return Err(RejectedDefinition { clash: Clash::Defined, depth: path.len(), first: definition.at });
        }
        self.tables[parent].definitions.insert(name.clone(), Definition { shape, at });
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
            table = match self.tables[table].definitions.get(name) {
                None => {
                    let new = self.create_table(true);
                    self.tables[table].definitions.insert(name.clone(), Definition { shape: Shape::Table(new), at });
                    new
                }
                Some(Definition { shape: Shape::Table(inner), .. }) => *inner,
                Some(Definition { shape: Shape::Array { literal: false, tables }, at: first }) if enters_arrays => {
                    let last = tables.last().copied();
                    last.ok_or(RejectedDefinition { clash: Clash::NoTable, depth: number + 1, first: *first })?
                }
                Some(definition) => {
                    return Err(RejectedDefinition { clash: Clash::NoTable, depth: number + 1, first: definition.at });
                }
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
        let mut seen = vec![false; self.tables.len()];
        let mut waiting = vec![EMPTY];
        let mut first: Option<usize> = None;
        seen[EMPTY] = true;
        while let Some(table) = waiting.pop() {
            for definition in self.tables[table].definitions.values() {
                let inner: &[TableId] = match &definition.shape {
                    Shape::Plain => &[],
                    Shape::Table(inner) => std::slice::from_ref(inner),
                    Shape::Array { tables, .. } => tables,
                };
                for inner in inner.iter().copied() {
                    if inner == EMPTY {
                        first = Some(first.map_or(definition.at, |first| first.min(definition.at)));
                    } else if !std::mem::replace(&mut seen[inner], true) {
                        waiting.push(inner);
                    }
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
