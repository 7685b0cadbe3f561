//! Where in deployment.toml the user's part in what the mapper works with stands.

use crate::diagnostic::Finding;
use crate::model::{FileId, Model};
use crate::rules::context::HomeContext;
use crate::server::mapper::{Configuration, FaultKind, MappingFault, Origin};
use crate::source::Span;
use crate::source::toml::{TomlDocument, TomlEntry};

/// deployment.toml with what the mapper makes of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct UserToml<'a> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'a str,
    /// What it says.
    pub document: &'a TomlDocument,
    /// What the mapper makes of it; without a home what the text alone makes of itself.
    pub configuration: &'a Configuration,
    model: &'a Model,
}

/// The user's part in a fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// The place: the placeholder, else the key, else the beginning of the file.
    pub span: Span,
    /// The key of the user, if one is to blame.
    pub key: Option<&'a str>,
    /// The whole value that holds the placeholder.
    pub value: Option<Span>,
}

impl<'a> UserToml<'a> {
    /// Those of a home, or of a lone deployment.toml.
    pub fn of(model: &'a Model) -> Option<Self> {
        let (file, text) = model.plain_toml()?;
        let (_, document) = model.toml()?;
        Some(Self { file, text, document, configuration: model.configuration_or_text()?, model })
    }

    /// Those of a home whose own files decide.
    pub fn of_home(model: &'a Model) -> Option<Self> {
        model.configuration()?;
        Self::of(model)
    }

    /// The faults of one kind.
    pub fn faults(self, kind: FaultKind) -> impl Iterator<Item = &'a MappingFault> {
        self.configuration.faults.iter().filter(move |fault| fault.kind == kind)
    }

    /// The user's part in a fault.
    pub fn part_in(self, fault: &MappingFault) -> Part<'a> {
        self.part(fault.key.as_deref(), fault.placeholder.as_deref())
    }

    /// The user's part in the value of an effective key, and in a placeholder in it.
    pub fn part(self, key: Option<&str>, placeholder: Option<&str>) -> Part<'a> {
        let configuration = self.configuration;
        let found = key.and_then(|key| {
            let from = match configuration.get(key).map(|effective| &effective.origin) {
                Some(Origin::Inferred { from }) => from.as_str(),
                _ => key,
            };
            let own = configuration.settings.get_key_value(from).map(|(key, setting)| (key.as_str(), setting));
            configuration.setting_of(from).or(own)
        });
        let Some((key, setting)) = found else {
            return Part { span: self.model.start_of(self.file).span, key: None, value: None };
        };
        let holding = placeholder.and_then(|placeholder| {
            setting.values.iter().find_map(|value| {
                let at = value.start + value.of(self.text).find(placeholder)?;
                Some((*value, Span::new(at, at + placeholder.len())))
            })
        });
        let span = holding.map_or_else(|| self.span_of(key, setting.key), |(_, span)| span);
        Part { span, key: Some(key), value: holding.map(|(value, _)| value) }
    }

    /// The written key, all of its segments.
    fn span_of(self, key: &str, last: Span) -> Span {
        self.document.get(key).map_or(last, |entry| entry.key_span)
    }

    /// The entry whose value lies at `value`.
    pub fn entry_at(self, value: Span) -> Option<&'a TomlEntry> {
        self.document.entries.iter().find(|entry| entry.value_span.start <= value.start && value.end <= entry.value_span.end)
    }

    /// A finding about a part.
    pub fn finding(self, context: HomeContext, part: &Part, message: impl Into<String>) -> Finding {
        let finding = context.finding(self.file, part.span, message);
        match part.key {
            Some(key) => finding.key(key),
            None => finding,
        }
    }
}

/// The text between the quotes of a string on one line that is written without escapes; `None` for every other value.
pub(super) fn plain_string(written: &str) -> Option<(char, &str)> {
    let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = written.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_plain = !inner.contains(quote) && !inner.contains(['\n', '\r']) && (quote == '\'' || !inner.contains('\\'));
    is_plain.then_some((quote, inner))
}

/// Whether `text` can stand in a string between `quote`s as it is.
pub(super) fn fits_into(quote: char, text: &str) -> bool {
    !text.contains(quote) && !text.contains(char::is_control) && (quote == '\'' || !text.contains('\\'))
}
