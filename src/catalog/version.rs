//! Product versions and ranges of them.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A version such as `4.5.0` or `4.7.0-m1`: numbers, and a suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    numbers: Vec<u32>,
    text: String,
}

impl Version {
    /// Reads a version; `None` if the text does not begin with a number, such as a `${product.version}` that was never replaced.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let end = text.find(|character: char| !(character.is_ascii_digit() || character == '.')).unwrap_or(text.len());
        let numbers: Option<Vec<u32>> = text[..end].trim_end_matches('.').split('.').map(|number| number.parse().ok()).collect();
        Some(Self { numbers: numbers?, text: text.to_owned() })
    }

    /// A version below every other.
    pub fn zero() -> Self {
        Self { numbers: vec![0], text: "0".to_owned() }
    }

    /// Compares the numbers, counting missing ones as zero: `4.5` equals `4.5.0`. The suffix does not count.
    pub fn compare(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let number = |version: &Self, at: usize| version.numbers.get(at).copied().unwrap_or(0);
        (0..length).map(|at| number(self, at).cmp(&number(other, at))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// A version between every earlier release and this one: for 3.0, one that is newer than any 2.x.
    #[must_use]
    pub fn just_below(&self) -> Self {
        let mut numbers = self.numbers.clone();
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        if let Some(last) = numbers.last_mut() {
            *last -= 1;
        }
        numbers.push(u32::MAX);
        Self { numbers, text: format!("below {}", self.text) }
    }

    /// Whether this version is `latest`, an update of it, or older.
    pub fn is_at_most(&self, latest: &Self) -> bool {
        let release = |version: &Self| version.numbers.iter().copied().take(2).collect::<Vec<_>>();
        release(self) == release(latest) || self.compare(latest).is_le()
    }

    /// Whether this version begins with the numbers of `prefix`: 6.5.0 begins with 6.5.
    pub fn begins_with(&self, prefix: &Self) -> bool {
        self.numbers.starts_with(&prefix.numbers)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not a version")))
    }
}

/// A range of versions: `>=3.0, <4.7`, `=3.1` (any 3.1.x), or every version when it is empty.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    bounds: Vec<(Bound, Version)>,
}

/// Why a text is not a range of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidVersions {
    /// This part does not begin with a comparison.
    NoComparison(String),
    /// This text after a comparison is not a version.
    NotAVersion(String),
}

impl fmt::Display for InvalidVersions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoComparison(part) => write!(formatter, "`{part}` does not begin with >=, >, <=, < or ="),
            Self::NotAVersion(text) => write!(formatter, "`{text}` is not a version"),
        }
    }
}

impl std::error::Error for InvalidVersions {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtLeast,
    Above,
    AtMost,
    Below,
    Within,
}

impl Versions {
    /// Reads a range.
    pub fn parse(text: &str) -> Result<Self, InvalidVersions> {
        let parse_bound = |part: &str| {
            let bounds =
                [(">=", Bound::AtLeast), ("<=", Bound::AtMost), (">", Bound::Above), ("<", Bound::Below), ("=", Bound::Within)];
            let (bound, version) = bounds
                .into_iter()
                .find_map(|(sign, bound)| part.strip_prefix(sign).map(|version| (bound, version)))
                .ok_or_else(|| InvalidVersions::NoComparison(part.to_owned()))?;
            Version::parse(version)
                .map(|version| (bound, version))
                .ok_or_else(|| InvalidVersions::NotAVersion(version.to_owned()))
        };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(Self { bounds: parts.map(parse_bound).collect::<Result<_, _>>()? })
    }

    /// Whether the range contains `version`. A pre-release counts as its release: 4.7.0-m1 as 4.7.0.
    pub fn contains(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(bound, limit)| {
            let order = version.compare(limit);
            match bound {
                Bound::AtLeast => order.is_ge(),
                Bound::Above => order.is_gt(),
                Bound::AtMost => order.is_le() || version.begins_with(limit),
                Bound::Below => order.is_lt(),
                Bound::Within => version.begins_with(limit),
            }
        })
    }
}

impl<'de> Deserialize<'de> for Versions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        assert!(version("4.10.0").compare(&version("4.9")).is_gt());
        assert!(version("4.5").compare(&version("v4.5.0-rc1")).is_eq());
        assert_eq!(version("2.6.0-SNAPSHOT").to_string(), "2.6.0-SNAPSHOT");
        assert!(Version::parse("${product.version}").is_none());
        assert!(Version::parse("").is_none());
        assert!(version("3.0").just_below().compare(&version("2.6.0")).is_gt());
        assert!(version("5.9").just_below().compare(&version("5.9")).is_lt());
    }

    #[test]
    fn ranges_contain_what_they_say() {
        for (range, inside, outside) in [
            (">=3.0, <4.7", "4.6.2", "4.7.0"),
            ("<=5.9", "5.9.0", "5.10.0"),
            ("=3.1", "3.1.7", "3.2.0"),
            (">1.0", "1.0.1", "1.0.0"),
            ("", "0.1", ""),
        ] {
            let versions = Versions::parse(range).expect("a range");
            assert!(versions.contains(&version(inside)), "{range} {inside}");
            assert!(outside.is_empty() || !versions.contains(&version(outside)), "{range} {outside}");
        }
        let error = |text| Versions::parse(text).expect_err("invalid").to_string();
        assert_eq!(error(">=2.0, 3.0"), "`3.0` does not begin with >=, >, <=, < or =");
        assert_eq!(error(">=x"), "`x` is not a version");
    }
}
