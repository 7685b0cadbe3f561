//! An example of each kind for every rule, from the rule files: what it reports, what its fix makes of it, and what looks alike and is fine.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The examples of a rule.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RuleExamples {
    /// What the rule reports.
    pub fails: Option<RuleExample>,
    /// What is fine.
    pub passes: Option<RuleExample>,
}

/// Some files, and what is found in them.
#[derive(Debug, Deserialize)]
pub(crate) struct RuleExample {
    /// What it shows, lower case, without a full stop.
    pub title: String,
    /// The product and version, if they matter.
    pub product: Option<String>,
    /// The texts of the files, by their paths in the home.
    pub files: BTreeMap<String, String>,
    /// What the fixes of the rule make of the files that they change.
    #[serde(default)]
    pub after: BTreeMap<String, String>,
}

/// The examples of the rule with this name; none if its files are not plain text.
pub(crate) fn examples_of(rule: &str) -> &'static RuleExamples {
    static EXAMPLES: LazyLock<BTreeMap<String, RuleExamples>> = LazyLock::new(|| {
        // The build script generates the text, and a test parses it.
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/examples.json")))
            .unwrap_or_else(|error| panic!("examples: {error}"))
    });
    static NONE: RuleExamples = RuleExamples { fails: None, passes: None };
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
