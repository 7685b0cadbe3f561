//! The fixes of rules whose conditions are data.

use serde_json::Value as Json;

use super::subject::{Subject, SubjectOf};
use crate::edit::{Fix, Safety};
use crate::model::DecidedBy;
use crate::rule_info::{Change, Condition, FixAvailability, Rename, RuleInfo};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::key_pattern::bind;
use crate::source::key::Key;
use crate::source::toml::TomlEntry;

/// The new name of the key, if the change renames or moves it.
pub(super) fn new_key(change: &Change, subject: &Subject) -> Option<String> {
    let SubjectOf::Key { key, .. } = &subject.of else { return None };
    match (&change.rename, &change.move_to) {
        (Some(Rename::To(new)), _) => Some(match new.strip_prefix('.') {
            Some(name) => Key::new(key).table().child(name),
            None => bind(new, &subject.captures),
        }),
        (Some(Rename::ByKey(names)), _) => names.get(key).cloned(),
        (None, Some(table)) => Some(Key::new(&bind(table, &subject.captures)).child(Key::new(key).name())),
        (None, None) => None,
    }
}

/// The fix that changes `subject`; `None` if there is no line to change, or it would not have the effect.
pub(super) fn fix(when: &Condition, new: Option<&str>, rule: &RuleInfo, subject: &Subject, context: HomeContext) -> Option<Fix> {
    let change = when.fix.as_ref()?;
    let safety = if rule.fix == FixAvailability::Safe { Safety::Safe } else { Safety::Unsafe };
    // What `replace` makes of the text, and otherwise what `set` says.
    let replaced = change.replace.as_ref().and_then(|new| {
        let text = subject.value.as_ref()?.plain_text()?;
        let replaced = when.matches.as_ref()?.replace(&text, new);
        (replaced != text).then(|| Json::from(replaced))
    });
    let value = replaced.as_ref().or(change.set.as_ref());
    match &subject.of {
        SubjectOf::Key { entry: Some(entry), .. } => match (new, value) {
            (Some(new), _) => rename(entry, new, safety, context),
            (None, Some(value)) => set(entry, value, safety, rule, context),
            (None, None) if change.remove => remove(entry, safety, context),
            (None, None) => None,
        },
        SubjectOf::Key { key, entry: None, .. } => {
            let literal = literal(value?)?;
            match safety {
                Safety::Safe => fixes::set_key(context, key, &literal),
                _ => fixes::change_key(context, key, &literal, &rule.name),
            }
        }
        SubjectOf::InFile { found: Some(found), .. } if found.decided_by == DecidedBy::File => {
            let value = value?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(Fix { safety, ..fixes::change_value_at(context.model(), found.at, &text, &rule.name)? })
        }
        SubjectOf::InFile { .. } | SubjectOf::Listener(_) => None,
    }
}

fn rename(entry: &TomlEntry, new: &str, safety: Safety, context: HomeContext) -> Option<Fix> {
    let model = context.model();
    let is_read = model.schema().is_none_or(|schema| schema.is_read(new));
    let title = format!("rename `{}` to `{new}`", entry.key);
    is_read.then(|| fixes::write_as(model, entry, new, title, safety)).flatten()
}

fn set(entry: &TomlEntry, value: &Json, safety: Safety, rule: &RuleInfo, context: HomeContext) -> Option<Fix> {
    let literal = literal(value)?;
    if safety != Safety::Safe && entry.elements.is_empty() {
        return fixes::change_key(context, &entry.key, &literal, &rule.name);
    }
    let (file, _) = fixes::toml_of(context.model())?;
    let title = format!("set `{}` to {literal}", entry.key);
    let scope = vec![entry.key.to_string()];
    Some(fixes::fix_of(context.model(), file, title, safety, vec![(entry.value_span, literal)], scope))
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
