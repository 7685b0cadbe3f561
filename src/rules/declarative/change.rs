//! The fixes of rules whose conditions are data.

use serde_json::Value as Json;

use super::subject::{Subject, SubjectOf};
use crate::edit::{Fix, Safety};
use crate::model::DecidedBy;
use crate::rule_info::{Change, Condition, FixAvailability, Pattern, Rename, RuleInfo};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::key_pattern::{bind, lists_of};
use crate::server::mapper::value::Value;
use crate::source::key::Key;
use crate::source::secrets::{HIDDEN, masked_value};
use crate::source::toml::TomlEntry;

/// The new name of the key, if the change renames or moves it, and the server reads that.
pub(super) fn new_key(change: &Change, subject: &Subject, context: HomeContext) -> Option<String> {
    let SubjectOf::Key { key, .. } = &subject.of else { return None };
    let new = match (&change.rename, &change.move_to) {
        (Some(Rename::To(new)), _) => Some(match new.strip_prefix('.') {
            Some(name) => Key::new(key).table().child(name),
            None => bind(new, &subject.captures),
        }),
        (Some(Rename::ByKey(names)), _) => names.get(key).cloned(),
        (None, Some(table)) => Some(Key::new(&bind(table, &subject.captures)).child(Key::new(key).name())),
        (None, None) => None,
    };
    new.filter(|new| context.model().schema().is_none_or(|schema| schema.is_read(new)))
}

/// The fix that changes `subject`; `None` if there is no line to change, or it would not have the effect.
pub(super) fn fix(when: &Condition, new: Option<&str>, rule: &RuleInfo, subject: &Subject, context: HomeContext) -> Option<Fix> {
    let change = when.fix.as_ref()?;
    let safety = if rule.fix == FixAvailability::Safe { Safety::Safe } else { Safety::Unsafe };
    if let SubjectOf::Key { entry: Some(entry), .. } = &subject.of {
        if let Some(new) = new {
            return rename(entry, new, safety, context);
        }
        if change.remove {
            return remove(entry, safety, context);
        }
    }
    let value = new_value(change, when.matches.as_ref(), subject.value.as_ref())?;
    let fix = match &subject.of {
        SubjectOf::Key { key, entry, .. } => set(key, *entry, &value, safety, rule, context),
        SubjectOf::InFile { found: Some(found), .. } if found.decided_by == DecidedBy::File => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            fixes::change_value_at(context.model(), found.at, &text, &rule.name).map(|fix| Fix { safety, ..fix })
        }
        SubjectOf::InFile { .. } | SubjectOf::Listener(_) => None,
    };
    // What is made of a secret is one.
    let shown = if subject.is_secret(context) { HIDDEN.to_owned() } else { masked_value(&value.to_string()) };
    fix.map(|fix| Fix { title: format!("set `{}` to {shown}", subject.name()), ..fix })
}

/// The value to write; `None` if it is there already, or the rule would find the new one too.
fn new_value(change: &Change, pattern: Option<&Pattern>, old: Option<&Value>) -> Option<Json> {
    if let Some(value) = &change.set {
        return (old.map(Value::to_json).as_ref() != Some(value)).then(|| value.clone());
    }
    let (new, pattern) = (change.replace.as_ref()?, pattern?);
    let replaced = |text: &str| {
        let text = pattern.replace(text, new);
        (!pattern.is_match(&text)).then_some(text)
    };
    let of_item = |item: &Value| match item {
        Value::Integer(number) => replaced(&number.to_string())?.parse::<i64>().ok().map(Json::from),
        Value::Text(text) if pattern.is_match(text) => replaced(text).map(Json::from),
        other => Some(other.to_json()),
    };
    match old? {
        Value::List(items) => items.iter().map(of_item).collect::<Option<Vec<_>>>().map(Json::from),
        single => of_item(single),
    }
}

fn rename(entry: &TomlEntry, new: &str, safety: Safety, context: HomeContext) -> Option<Fix> {
    let model = context.model();
    // The values of several elements do not fit into one key.
    let stays_in_list = lists_of(&entry.key) == lists_of(new);
    let title = format!("rename `{}` to `{new}`", entry.key);
    if stays_in_list { fixes::write_as(model, entry, new, title, safety) } else { None }
}

fn set(key: &str, entry: Option<&TomlEntry>, value: &Json, safety: Safety, rule: &RuleInfo, context: HomeContext) -> Option<Fix> {
    let literal = literal(value)?;
    match entry {
        // A mark cannot say which element it is for.
        Some(entry) if safety == Safety::Safe || !entry.elements.is_empty() => {
            let (file, _) = fixes::toml_of(context.model())?;
            let edits = vec![(entry.value_span, literal)];
            Some(fixes::fix_of(context.model(), file, String::new(), safety, edits, vec![key.to_owned()]))
        }
        None if safety == Safety::Safe => fixes::set_key(context, key, &literal),
        _ => fixes::change_key(context, key, &literal, &rule.name),
    }
}

fn remove(entry: &TomlEntry, safety: Safety, context: HomeContext) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let edit = toml.remove(entry)?;
    let scope = vec![entry.key.to_string()];
    Some(fixes::fix_of(context.model(), file, format!("remove `{}`", entry.key), safety, vec![edit], scope))
}

/// A value as deployment.toml writes it; `None` for one that it cannot hold.
fn literal(value: &Json) -> Option<String> {
    match value {
        // A basic string of TOML has the escapes of JSON.
        Json::Bool(_) | Json::Number(_) | Json::String(_) => Some(value.to_string()),
        Json::Array(items) => Some(format!("[{}]", items.iter().map(literal).collect::<Option<Vec<_>>>()?.join(", "))),
        Json::Null | Json::Object(_) => None,
    }
}
