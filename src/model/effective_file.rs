//! The files of a home as its server reads them: what it renders from a template, otherwise the file in the home.

use super::place::{self, ValueInText};
use super::{Content, FileId, Location, Model, TracedFile};
use crate::catalog::Place;
use crate::source::Span;

/// A file as the server reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EffectiveFile<'a> {
    /// The server renders it.
    Rendered(&'a TracedFile),
    /// The server reads it as it is in the home.
    InHome(FileId),
    /// The server renders it, but fails, or the result cannot be parsed.
    Unreadable(&'static str),
}

/// A value at a place of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FoundValue {
    /// The value as the server reads it, with escapes and references resolved, not trimmed.
    pub value: String,
    /// Where the value is: in the home's file, otherwise where what was rendered comes from.
    pub at: Location,
    /// The place to report: the start tag of an element, the name of an attribute, or the key.
    pub anchor: Location,
    /// What decides it.
    pub decided_by: DecidedBy,
    /// What holds it in the text that the server reads.
    pub holder: Span,
}

/// What decides a value that the server reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DecidedBy {
    /// The file in the home.
    File,
    /// This key of deployment.toml, as templates read it, directly or by inference.
    User(String),
    /// A default: of the home or, if nothing sets the key that is printed, of the template.
    Default,
    /// The text of the template.
    Template,
}

impl Model {
    /// The file at a path of the catalogue, such as `conf/carbon.xml`, as the server reads it. `None` if there is none, or if the server
    /// renders it and deployment.toml cannot be used.
    pub(crate) fn effective_file(&self, file: &str) -> Option<EffectiveFile<'_>> {
        if self.toml_file().is_none() || !self.has_template_of(file) {
            return self.file_at(file).map(EffectiveFile::InHome);
        }
        self.configuration()?;
        let path = self.layout.candidates(file).into_iter().next()?;
        Some(match self.rendered_file(&path) {
            None => EffectiveFile::Unreadable("its template cannot be rendered"),
            // A template can print nothing on purpose.
            Some(rendered) if matches!(rendered.content(), Content::Broken) && !rendered.source.text.trim().is_empty() => {
                EffectiveFile::Unreadable("what its template renders cannot be parsed")
            }
            Some(rendered) => EffectiveFile::Rendered(rendered),
        })
    }

    /// Every value at `place`, as the server reads it, in the order of the file; none if the file or the place does not exist.
    pub(crate) fn find(&self, place: &Place) -> Vec<FoundValue> {
        self.effective_file(&place.file).map_or_else(Vec::new, |file| self.find_in(file, &place.path))
    }

    /// Every value at `path` in `file`.
    pub(crate) fn find_in(&self, file: EffectiveFile, path: &str) -> Vec<FoundValue> {
        let found = match file {
            EffectiveFile::Rendered(rendered) => place::find_in(rendered.content(), &rendered.source.text, path),
            EffectiveFile::InHome(file) => place::find_in(self.file(file).content(), &self.file(file).source.text, path),
            EffectiveFile::Unreadable(_) => Vec::new(),
        };
        found.into_iter().filter_map(|found| self.located(file, found)).collect()
    }

    /// Every value at `place` in the files of the home, even if the server renders the file.
    pub(crate) fn find_in_home(&self, place: &Place) -> Vec<FoundValue> {
        self.file_at(&place.file).map_or_else(Vec::new, |file| self.find_in(EffectiveFile::InHome(file), &place.path))
    }

    /// The value along `relative` beside `found`, which is at `path` of `file`.
    pub(crate) fn beside(&self, file: EffectiveFile, path: &str, found: &FoundValue, relative: &str) -> Option<FoundValue> {
        let path = place::beside(path, relative);
        let key = match file {
            EffectiveFile::Rendered(rendered) => format!("{}:{path}", rendered.path),
            EffectiveFile::InHome(FileId(number)) => format!("{number}:{path}"),
            EffectiveFile::Unreadable(_) => return None,
        };
        // Each of many listeners of a file looks for its own.
        let others = self.beside.get(&key).unwrap_or_else(|| self.beside.insert(&key, self.find_in(file, &path)));
        // They are in the order of the text, and what holds them does not overlap.
        let last = others.partition_point(|other| other.holder.start <= found.holder.start).checked_sub(1)?;
        let start = others[last].holder.start;
        let first = others.partition_point(|other| other.holder.start < start);
        others.get(first).filter(|other| found.holder.end <= other.holder.end).cloned()
    }

    /// Where what is at `span` of `file` comes from.
    pub(crate) fn origin_of(&self, file: EffectiveFile, span: Span) -> Option<(Location, Location, DecidedBy)> {
        match file {
            EffectiveFile::Rendered(rendered) => {
                let trace = rendered.trace(self.effective_configuration()?, span);
                let by_user = trace.keys.iter().find(|value| value.is_set_by_user() && value.at.is_some());
                let decided_by = match by_user {
                    Some(value) => DecidedBy::User(value.key.clone()),
                    None if trace.keys.is_empty() => DecidedBy::Template,
                    None => DecidedBy::Default,
                };
                let source = trace.value_source()?;
                Some((source.at, source.anchor, decided_by))
            }
            EffectiveFile::InHome(file) => {
                let at = Location { file, span };
                Some((at, at, DecidedBy::File))
            }
            EffectiveFile::Unreadable(_) => None,
        }
    }

    fn located(&self, file: EffectiveFile, found: ValueInText) -> Option<FoundValue> {
        let ValueInText { value, at, anchor, holder } = found;
        let in_home = |file: FileId| (Location { file, span: at }, Location { file, span: anchor }, DecidedBy::File);
        let (at, anchor, decided_by) = match file {
            EffectiveFile::InHome(file) => in_home(file),
            EffectiveFile::Rendered(rendered) => self.origin_of(file, at).unwrap_or_else(|| {
                let start = rendered.location(self, Span::at(0));
                (start, start, DecidedBy::Template)
            }),
            EffectiveFile::Unreadable(_) => return None,
        };
        Some(FoundValue { value, at, anchor, decided_by, holder })
    }
}
