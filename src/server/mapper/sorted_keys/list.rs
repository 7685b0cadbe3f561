//! A sorted list of keys, and how a table in it is found.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::index::{Index, hash, name_at, order};
use super::tree::{Branches, Subtree};
use crate::source::key::Key;

/// Keys as text, each table with its names: `[table]`, and below it a line per name, with facts after tabs. Nothing is read before it is looked up.
#[derive(Debug)]
pub(in crate::server::mapper) struct SortedKeys {
    text: Cow<'static, str>,
    tables: Cow<'static, [(u32, u32, u32)]>,
    names: Cow<'static, [u32]>,
    keys: Cow<'static, [(u32, u32)]>,
    lookups: Cow<'static, [u32]>,
    pub(super) branches: Branches,
}

/// A list that the library embeds: its text, and the parts of its [`Index`].
pub(in crate::server::mapper) type EmbeddedKeys =
    (&'static str, &'static [(u32, u32, u32)], &'static [u32], &'static [(u32, u32)], &'static [u32]);

impl SortedKeys {
    /// A list that the library embeds.
    pub(in crate::server::mapper) fn embedded((text, tables, names, keys, lookups): EmbeddedKeys) -> Self {
        let (text, tables, names) = (Cow::Borrowed(text), Cow::Borrowed(tables), Cow::Borrowed(names));
        let (keys, lookups) = (Cow::Borrowed(keys), Cow::Borrowed(lookups));
        Self { text, tables, names, keys, lookups, branches: Branches::new() }
    }

    /// The list with this text; `None` if it is not sorted.
    pub(in crate::server::mapper) fn read(text: String) -> Option<Self> {
        let Index { tables, names, keys, lookups } = Index::of(&text)?;
        let (tables, names, keys, lookups) = (tables.into(), names.into(), keys.into(), lookups.into());
        Some(Self { text: text.into(), tables, names, keys, lookups, branches: Branches::new() })
    }

    /// The list of these keys, without facts.
    pub(in crate::server::mapper) fn of_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for key in keys {
            let (table, name) = Key::new(key).table_and_name();
            tables.entry(table.as_str()).or_default().push(name);
        }
        let mut tables: Vec<(&str, Vec<&str>)> = tables.into_iter().collect();
        tables.sort_by(|(one, _), (other, _)| order(one, other));
        let text = tables.iter().fold(String::new(), |text, (table, names)| format!("{text}[{table}]\n{}\n", names.join("\n")));
        Self::read(text).unwrap_or_else(|| Self::embedded(("", &[], &[], &[], &[])))
    }

    /// The text in front of the first table.
    pub(in crate::server::mapper) fn preface(&self) -> &str {
        &self.text[..self.tables.first().map_or(self.text.len(), |(start, ..)| *start as usize - 1)]
    }

    /// The number of tables.
    pub(in crate::server::mapper) fn table_count(&self) -> usize {
        self.tables.len()
    }

    /// The key of the table with this number.
    pub(in crate::server::mapper) fn header(&self, table: usize) -> &str {
        let (start, end, _) = self.tables[table];
        &self.text[start as usize..end as usize]
    }

    /// The lines of the table with this number.
    pub(in crate::server::mapper) fn lines(&self, table: usize) -> impl Iterator<Item = &str> {
        self.text[self.range(table)].lines().skip(1)
    }

    /// Where a table is in the text, from the key in its header on.
    fn range(&self, table: usize) -> Range<usize> {
        let end = self.tables.get(table + 1).map_or(self.text.len(), |(next, ..)| *next as usize - 1);
        self.tables[table].0 as usize..end
    }

    /// The lines of a key.
    pub(in crate::server::mapper) fn lines_of(&self, key: &str) -> impl Iterator<Item = &str> {
        let hash = hash(&[key]);
        let first = self.keys.partition_point(|(known, _)| *known < hash);
        let alike = self.keys[first..].iter().take_while(move |(known, _)| *known == hash);
        alike
            .filter(move |(_, at)| is_key(key, self.table_around(*at), self.name_at(*at)))
            .map(|(_, at)| self.line_at(*at as usize))
    }

    /// The tables in a subtree: those whose keys begin with `key`, which is a table.
    pub(in crate::server::mapper) fn subtree(&self, key: &str) -> Subtree {
        let first = self.tables.partition_point(|(start, end, _)| order(&self.text[*start as usize..*end as usize], key).is_lt());
        let is_inside = |table: usize| Key::new(key).covers(Key::new(self.header(table)));
        let mut last = first;
        while last < self.tables.len() && is_inside(last) {
            last = self.tables[last].2 as usize;
        }
        Subtree { tables: first..last, common: key.len() }
    }

    /// The lines with a fact that concerns other keys, each with the key of its table.
    pub(in crate::server::mapper) fn lookups(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lookups.iter().map(|at| (self.table_around(*at), self.line_at(*at as usize)))
    }

    /// The keys of the tables that have a key of this name, each at least once.
    pub(in crate::server::mapper) fn tables_with(&self, name: &str) -> impl Iterator<Item = &str> {
        let first = self.names.partition_point(|at| self.name_at(*at) < name);
        self.names[first..].iter().take_while(move |at| self.name_at(**at) == name).map(|at| self.table_around(*at))
    }

    fn name_at(&self, at: u32) -> &str {
        name_at(&self.text, at as usize)
    }

    fn table_around(&self, at: u32) -> &str {
        self.header(self.tables.partition_point(|(start, ..)| *start <= at) - 1)
    }

    fn line_at(&self, at: usize) -> &str {
        let rest = &self.text[at..];
        &rest[..rest.find('\n').unwrap_or(rest.len())]
    }

    /// All tables.
    pub(in crate::server::mapper) fn root(&self) -> Subtree {
        Subtree { tables: 0..self.table_count(), common: 0 }
    }

    /// The table that everything else in a subtree is below; `None` if the list has no key directly in it.
    pub(in crate::server::mapper) fn top_of(&self, tree: &Subtree) -> Option<usize> {
        (!tree.tables.is_empty() && self.header(tree.tables.start).len() == tree.common).then_some(tree.tables.start)
    }

    /// The subtrees one step further. A step is a key of a table, or `[]`, the elements of a list.
    pub(in crate::server::mapper) fn below(&self, tree: &Subtree) -> impl Iterator<Item = Subtree> {
        let Subtree { tables, common } = tree.clone();
        let mut next = tables.start + usize::from(self.top_of(tree).is_some());
        std::iter::from_fn(move || {
            let start = next;
            if start >= tables.end {
                return None;
            }
            let header = self.header(start);
            let step = &header[common..common + step_len(&header[common..])];
            let begins = |header: &str| {
                header[common..].strip_prefix(step).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            while next < tables.end && begins(self.header(next)) {
                next = self.tables[next].2 as usize;
            }
            Some(Subtree { tables: start..next, common: common + step.len() })
        })
    }
}

/// Whether `key` is the key of this name in `table`.
fn is_key(key: &str, table: &str, name: &str) -> bool {
    let rest = key.strip_suffix(name);
    rest.and_then(|rest| if table.is_empty() { Some(rest) } else { rest.strip_suffix('.') }) == Some(table)
}

/// The length of the first step of `rest`, which is what follows a table in the key of another one: a dot and a segment, or `[]`.
fn step_len(rest: &str) -> usize {
    if rest.starts_with('[') {
        return rest.find(']').map_or(rest.len(), |end| end + 1);
    }
    let segment = rest.strip_prefix('.').unwrap_or(rest);
    rest.len() - segment.len() + Key::new(segment).segments().next().map_or(0, |first| first.without_marks().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 9] = [
        "port",
        "a.b.c",
        "a.b.d",
        "a.b-x.c",
        "a.'q.r'.c",
        "a.list[].name",
        "a.list[][].name",
        "a.list[].inner.name",
        "z.only.deep",
    ];

    #[test]
    fn tables_and_their_lines_are_found() {
        let keys = SortedKeys::of_keys(KEYS);
        let lines = |key| keys.lines_of(key).collect::<Vec<_>>();
        assert_eq!((lines("a.list[].name"), lines("a.'q.r'.c"), lines("port")), (vec!["name"], vec!["c"], vec!["port"]));
        assert!(lines("a.list.name").is_empty() && lines("z.name").is_empty() && lines("c").is_empty());
        let table = keys.top_of(&keys.subtree("a.b")).expect("the table");
        assert_eq!((keys.header(table), keys.lines(table).collect::<Vec<_>>()), ("a.b", vec!["c", "d"]));
        assert_eq!(keys.tables_with("c").collect::<Vec<_>>(), ["a.'q.r'", "a.b", "a.b-x"]);
        assert_eq!((keys.tables_with("port").collect::<Vec<_>>(), keys.tables_with("deeper").count()), (vec![""], 0));
    }

    #[test]
    fn every_step_leads_to_one_subtree() {
        let keys = SortedKeys::of_keys(KEYS);
        let mut seen = Vec::new();
        let mut trees = vec![keys.root()];
        while let Some(tree) = trees.pop() {
            let key = &keys.header(tree.tables.start)[..tree.common];
            assert_eq!(keys.subtree(key).tables, tree.tables, "{key}");
            seen.push(key.to_owned());
            trees.extend(keys.below(&tree));
        }
        seen.sort();
        assert_eq!(
            seen,
            ["", "a", "a.'q.r'", "a.b", "a.b-x", "a.list", "a.list[]", "a.list[].inner", "a.list[][]", "z", "z.only"]
        );
    }
}
