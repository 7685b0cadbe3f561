//! Stage 5: `$secret{}`, `$sys{}`, `$env{}` and `$ref{}` are resolved, in this order (config-mapper ReferenceResolver.java).

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::effective::Effective;
use super::environment::Environment;
use super::fault::{FaultKind, MappingFault};
use super::flatten::Setting;
use super::placeholders::placeholders;
use super::ref_resolution::{References, resolve_references};
use super::release::Release;
use super::value::Value;
use crate::server::java::hash::HashOrdered;
use crate::source::key::{Key, RUNTIME_SECRETS, SECRETS, SECRETS_TABLES};

/// Whether `text`, a value after this stage, contains a placeholder that could not be resolved. The server stops before it looks at such a
/// value again, or has another value there: in an unknown environment a variable may be set. A `$secret{}` stays in the text.
pub(super) fn is_unresolved(text: &str) -> bool {
    ["sys", "env", "ref"].into_iter().any(|kind| !placeholders(text, kind).is_empty())
}

/// The alias of a secret that a key defines, with the table that it is in. `None` if it defines none in this release. Segments in quotes keep
/// them, as double quotes (TomlParser.java takes the aliases from `dottedKeySet`), unless the release removes them.
pub(crate) fn alias_of<'a>(key: &'a str, release: &Release) -> Option<(&'static str, Cow<'a, str>)> {
    let table = Key::new(key).secrets_table()?;
    let alias = Key::new(key).alias()?;
    if table == RUNTIME_SECRETS && !release.has_runtime_secrets() {
        return None;
    }
    let is_unquoted = table == SECRETS && release.unquotes_aliases();
    Some((table, if is_unquoted { alias.trim_matches('\'').into() } else { with_double_quotes(alias) }))
}

fn with_double_quotes(alias: &str) -> Cow<'_, str> {
    if alias.contains('\'') { alias.replace('\'', "\"").into() } else { alias.into() }
}

/// The aliases of `[secrets]`, and of `[runtime_secrets]`, with their values.
#[derive(Debug, Clone, Default)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// Reads the secrets of a flat map. A value that is not a string stops the server from starting.
    pub(super) fn read(settings: &IndexMap<String, Setting>, release: &Release, faults: &mut Vec<MappingFault>) -> Self {
        let mut secrets = BTreeMap::new();
        for table in SECRETS_TABLES {
            for (key, setting) in settings {
                let Some((_, alias)) = alias_of(key, release).filter(|(defining, _)| *defining == table) else { continue };
                match &setting.value {
                    Value::Text(text) => {
                        secrets.insert(alias.into_owned(), text.clone());
                    }
                    _ => faults.push(MappingFault::new(FaultKind::SecretType, Some(key), String::new())),
                }
            }
        }
        Self(secrets)
    }

    /// The aliases.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an external vault provides the secrets: `[runtime_secrets] enable = "true"`.
    pub fn come_from_vault(&self) -> bool {
        self.0.get("enable").is_some_and(|enabled| enabled.eq_ignore_ascii_case("true"))
    }
}

/// Resolves every placeholder in the values of `map`. One that cannot be resolved stays in the text and is a fault. Returns the references
/// that the values had.
pub(super) fn resolve(
    map: &mut HashOrdered<Effective>,
    secrets: &Secrets,
    environment: &Environment,
    release: &Release,
    faults: &mut Vec<MappingFault>,
) -> References {
    check_secrets(map, secrets, faults);
    for kind in [Outside::Property, Outside::Variable] {
        for key in map.keys() {
            let Some(effective) = map.get_mut(&key) else { continue };
            replace_outside(&mut effective.value, kind, &key, environment, release, faults);
        }
    }
    resolve_references(map, faults)
}

/// The keys whose values have a variable in them that is set.
pub(super) fn from_variables(map: &HashOrdered<Effective>, environment: &Environment) -> Vec<String> {
    let is_set = |text: &str| placeholders(text, "env").into_iter().any(|name| environment.variable(name).is_some());
    let has_one = |effective: &Effective| effective.value.texts().into_iter().any(is_set);
    map.iter().filter(|(_, effective)| has_one(effective)).map(|(key, _)| key.to_owned()).collect()
}

/// Checks that every `$secret{}` has an encrypted alias. Looks into elements of arrays of tables, but not into lists in them.
fn check_secrets(map: &HashOrdered<Effective>, secrets: &Secrets, faults: &mut Vec<MappingFault>) {
    for (key, effective) in map.in_order() {
        let mut check = |text: &str| {
            for alias in placeholders(text, "secret") {
                let kind = match secrets.0.get(alias) {
                    None if secrets.come_from_vault() => continue,
                    None => FaultKind::UndefinedSecret,
                    Some(value) if value.find('[').is_some_and(|open| value[open..].contains(']')) => FaultKind::PlainSecret,
                    Some(_) => continue,
                };
                faults.push(MappingFault::placeholder(kind, alias, key));
            }
        };
        let Value::List(items) = &effective.value else {
            text_of(&effective.value).into_iter().for_each(check);
            continue;
        };
        for item in items {
            match item {
                Value::Table(element) => element.values().filter_map(text_of).for_each(&mut check),
                other => text_of(other).into_iter().for_each(&mut check),
            }
        }
    }
}

/// The text of a string.
fn text_of(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

/// Where a value outside of the configuration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outside {
    Property,
    Variable,
}

fn replace_outside(
    value: &mut Value,
    kind: Outside,
    key: &str,
    environment: &Environment,
    release: &Release,
    faults: &mut Vec<MappingFault>,
) {
    match value {
        Value::Text(text) if text.contains('$') => *text = replaced(text, kind, key, environment, release, faults),
        Value::List(items) => {
            for item in items {
                match item {
                    Value::Text(_) => replace_outside(item, kind, key, environment, release, faults),
                    Value::Table(element) if release.resolves_in_elements() => {
                        for value in element.values_mut() {
                            replace_outside(value, kind, key, environment, release, faults);
                        }
                    }
                    _ => {}
                }
            }
        }
        Value::Table(map) if release.resolves_in_elements() => {
            for value in map.values_mut() {
                replace_outside(value, kind, key, environment, release, faults);
            }
        }
        _ => {}
    }
}

fn replaced(
    text: &str,
    kind: Outside,
    key: &str,
    environment: &Environment,
    release: &Release,
    faults: &mut Vec<MappingFault>,
) -> String {
    let word = if kind == Outside::Property { "sys" } else { "env" };
    let mut result = text.to_owned();
    for name in placeholders(text, word) {
        let value = match kind {
            Outside::Property => environment.property(name),
            Outside::Variable => environment.variable(name),
        };
        let Some(value) = value else {
            if !environment.is_unknown {
                faults.push(match kind {
                    Outside::Property => MappingFault::placeholder(FaultKind::UnsetProperty, name, key),
                    Outside::Variable => MappingFault::placeholder(FaultKind::UnsetVariable, name, key),
                });
            }
            continue;
        };
        // System properties, and in old releases variables too, are inserted as the replacement of a regular expression.
        let is_plain = kind == Outside::Variable && release.quotes_variables();
        match if is_plain { Some(value.to_owned()) } else { as_replacement(value) } {
            Some(value) => result = result.replace(&format!("${word}{{{name}}}"), &value),
            None => faults.push(MappingFault::placeholder(
                if kind == Outside::Property { FaultKind::PropertyCharacters } else { FaultKind::VariableCharacters },
                name,
                key,
            )),
        }
    }
    result
}

/// The text that `Matcher.appendReplacement` appends for `value`: `\x` becomes `x`. `$` names a group and makes it
/// fail, since the pattern has none (`$0`, the whole match, is treated the same).
fn as_replacement(text: &str) -> Option<String> {
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => result.push(characters.next()?),
            '$' => return None,
            _ => result.push(character),
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_what_is_below_its_table() {
        let release = |mapper: &str| {
            let version = |text: &str| crate::catalog::Version::parse(text).expect("a version");
            Release::new(version(mapper), version("2.7.6"))
        };
        let alias = |key: &str, of: &str| alias_of(key, &release(of)).map(|(table, alias)| (table, alias.into_owned()));
        assert_eq!(alias("secrets.'a.b'", "1.0.20"), Some(("secrets", "\"a.b\"".to_owned())));
        assert_eq!(alias("secrets.a.b", "1.0.20"), Some(("secrets", "a.b".to_owned())));
        assert_eq!(alias("secrets.'a.b'", "1.0.21"), Some(("secrets", "a.b".to_owned())));
        assert_eq!(alias("runtime_secrets.'a.b'", "1.0.21"), Some(("runtime_secrets", "\"a.b\"".to_owned())));
        assert_eq!(alias_of("runtime_secrets.a", &release("1.0.12")), None);
        assert_eq!(alias_of("secretsx.a", &release("1.0.21")), None);
    }

    #[test]
    fn a_replacement_loses_its_backslashes() {
        assert_eq!(as_replacement("a\\\\b").as_deref(), Some("a\\b"));
        assert_eq!(as_replacement("C:\\x").as_deref(), Some("C:x"));
        assert_eq!(as_replacement("p$1"), None);
        assert_eq!(as_replacement("p\\"), None);
    }
}
