//! `array-overrides-defaults`: a list in deployment.toml replaces the whole default list (config-mapper DefaultParser.java).

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{UserToml, fits_into};
use crate::server::mapper::value::Value;
use crate::server::mapper::{JsonFile, Origin};
use crate::source::key::Key;
use crate::source::toml::TomlValue;

/// How many missing defaults the help names.
const NAMED: usize = 3;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context) else { return };
    let Some((mapping, configuration)) = context.model().configuration() else { return };
    for (key, default) in mapping.resources.json(JsonFile::Default) {
        let Some(default) = default.as_array().filter(|default| !default.is_empty()) else { continue };
        let Some(effective) = configuration.get(key) else { continue };
        let (Origin::User { key: own }, Value::List(items)) = (&effective.origin, &effective.value) else { continue };
        let given: Vec<String> = items.iter().map(comparable).collect();
        let default: Vec<Value> = default.iter().map(Value::of_json).collect();
        let missing: Vec<&Value> = default.iter().filter(|value| !given.contains(&comparable(value))).collect();
        let is_new = |item: &String| !default.iter().any(|value| comparable(value) == *item);
        // A list of nothing but defaults omits the others on purpose, and a default with an address is only an example.
        if missing.is_empty() || !given.iter().any(is_new) || default.iter().any(is_address) {
            continue;
        }
        let has_tables = default.iter().any(|value| matches!(value, Value::Table(_)));
        let severity = if has_tables || protects(key) { Severity::Warning } else { Severity::Info };
        let count = missing.len();
        let what = match default.len() {
            1 => "the default no longer applies".to_owned(),
            all if all == count => format!("none of the {all} defaults applies any longer"),
            all if count == 1 => format!("1 of {all} defaults no longer applies"),
            all => format!("{count} of {all} defaults no longer apply"),
        };
        let message = format!("this list replaces the whole default list of `{own}`: {what}");
        let written = settings.locate(Some(key), None);
        let fix = append(context, settings, own, &missing);
        let finding = settings.finding(context, &written, message).severity(severity);
        findings.push(finding.help(format!("add the defaults that you still need: {}", named(&missing))).fix(fix));
    }
}

/// A value as text, with whole numbers written without a fraction: all numbers of default.json are doubles.
fn comparable(value: &Value) -> String {
    match value {
        Value::Double(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Value::List(items) => format!("{:?}", items.iter().map(comparable).collect::<Vec<_>>()),
        Value::Table(map) => {
            let mut entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}={}", comparable(value))).collect();
            entries.sort();
            format!("{entries:?}")
        }
        other => other.to_java(),
    }
}

fn is_address(value: &Value) -> bool {
    matches!(value, Value::Text(text) if ["localhost", "127.0.0.1", "${carbon."].iter().any(|part| text.contains(part)))
}

/// Whether a list protects something or keeps something running.
fn protects(key: &str) -> bool {
    ["access_control", "deny", "handler", "subscriptions", "resources", "tenant_context", "security"]
        .iter()
        .any(|word| key.contains(word))
}

fn named(missing: &[&Value]) -> String {
    let name = |value: &Value| match value {
        Value::Table(map) => {
            let name = ["name", "id", "context", "class", "type"].iter().find_map(|key| map.get(*key));
            let open = map.iter().find(|(key, _)| !Key::new(key).is_secret()).map(|(_, value)| value);
            name.or(open).map_or_else(String::new, Value::to_java)
        }
        other => other.to_java(),
    };
    let mut names: Vec<String> = missing.iter().take(NAMED).map(|value| format!("`{}`", name(value))).collect();
    if missing.len() > NAMED {
        names.push(format!("and {} more in default.json", missing.len() - NAMED));
    }
    names.join(", ")
}

/// Appends the missing strings to an array of strings.
fn append(context: HomeContext, settings: UserToml, key: &str, missing: &[&Value]) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let entry = settings.document.get(key)?;
    let TomlValue::Array(items) = &entry.value else { return None };
    let (TomlValue::String(_), last) = items.last()? else { return None };
    let texts: Option<Vec<String>> = missing
        .iter()
        .map(|value| match value {
            Value::Text(text) if fits_into('"', text) => Some(format!(", \"{text}\"")),
            _ => None,
        })
        .collect();
    let edit = (crate::source::Span::at(last.end), texts?.concat());
    let title = format!("add the missing defaults to `{key}`");
    Some(fixes::fix_of(context.model(), settings.file, title, Safety::Unsafe, vec![edit], vec![key.to_owned()]))
}
