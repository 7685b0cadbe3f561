//! `unknown-value`: a value that the server does not know for its key.

use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::key::Key;
use crate::source::toml::TomlValue;
use crate::suggest::nearest;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let (Some(schema), Some((file, document))) = (model.schema(), model.toml()) else { return };
    for entry in &document.entries {
        let TomlValue::String(text) = &entry.value else { continue };
        if text.contains(['$', '{']) {
            continue;
        }
        let allowed = schema.allowed_values(&entry.key);
        let inferring: Vec<&str> = schema
            .inferring_values(&entry.key)
            .map(|(_, values)| values)
            .filter(|values| values.len() > 1 && !values.contains(&"true") && !values.contains(&"false"))
            .unwrap_or_default();
        if allowed.is_empty() && inferring.is_empty() {
            continue;
        }
        let known = schema.known_values(&entry.key);
        if known.contains(text) {
            continue;
        }
        // If a database has an explicit driver, it needs nothing that its type would infer.
        let (table, name) = Key::new(&entry.key).table_and_name();
        if allowed.is_empty() && name == "type" && document.get(&table.child("driver")).is_some() {
            continue;
        }
        let alike: Vec<&String> = known.iter().filter(|known| plain(known) == plain(text)).collect();
        let meant = match alike[..] {
            [only] => Some(only.clone()),
            _ => SYNONYMS
                .iter()
                .find(|(written, value)| written == text && known.contains(*value))
                .map(|(_, value)| (*value).to_owned()),
        };
        // Values of other versions say nothing of this one.
        if meant.is_none() && !schema.source().is_complete() {
            continue;
        }
        let (message, severity) = if allowed.is_empty() {
            (format!("`{text}` is not a known value of `{}`: the server infers nothing from it", entry.key), None)
        } else {
            let message = format!("`{text}` is not a valid value of `{}`: the server does not start", entry.key);
            (message, Some(Severity::Error))
        };
        let at = Location { file, span: entry.value_span };
        let names: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
        let help = match nearest(text, known.iter().map(String::as_str), '\n').first() {
            _ if meant.is_some() => format!("write `{}`", meant.as_deref().unwrap_or_default()),
            Some(near) => format!("did you mean `{near}`? Known values: {}", names.join(", ")),
            None => format!("write one of {}", names.join(", ")),
        };
        let fix = meant.and_then(|value| {
            let (file, _) = fixes::toml_of(model)?;
            let edits = vec![(entry.value_span, format!("\"{value}\""))];
            Some(fixes::fix_of(model, file, format!("write `{value}`"), Safety::Safe, edits, vec![entry.key.to_string()]))
        });
        let finding = context.finding_at(at, message).help(help).key(&entry.key).subjects([entry.key_span]);
        findings.push(with_confidence(Finding { severity, ..finding }.fix(fix), schema));
    }
}

/// Names of databases for which the server has another name (carbon-kernel infer.json, `database.$1.type`).
const SYNONYMS: [(&str, &str); 4] =
    [("postgresql", "postgre"), ("postgres", "postgre"), ("sqlserver", "mssql"), ("PostgreSQL", "postgre")];

/// A value without what people often get wrong: case and separators.
fn plain(value: &str) -> String {
    value.chars().filter(|part| !matches!(part, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}
