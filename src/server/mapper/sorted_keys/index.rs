//! Where the tables and the names of a sorted list of keys are in its text, and the order that it is sorted in. build.rs includes this file.

use std::cmp::Ordering;

/// The places in the text of a list, in bytes from its start.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Each table: where the key in its header begins and ends, and the number of the first table after it that is not below it.
    pub(crate) tables: Vec<(u32, u32, u32)>,
    /// Where each line below the header of a table begins, sorted by the name in front of its first tab.
    pub(crate) names: Vec<u32>,
    /// The same, sorted by the hash of the whole key, which comes first.
    pub(crate) keys: Vec<(u32, u32)>,
    /// Where the lines with a fact that concerns other keys begin.
    pub(crate) lookups: Vec<u32>,
}

/// What begins a fact that concerns other keys than that of its line: those that match it, or those that refer to it.
const LOOKUP_FACTS: [&str; 2] = ["\tinfers ", "\treferred"];

impl Index {
    /// The index of a list; `None` if it is not sorted.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut index = Self::default();
        let mut headers: Vec<&str> = Vec::new();
        // The numbers of the tables around the last one, and its own.
        let mut around: Vec<usize> = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = u32::try_from(start).ok()?;
            start += line.len();
            let line = line.strip_suffix('\n').unwrap_or(line);
            if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                if headers.last().is_some_and(|last| order(last, header).is_ge()) {
                    return None;
                }
                let number = headers.len();
                while let Some(last) = around.pop_if(|last| !is_below(header, headers[*last])) {
                    index.tables[last].2 = u32::try_from(number).ok()?;
                }
                around.push(number);
                headers.push(header);
                index.tables.push((at + 1, at + 1 + u32::try_from(header.len()).ok()?, 0));
            } else if !headers.is_empty() {
                index.names.push(at);
                let table = headers.last().copied().unwrap_or_default();
                let name = line.split_once('\t').map_or(line, |(name, _)| name);
                index.keys.push((if table.is_empty() { hash(&[name]) } else { hash(&[table, ".", name]) }, at));
                if LOOKUP_FACTS.iter().any(|fact| line.contains(fact)) {
                    index.lookups.push(at);
                }
            }
        }
        for last in around {
            index.tables[last].2 = u32::try_from(headers.len()).ok()?;
        }
        index.names.sort_by_key(|at| (name_at(text, *at as usize), *at));
        index.keys.sort_unstable();
        Some(index)
    }
}

/// The hash of a key that consists of `parts` (32-bit FNV-1a).
pub(crate) fn hash(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The name of the line that begins at `at`.
pub(crate) fn name_at(text: &str, at: usize) -> &str {
    let end = text[at..].find(['\t', '\n']).map_or(text.len(), |end| at + end);
    &text[at..end]
}

/// The order of the tables of a list: everything below a table follows it without a gap.
pub(crate) fn order(one: &str, other: &str) -> Ordering {
    let rank = |byte: u8| match byte {
        b'.' => 0,
        b'[' => 1,
        other => u16::from(other) + 2,
    };
    match one.bytes().zip(other.bytes()).find(|(one, other)| one != other) {
        Some((one, other)) => rank(one).cmp(&rank(other)),
        None => one.len().cmp(&other.len()),
    }
}

fn is_below(key: &str, table: &str) -> bool {
    table.is_empty() || key.strip_prefix(table).is_some_and(|rest| rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_a_table_follows_it_without_a_gap() {
        let mut keys = ["a-b", "a", "b", "a.b-c", "aX", "a[].x", "a[]", "a.b", "", "a.b.c", "a.'b.c'", "a_b.c", "a.bX"];
        keys.sort_by(|one, other| order(one, other));
        assert_eq!(keys, ["", "a", "a.'b.c'", "a.b", "a.b.c", "a.b-c", "a.bX", "a[]", "a[].x", "a-b", "aX", "a_b.c", "b"]);
        let text = keys.map(|key| format!("[{key}]\n")).concat();
        let index = Index::of(&text).expect("it is sorted");
        for (number, (_, _, end)) in index.tables.iter().enumerate() {
            let below = keys.iter().rposition(|key| is_below(key, keys[number])).map_or(number + 1, |last| last + 1);
            assert_eq!(*end as usize, below, "{}", keys[number]);
        }
    }

    #[test]
    fn names_are_sorted_and_facts_about_other_keys_are_found() {
        let text = "product\tp\n[a]\nz\tinfers \"x\"\n[b]\na\treferred\na\ttruth\nb\n";
        let index = Index::of(text).expect("it is sorted");
        let names: Vec<&str> = index.names.iter().map(|at| name_at(text, *at as usize)).collect();
        assert_eq!(names, ["a", "a", "b", "z"]);
        let lookups: Vec<&str> = index.lookups.iter().map(|at| name_at(text, *at as usize)).collect();
        assert_eq!(lookups, ["z", "a"]);
    }

    #[test]
    fn a_list_that_is_not_sorted_has_no_index() {
        for text in ["[b]\n[a]\n", "[a]\n[a]\n", "[a-b]\n[a.b]\n"] {
            assert!(Index::of(text).is_none(), "{text:?}");
        }
        assert!(Index::of("").is_some_and(|index| index.tables.is_empty()));
    }
}
