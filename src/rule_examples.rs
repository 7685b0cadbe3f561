//! The examples of rules: files, what is found in them, and what the fix makes of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Some files, and what is found in them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleExample {
    /// What it shows, lower case, without a full stop.
    pub title: String,
    /// The product and version, if they matter.
    pub product: Option<String>,
    /// The files, by their paths in the home.
    pub files: BTreeMap<String, ExampleFile>,
    /// The findings of the rule, as `file:line:column severity message`.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Those of other rules, as `rule file:line:column severity`. Only for built-in rules, whose examples state everything.
    #[serde(default)]
    pub also: Vec<String>,
    /// How safe the fixes are, for a rule whose fixes are safe in some cases only.
    pub fix: Option<ExampleFix>,
    /// What the fixes of the rule make of the files that they change.
    #[serde(default)]
    pub after: BTreeMap<String, ExampleFile>,
}

/// How safe the fixes in one example are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExampleFix {
    /// All are safe.
    Safe,
    /// All are unsafe.
    Unsafe,
    /// Some are safe and some are not.
    Both,
}

impl ExampleFix {
    /// Its name in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Both => "both",
        }
    }
}

/// The content of a file of an example.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a text, `{ hex = \"…\" }`, or `{ before = \"…\", repeat = \"…\", times = 1, after = \"…\" }`")]
pub enum ExampleFile {
    /// Its text.
    Text(String),
    /// Its bytes as hexadecimal digits; spaces do not count.
    Bytes {
        /// The digits.
        hex: String,
    },
    /// A text that is repeated between two others.
    Repeated {
        /// The text before.
        before: String,
        /// What is repeated.
        repeat: String,
        /// How often.
        times: u16,
        /// The text after.
        after: String,
    },
}

impl PartialEq for ExampleFile {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for ExampleFile {}

impl ExampleFile {
    /// The content. Of hexadecimal digits, a pair that is none is left out.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes { hex } => {
                let digits: Vec<char> = hex.chars().filter(|digit| !digit.is_whitespace()).collect();
                let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok();
                digits.chunks(2).filter_map(byte).collect()
            }
            Self::Repeated { before, repeat, times, after } => {
                format!("{before}{}{after}", repeat.repeat((*times).into())).into_bytes()
            }
        }
    }

    /// How many bytes it is at most.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes { hex } => hex.len() / 2,
            Self::Repeated { before, repeat, times, after } => {
                repeat.len().saturating_mul((*times).into()).saturating_add(before.len() + after.len())
            }
        }
    }

    /// The content as an example would give it: as text if it is one.
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes { hex: hex_of(error.as_bytes()) }, Self::Text)
    }

    /// The text; `None` if it is given in another form.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes { .. } | Self::Repeated { .. } => None,
        }
    }
}

/// Bytes as hexadecimal digits.
pub fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// An example of each kind.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ShownExamples {
    /// What the rule reports.
    pub fails: Option<RuleExample>,
    /// What looks alike and is fine.
    pub passes: Option<RuleExample>,
}

/// The examples to show for the built-in rule of this name; none if its files are not plain text.
pub(crate) fn examples_of(rule: &str) -> &'static ShownExamples {
    static EXAMPLES: LazyLock<BTreeMap<String, ShownExamples>> = LazyLock::new(|| {
        // The build script generates the text, and a test parses it.
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/examples.json")))
            .unwrap_or_else(|error| panic!("examples: {error}"))
    });
    static NONE: ShownExamples = ShownExamples { fails: None, passes: None };
    EXAMPLES.get(rule).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_info::rules;

    #[test]
    fn almost_every_rule_has_an_example_of_each_kind() {
        let without: Vec<&str> = rules()
            .iter()
            .filter(|rule| examples_of(&rule.name).fails.is_none() || examples_of(&rule.name).passes.is_none())
            .map(|rule| rule.name.as_str())
            .collect();
        assert!(without.len() <= 6, "{without:?}");
    }
}
