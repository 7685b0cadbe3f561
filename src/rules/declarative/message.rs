//! Messages with placeholders.

use super::subject::{Subject, SubjectOf};
use crate::rule_info::next_placeholder;
use crate::source::key::Key;
use crate::source::secrets::HIDDEN;

/// What replaces the placeholders of a message.
pub(super) struct Filler<'a> {
    pub subject: &'a Subject<'a>,
    /// The name that the fix gives the key.
    pub new: Option<&'a str>,
    /// Whether the value must not be shown.
    pub hides_value: bool,
}

/// The longest value that a message shows, in characters.
const MAX_SHOWN: usize = 60;

impl Filler<'_> {
    /// The text with its placeholders replaced.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((start, name)) = next_placeholder(rest) {
            filled.push_str(&rest[..start]);
            let end = start + name.len() + 2;
            match self.value_of(name) {
                Some(value) => filled.push_str(&value),
                None => filled.push_str(&rest[start..end]),
            }
            rest = &rest[end..];
        }
        filled + rest
    }

    fn value_of(&self, name: &str) -> Option<String> {
        if let Ok(number) = name.parse::<usize>() {
            return self.subject.captures.get(number.checked_sub(1)?).cloned();
        }
        match (name, &self.subject.of) {
            ("value", _) => Some(self.shown_value()),
            ("new", _) => self.new.map(str::to_owned),
            ("key", SubjectOf::Key { key, .. }) => Some(key.clone()),
            ("table", SubjectOf::Key { key, .. }) => Some(table_of(key)),
            ("listener", SubjectOf::Listener(listener)) => Some(listener.id.clone()),
            ("port", SubjectOf::Listener(listener)) => {
                Some(listener.port().map_or_else(|| "unknown".to_owned(), |port| port.to_string()))
            }
            ("file", SubjectOf::InFile { file, .. }) => Some(file.rsplit('/').next().unwrap_or(file).to_owned()),
            ("path", SubjectOf::InFile { path, .. }) => Some(path.clone()),
            _ => None,
        }
    }

    /// The value as it may be shown, shortened if it is long.
    fn shown_value(&self) -> String {
        let name = self.subject.name();
        let name =
            if matches!(self.subject.of, SubjectOf::Key { .. }) { &*name } else { name.rsplit(['/', '@']).next().unwrap_or("") };
        let Some(value) = &self.subject.value else { return "unset".to_owned() };
        if self.hides_value {
            return HIDDEN.to_owned();
        }
        let text = value.shown(name).plain_text().unwrap_or_else(|| value.shown(name).to_toml());
        let mut characters = text.chars();
        let start: String = characters.by_ref().take(MAX_SHOWN).collect();
        if characters.next().is_some() { format!("{start}…") } else { start }
    }
}

/// The name of the table that a key is in.
fn table_of(key: &str) -> String {
    let table = Key::new(key).table();
    table.segments().last().map_or_else(String::new, |segment| segment.name.to_owned())
}
