//! The JSON Schema of carbonlint.toml, for editors.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::settings::forms;
use crate::catalog::catalog;
use crate::rule_info::RuleSet;

/// The schema as text.
pub(crate) fn json_schema() -> String {
    let properties = forms().map(|(name, form)| {
        let mut schema = schema_of(name);
        schema["description"] = Json::from(form);
        (name.to_owned(), schema)
    });
    let document = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "carbonlint.toml",
        "type": "object",
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "additionalProperties": false
    });
    format!("{document:#}\n")
}

/// What a setting must be; `null` for one without a schema.
fn schema_of(name: &str) -> Json {
    let text = || json!({ "type": "string" });
    let list = |items: Json| json!({ "type": "array", "items": items });
    let table = |values: Json| json!({ "type": "object", "additionalProperties": values });
    // An editor cannot know the rules of policies, so any other name is valid too.
    let rules = RuleSet::default();
    let names: BTreeSet<&str> = rules.rules_and_categories().collect();
    let names = json!({ "anyOf": [{ "enum": names }, { "type": "string" }] });
    let products: Vec<&str> = catalog().products.iter().map(|product| product.id.as_str()).collect();
    let product = || json!({ "type": "string", "pattern": format!("^({})(@.+)?$", products.join("|")) });
    match name {
        "profile" => json!({ "enum": ["production", "development"] }),
        "product" => product(),
        "products" => table(product()),
        "select" | "extend-select" | "ignore" => list(names),
        "severity" => {
            let severities = json!({ "enum": ["error", "warning", "info", "off"] });
            table(severities)
        }
        "per-file-ignores" => table(list(names)),
        "exclude" | "include" | "policies" => list(text()),
        "hosts" => table(list(text())),
        "baseline" => text(),
        _ => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_schema() {
        for (name, _) in forms() {
            assert!(schema_of(name).is_object(), "{name}");
        }
        let schema: Json = serde_json::from_str(&json_schema()).expect("JSON");
        assert_eq!(schema["properties"].as_object().map(serde_json::Map::len), Some(forms().count()));
        assert_eq!(schema["properties"]["hosts"]["description"], "a table with a list of homes for each machine");
    }
}
