//! The tables as the server's parser builds them: what may be defined again, and what ends up inside itself.

use std::collections::HashMap;

/// A segment of a key, in UTF-16 as the server holds it: an escape can name half a pair.
pub(super) type Name = Box<[u16]>;

/// The number of a table.
pub(super) type TableId = usize;

/// The whole document.
pub(super) const ROOT: TableId = 0;

/// Every `{}` of a document: one and the same table for the server, and one that counts as not defined yet.
pub(super) const EMPTY: TableId = 1;

/// What a key holds, as far as other definitions depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// Neither table nor array.
    Plain,
    Table(TableId),
    /// An array; the tables that lie in it, at any depth.
    Array {
        literal: bool,
        tables: Vec<TableId>,
    },
}

#[derive(Debug)]
struct Element {
    held: Held,
    /// The byte at which its definition begins.
    at: usize,
}

#[derive(Debug, Default)]
struct Table {
    elements: HashMap<Name, Element>,
    /// Created on the way to something below it.
    implicit: bool,
}

/// Why something cannot be defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    Defined,
    NoTable,
    NoArray,
    LiteralArray,
}

/// A definition that the server refuses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub clash: Clash,
    /// How many segments of the path lead to what stands in the way.
    pub depth: usize,
    /// Where that was defined.
    pub first: usize,
}

/// All tables of a document.
#[derive(Debug)]
pub(super) struct Tables {
    tables: Vec<Table>,
    /// Where a table was first put into itself by its own header.
    swallowed: Option<usize>,
}

impl Tables {
    pub fn new() -> Self {
        Self { tables: vec![Table::default(), Table { implicit: true, ..Table::default() }], swallowed: None }
    }

    pub fn create(&mut self) -> TableId {
        self.create_table(false)
    }

    fn create_table(&mut self, implicit: bool) -> TableId {
        self.tables.push(Table { implicit, ..Table::default() });
        self.tables.len() - 1
    }

    /// `[path]` at byte `at`.
    pub fn define_table(&mut self, path: &[Name], at: usize) -> Result<TableId, Refused> {
        let Some((name, parents)) = path.split_last() else { return Ok(ROOT) };
        let parent = self.reach(ROOT, parents, at, true)?;
        let Some(element) = self.tables[parent].elements.get(name) else {
            let table = self.create();
            self.tables[parent].elements.insert(name.clone(), Element { held: Held::Table(table), at });
            return Ok(table);
        };
        match element.held {
            Held::Table(table) if self.tables[table].implicit => {
                // It should be entered anew under its parent. The server enters it into itself.
                self.tables[table].implicit = false;
                self.tables[table].elements.insert(name.clone(), Element { held: Held::Table(table), at });
                self.swallowed.get_or_insert(at);
                Ok(table)
            }
            _ => Err(Refused { clash: Clash::Defined, depth: path.len(), first: element.at }),
        }
    }

    /// `[[path]]` at byte `at`.
    pub fn define_element(&mut self, path: &[Name], at: usize) -> Result<TableId, Refused> {
        let Some((name, parents)) = path.split_last() else { return Ok(ROOT) };
        let parent = self.reach(ROOT, parents, at, true)?;
        let new = self.create();
        let array = Held::Array { literal: false, tables: Vec::new() };
        let element = self.tables[parent].elements.entry(name.clone()).or_insert(Element { held: array, at });
        let clash = match &mut element.held {
            Held::Array { literal: false, tables } => {
                tables.push(new);
                return Ok(new);
            }
            Held::Array { literal: true, .. } => Clash::LiteralArray,
            Held::Plain | Held::Table(_) => Clash::NoArray,
        };
        Err(Refused { clash, depth: path.len(), first: element.at })
    }

    /// `path = …` in `table`, at byte `at`.
    pub fn set(&mut self, table: TableId, path: &[Name], held: Held, at: usize) -> Result<(), Refused> {
        let Some((name, parents)) = path.split_last() else { return Ok(()) };
        let parent = self.reach(table, parents, at, false)?;
        if let Some(element) = self.tables[parent].elements.get(name) {
            return Err(Refused { clash: Clash::Defined, depth: path.len(), first: element.at });
        }
        self.tables[parent].elements.insert(name.clone(), Element { held, at });
        Ok(())
    }

    /// The table at `path` below `table`, created where it is missing. Headers also lead into the last element of an array of tables.
    fn reach(&mut self, mut table: TableId, path: &[Name], at: usize, enters_arrays: bool) -> Result<TableId, Refused> {
        for (number, name) in path.iter().enumerate() {
            table = match self.tables[table].elements.get(name) {
                None => {
                    let new = self.create_table(true);
                    self.tables[table].elements.insert(name.clone(), Element { held: Held::Table(new), at });
                    new
                }
                Some(Element { held: Held::Table(inner), .. }) => *inner,
                Some(Element { held: Held::Array { literal: false, tables }, at: first }) if enters_arrays => {
                    let last = tables.last().copied();
                    last.ok_or(Refused { clash: Clash::NoTable, depth: number + 1, first: *first })?
                }
                Some(element) => return Err(Refused { clash: Clash::NoTable, depth: number + 1, first: element.at }),
            };
        }
        Ok(table)
    }

    /// Where a table was put into itself, the first time: whoever lists the keys of the document never comes to an end.
    pub fn endless(&self) -> Option<usize> {
        let inside = self.empty_inside_itself();
        match (self.swallowed, inside) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// Where a `{}` stands below another one that was extended, the first in the text.
    fn empty_inside_itself(&self) -> Option<usize> {
        let mut seen = vec![false; self.tables.len()];
        let mut waiting = vec![EMPTY];
        let mut first: Option<usize> = None;
        seen[EMPTY] = true;
        while let Some(table) = waiting.pop() {
            for element in self.tables[table].elements.values() {
                let inner: &[TableId] = match &element.held {
                    Held::Plain => &[],
                    Held::Table(inner) => std::slice::from_ref(inner),
                    Held::Array { tables, .. } => tables,
                };
                for inner in inner.iter().copied() {
                    if inner == EMPTY {
                        first = Some(first.map_or(element.at, |first| first.min(element.at)));
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

    fn path(key: &str) -> Vec<Name> {
        key.split('.').map(|name| name.encode_utf16().collect()).collect()
    }

    #[test]
    fn a_late_parent_is_put_into_itself() {
        let mut tables = Tables::new();
        let child = tables.define_table(&path("a.b"), 0).expect("new");
        assert_eq!(tables.set(child, &path("x"), Held::Plain, 6), Ok(()));
        assert_eq!(tables.endless(), None);
        tables.define_table(&path("a"), 12).expect("taken");
        assert_eq!(tables.endless(), Some(12));
        let again = tables.define_table(&path("a"), 20).expect_err("defined");
        assert_eq!(again, Refused { clash: Clash::Defined, depth: 1, first: 0 });
    }

    #[test]
    fn every_empty_inline_table_is_the_same() {
        let mut tables = Tables::new();
        for name in ["a", "b"] {
            assert_eq!(tables.set(ROOT, &path(name), Held::Table(EMPTY), 0), Ok(()));
        }
        assert_eq!(tables.set(ROOT, &path("a.x"), Held::Plain, 10), Ok(()));
        let other = tables.set(ROOT, &path("b.x"), Held::Plain, 20).expect_err("defined");
        assert_eq!(other.first, 10);
        assert_eq!(tables.endless(), None);
        assert_eq!(tables.set(ROOT, &path("a.y"), Held::Table(EMPTY), 30), Ok(()));
        assert_eq!(tables.endless(), Some(30));
    }
}
