//! A table of keys: its header, its lines, and which of its versions serve for a wanted one.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::line::KeyLine;
use crate::catalog::Version;
use crate::server::mapper::schema::Fit;
use crate::server::mapper::sorted_keys::{EmbeddedKeys, SortedKeys};

/// A table as it is stored, with its header read.
#[derive(Debug)]
pub struct KeyTable {
    /// The id of the product.
    pub product: String,
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    numbers: Vec<String>,
    /// The versions of which some keys are missing.
    incomplete: Vec<String>,
    pub(super) keys: Arc<SortedKeys>,
}

impl KeyTable {
    /// Reads the header of a table; `None` if `text` is not a table.
    pub fn open(text: &str) -> Option<Arc<Self>> {
        Self::of(SortedKeys::read(text.to_owned())?)
    }

    /// The same for a table that the library embeds.
    pub(in crate::server::mapper) fn embedded(keys: EmbeddedKeys) -> Option<Arc<Self>> {
        Self::of(SortedKeys::embedded(keys))
    }

    fn of(keys: SortedKeys) -> Option<Arc<Self>> {
        let (mut product, mut numbers, mut incomplete) = (String::new(), Vec::new(), Vec::new());
        let list = |versions: &str| versions.split('\t').map(ToOwned::to_owned).collect();
        for line in keys.preface().lines().filter(|line| !line.starts_with('#')) {
            match line.split_once('\t')? {
                ("product", id) => id.clone_into(&mut product),
                ("versions", versions) => numbers = list(versions),
                ("incomplete", versions) => incomplete = list(versions),
                ("file", _) => {}
                _ => return None,
            }
        }
        let versions: Vec<Version> = numbers.iter().map(|number| Version::parse(number)).collect::<Option<_>>()?;
        let table = Self { product, versions, numbers, incomplete, keys: Arc::new(keys) };
        (!table.product.is_empty() && !table.versions.is_empty()).then(|| Arc::new(table))
    }

    /// The names that the table has for the files that templates render, each with its path.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.preface().lines().filter_map(|line| line.strip_prefix("file\t")?.split_once('\t'))
    }

    /// Reads a line.
    pub(super) fn line<'a>(&self, line: &'a str) -> Option<KeyLine<'a>> {
        KeyLine::read(line, &self.numbers)
    }

    /// The indices of the versions whose keys are used for `wanted`, and how well they fit.
    pub fn versions_for(&self, wanted: Option<&Version>) -> (RangeInclusive<usize>, Fit) {
        let newest = self.versions.len() - 1;
        let Some(wanted) = wanted else { return (0..=newest, Fit::AnyVersion) };
        let below = self.versions.iter().rposition(|version| version.compare(wanted).is_le());
        match below {
            Some(at) if self.versions[at].compare(wanted).is_eq() => {
                let is_incomplete = self.incomplete.contains(&self.numbers[at]);
                (at..=at, if is_incomplete { Fit::Incomplete } else { Fit::Released })
            }
            Some(at) => (at..=(at + 1).min(newest), Fit::Neighbours),
            None => (0..=0, Fit::Neighbours),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# comment\nproduct\tp\nversions\t1.0\t2.0\t3.0\nincomplete\t3.0\nfile\tc\tconf/carbon.xml\n[]\nname\t>c\n[cache]\nsize\t@..2.0\t>c\t=1\nsize\t@3.0\t>c\t=2\nmode\t@2.0..\ttruth\n";

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn a_version_without_keys_gets_those_of_its_neighbours() {
        let table = KeyTable::open(TABLE).expect("a table");
        for (wanted, expected) in [
            (Some("2.0"), (1..=1, Fit::Released)),
            (Some("2.5"), (1..=2, Fit::Neighbours)),
            (Some("0.9"), (0..=0, Fit::Neighbours)),
            (Some("3.0"), (2..=2, Fit::Incomplete)),
            (Some("4.0"), (2..=2, Fit::Neighbours)),
            (None, (0..=2, Fit::AnyVersion)),
        ] {
            assert_eq!(table.versions_for(wanted.map(version).as_ref()), expected, "{wanted:?}");
        }
    }

    #[test]
    fn lines_hold_for_their_versions_only() {
        let table = KeyTable::open(TABLE).expect("a table");
        let live = |chosen| {
            let schema = table.schema(chosen, Fit::Released);
            ["name", "cache.size", "cache.mode"].map(|key| schema.is_read(key))
        };
        assert_eq!(live(0..=0), [true, true, false]);
        assert_eq!(live(1..=1), [true, true, true]);
        let default = |chosen| table.schema(chosen, Fit::Released).default_of("cache.size").and_then(serde_json::Value::as_i64);
        assert_eq!((default(0..=0), default(2..=2), default(1..=2)), (Some(1), Some(2), Some(2)));
        let schema = table.schema(0..=0, Fit::Released);
        assert_eq!(schema.reached_outputs("name").into_iter().collect::<Vec<_>>(), ["conf/carbon.xml"]);
    }

    #[test]
    fn segments_in_quotes_and_lists_in_lists_are_found() {
        let text = "product\tp\nversions\t1.0\n['m[].n']\no\ttruth\n[l[][].'x[].y']\nz\ttruth\n";
        let schema = KeyTable::open(text).expect("a table").schema(0..=0, Fit::Released);
        assert!(schema.is_read("l[][].'x[].y'.z") && schema.is_read("'m[].n'.o"));
        assert!(!schema.is_read("l[].'x[].y'.z") && !schema.is_read("m[].n.o"));
        assert!(schema.keys().contains("l[][].'x[].y'.z"));
    }

    #[test]
    fn other_texts_are_not_tables() {
        for text in
            ["", "product\tp\n", "versions\t1.0\n", "product\tp\nversions\tx\n", "product\tp\nversions\t1.0\nother\tx\n", "x"]
        {
            assert!(KeyTable::open(text).is_none(), "{text:?}");
        }
    }
}
