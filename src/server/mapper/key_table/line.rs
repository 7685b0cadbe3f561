//! A line of a table of keys.

use std::ops::RangeInclusive;

/// A key with the facts that are true for some versions of it.
#[derive(Debug, PartialEq)]
pub(super) struct KeyLine<'a> {
    /// The key's name in its table.
    pub(super) name: &'a str,
    /// The indices of the versions.
    pub(super) versions: RangeInclusive<usize>,
    /// The facts, separated by tabs.
    pub(super) facts: &'a str,
}

impl<'a> KeyLine<'a> {
    /// Reads a line of a table of versions with these numbers; `None` if it is malformed.
    pub(super) fn read(line: &'a str, numbers: &[String]) -> Option<Self> {
        let (name, mut facts) = line.split_once('\t')?;
        let newest = numbers.len() - 1;
        let mut versions = 0..=newest;
        if let Some(rest) = facts.strip_prefix('@') {
            let (range, rest) = rest.split_once('\t')?;
            let number = |text: &str| numbers.iter().position(|number| *number == text);
            versions = match range.split_once("..") {
                None => number(range)?..=number(range)?,
                Some((first, last)) => {
                    let first = if first.is_empty() { 0 } else { number(first)? };
                    first..=if last.is_empty() { newest } else { number(last)? }
                }
            };
            facts = rest;
        }
        Some(Self { name, versions, facts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_for_some_versions_only() {
        let numbers = ["1.0", "2.0", "3.0"].map(str::to_owned);
        for (line, versions) in [
            ("k\ttruth\tloop", 0..=2),
            ("k\t@2.0\ttruth\tloop", 1..=1),
            ("k\t@..2.0\ttruth\tloop", 0..=1),
            ("k\t@2.0..\ttruth\tloop", 1..=2),
            ("k\t@1.0..2.0\ttruth\tloop", 0..=1),
        ] {
            assert_eq!(KeyLine::read(line, &numbers), Some(KeyLine { name: "k", versions, facts: "truth\tloop" }), "{line}");
        }
        for line in ["k", "k\t@9.9\ttruth", "k\t@1.0", "k\t@1.0..9.9\ttruth"] {
            assert_eq!(KeyLine::read(line, &numbers), None, "{line}");
        }
    }
}
