//! Maps mapper results back to the lines of deployment.toml that caused them.

use crate::diagnostic::Finding;
use crate::model::{FileId, Location, Model};
use crate::rules::context::HomeContext;
use crate::server::mapper::{Configuration, FaultKind, MappingFault, Origin};
use crate::source::Span;
use crate::source::toml::{TomlDocument, TomlEntry, TomlValue};

/// deployment.toml with the configuration that the mapper derives from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct UserToml<'a> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'a str,
    /// The parsed file.
    pub document: &'a TomlDocument,
    /// What the mapper derives from it; without a home, what follows from the text alone.
    pub configuration: &'a Configuration,
    model: &'a Model,
}

/// Where the user wrote what caused a fault or an effective value.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrittenAt<'a> {
    /// The placeholder, otherwise the key; empty if the user wrote neither.
    pub span: Span,
    /// The key that the user wrote; `None` if none of them is the cause.
    pub key: Option<&'a str>,
    /// The whole value that contains the placeholder.
    pub value: Option<Span>,
    /// The key in default.json, if that is the cause.
    pub default: Option<Location>,
}

impl WrittenAt<'_> {
    /// The place in `toml`, or of the default; `None` if neither is the cause.
    pub(super) fn location(&self, toml: FileId) -> Option<Location> {
        self.key.map(|_| Location { file: toml, span: self.span }).or(self.default)
    }
}

impl<'a> UserToml<'a> {
    /// The deployment.toml of a home, or one without a home.
    pub(super) fn of(context: HomeContext<'a>) -> Option<Self> {
        let model = context.model();
        let (file, text) = model.plain_toml()?;
        let (_, document) = model.toml()?;
        Some(Self { file, text, document, configuration: context.configuration()?, model })
    }

    /// The deployment.toml of a home that has the mapper's own files.
    pub(super) fn of_home(context: HomeContext<'a>) -> Option<Self> {
        context.model().mapping()?;
        Self::of(context)
    }

    /// The faults of one kind.
    pub(super) fn faults(self, kind: FaultKind) -> impl Iterator<Item = &'a MappingFault> {
        self.configuration.faults.iter().filter(move |fault| fault.kind == kind)
    }

    /// Where the user wrote what caused `fault`.
    pub(super) fn locate_fault(self, fault: &MappingFault) -> WrittenAt<'a> {
        self.locate(fault.key.as_deref(), fault.placeholder.as_deref())
    }

    /// Where the user wrote the value of an effective key, or a placeholder in it.
    pub(super) fn locate(self, key: Option<&str>, placeholder: Option<&str>) -> WrittenAt<'a> {
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
            let default = key.and_then(|key| self.model.home_default(key)).map(|(_, at)| at);
            return WrittenAt { span: Span::at(0), key: None, value: None, default };
        };
        let holding = placeholder.and_then(|placeholder| {
            setting.values.iter().find_map(|value| {
                let at = value.start + value.of(self.text).find(placeholder)?;
                Some((*value, Span::new(at, at + placeholder.len())))
            })
        });
        let span = holding.map_or_else(|| self.span_of(key, setting.key), |(_, span)| span);
        WrittenAt { span, key: Some(key), value: holding.map(|(value, _)| value), default: None }
    }

    /// The written key, all of its segments.
    fn span_of(self, key: &str, last: Span) -> Span {
        self.document.get(key).map_or(last, |entry| entry.key_span)
    }

    /// The entry whose value contains `value`.
    pub(super) fn entry_at(self, value: Span) -> Option<&'a TomlEntry> {
        self.document.entries.iter().find(|entry| entry.value_span.start <= value.start && value.end <= entry.value_span.end)
    }

    /// Whether a deployment tool fills in a part of the value of `key`.
    pub(super) fn is_filled_in(self, key: Option<&str>) -> bool {
        let entry = key.and_then(|key| self.document.get(key));
        entry.is_some_and(|entry| entry.value == TomlValue::Placeholder)
    }

    /// A finding at `written`, about its key. About a default it is one about the file as a whole, which is the one to edit.
    pub(super) fn finding(self, context: HomeContext, written: &WrittenAt, message: impl Into<String>) -> Finding {
        match (written.key, written.default) {
            (Some(key), _) => context.finding(self.file, written.span, message).key(key),
            (None, Some(at)) => context.finding_in(self.file, message).related(context.id, at, "set by default"),
            (None, None) => context.finding_in(self.file, message),
        }
    }
}

/// The quote and the text of a single-line string without escapes; `None` for every other value.
pub(super) fn plain_string(written: &str) -> Option<(char, &str)> {
    let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = written.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_plain = !inner.contains(quote) && !inner.contains(['\n', '\r']) && (quote == '\'' || !inner.contains('\\'));
    is_plain.then_some((quote, inner))
}

/// Whether `text` can be written between `quote`s without escapes.
pub(super) fn fits_into(quote: char, text: &str) -> bool {
    !text.contains(quote) && !text.contains(char::is_control) && (quote == '\'' || !text.contains('\\'))
}
