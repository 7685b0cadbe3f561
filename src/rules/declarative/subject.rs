//! The subjects of conditions: keys with their effective values, listeners, and values in files that the server reads.

use crate::diagnostic::Finding;
use crate::model::{Content, DecidedBy, EffectiveFile, FileId, FoundValue, Location};
use crate::ports::{Listener, State};
use crate::rule_info::Condition;
use crate::rules::context::HomeContext;
use crate::rules::key_pattern::{before_first_star, bind, captures, is_pattern, lists_of, matches_glob};
use crate::server::mapper::schema::{Fit, SchemaSource};
use crate::server::mapper::value::Value;
use crate::source::key::Key;
use crate::source::secrets::touches_secret;
use crate::source::toml::{TomlDocument, TomlEntry};

/// Something that a condition is about.
pub(super) struct Subject<'a> {
    pub of: SubjectOf<'a>,
    /// Its value; `None` if it has none, or a deployment tool fills it in.
    pub value: Option<Value>,
    /// Whether it has a value, even one that is not known.
    pub is_set: bool,
    /// Whether a line of deployment.toml decides the value.
    pub is_by_user: bool,
    /// What each `*` of the pattern of its key is.
    pub captures: Vec<String>,
}

/// What a subject is.
pub(super) enum SubjectOf<'a> {
    /// A key, with its line in deployment.toml, or else the place of what it is inferred from.
    Key { key: String, entry: Option<&'a TomlEntry>, inferred_at: Option<Location> },
    /// A listener.
    Listener(&'a Listener),
    /// A value in a file; `None` if there is none at the path.
    InFile { file: &'a str, path: String, found: Option<FoundValue> },
}

/// The subjects of `condition` in the home. In a condition inside another one, `outer` is the subject of that one.
pub(super) fn subjects<'a>(condition: &'a Condition, context: HomeContext<'a>, outer: Option<&Subject<'a>>) -> Vec<Subject<'a>> {
    if !condition.listener.is_empty() {
        return listeners(condition, context);
    }
    match (&condition.file, &condition.path) {
        (Some(file), Some(path)) => values_in(context, file, path),
        (None, Some(path)) => beside(context, outer, path),
        _ => condition.key.iter().flat_map(|pattern| keys(pattern, condition, context, outer)).collect(),
    }
}

fn listeners<'a>(condition: &Condition, context: HomeContext<'a>) -> Vec<Subject<'a>> {
    let is_named = |listener: &&Listener| condition.listener.iter().any(|pattern| matches_glob(pattern, &listener.id));
    let subject = |listener: &'a Listener| Subject {
        value: listener.port().map(Value::Integer),
        is_set: listener.base.is_some(),
        is_by_user: matches!(listener.state, State::Switched(_)) || listener.source.anchor().is_some(),
        captures: Vec::new(),
        of: SubjectOf::Listener(listener),
    };
    context.ports().listeners.iter().filter(is_named).map(subject).collect()
}

/// The values at `path` of `file`, or its absence. Nothing if the file does not exist or cannot be read.
fn values_in<'a>(context: HomeContext<'a>, file: &'a str, path: &str) -> Vec<Subject<'a>> {
    let model = context.model();
    let Some(effective) = model.effective_file(file) else { return Vec::new() };
    let is_readable = match effective {
        EffectiveFile::Rendered(_) => true,
        EffectiveFile::InHome(file) => !matches!(model.file(file).content(), Content::Broken),
        EffectiveFile::Unreadable(_) => false,
    };
    let found = model.find_in(effective, path);
    if found.is_empty() && is_readable {
        return vec![in_file(file, path.to_owned(), None)];
    }
    found.into_iter().map(|found| in_file(file, path.to_owned(), Some(found))).collect()
}

fn in_file(file: &str, path: String, found: Option<FoundValue>) -> Subject<'_> {
    Subject {
        value: found.as_ref().map(|found| Value::Text(found.value.trim().to_owned())),
        is_set: found.is_some(),
        is_by_user: found.as_ref().is_some_and(|found| matches!(found.decided_by, DecidedBy::File | DecidedBy::User(_))),
        captures: Vec::new(),
        of: SubjectOf::InFile { file, path, found },
    }
}

/// The value along `relative` beside the one that the outer condition is about.
fn beside<'a>(context: HomeContext<'a>, outer: Option<&Subject<'a>>, relative: &str) -> Vec<Subject<'a>> {
    let Some(SubjectOf::InFile { file, path, found: Some(found) }) = outer.map(|outer| &outer.of) else { return Vec::new() };
    let Some(effective) = context.model().effective_file(file) else { return Vec::new() };
    let other = context.model().beside(effective, path, found, relative);
    vec![in_file(file, relative.to_owned(), other)]
}

/// The keys that `pattern` is for.
fn keys<'a>(pattern: &str, condition: &Condition, context: HomeContext<'a>, outer: Option<&Subject<'a>>) -> Vec<Subject<'a>> {
    let Some((_, document)) = context.model().toml() else { return Vec::new() };
    let outer_key = outer.and_then(|outer| match &outer.of {
        SubjectOf::Key { key, entry, .. } => Some((key.as_str(), entry.map(|entry| &*entry.elements).unwrap_or_default())),
        _ => None,
    });
    let pattern = match (pattern.strip_prefix('.'), outer_key) {
        (Some(name), Some((key, _))) => Key::new(key).table().child(name),
        _ => bind(pattern, outer.map(|outer| outer.captures.as_slice()).unwrap_or_default()),
    };
    if is_pattern(&pattern) {
        return of_pattern(&pattern, condition.by_user == Some(true), context, document);
    }
    if !Key::new(&pattern).is_in_list() {
        return of_key(pattern, context, document).into_iter().collect();
    }
    // A key of the same element of a list.
    let elements = outer_key.filter(|(key, _)| lists_of(key) == lists_of(&pattern)).map(|(_, elements)| elements);
    match elements {
        Some(elements) => match document.entry_in(&pattern, elements) {
            Some(entry) => vec![of_entry(entry, Vec::new(), context)],
            None => vec![unset(pattern)],
        },
        None => document.entries_of(&pattern).map(|entry| of_entry(entry, Vec::new(), context)).collect(),
    }
}

/// The keys that match `pattern`: those that are written and, unless only these count, those with an effective value.
fn of_pattern<'a>(
    pattern: &str,
    is_only_written: bool,
    context: HomeContext<'a>,
    document: &'a TomlDocument,
) -> Vec<Subject<'a>> {
    let written = document.entries.iter().filter_map(|entry| {
        let captures = captures(pattern, &entry.key)?;
        Some(of_entry(entry, captures, context))
    });
    let mut subjects: Vec<Subject> = written.collect();
    let configuration = if is_only_written { None } else { context.model().configuration() };
    if let Some((_, configuration)) = configuration {
        // Nothing else can match than what is below the tables that the pattern names.
        let table = before_first_star(pattern).trim_end_matches('.');
        let mut keys: Vec<&str> = if table.is_empty() {
            configuration.values().into_keys().collect()
        } else {
            configuration.below(table).map(|(key, _)| key).collect()
        };
        keys.sort_unstable();
        for key in keys.into_iter().filter(|key| document.get(key).is_none()) {
            if let Some(captures) = captures(pattern, key) {
                subjects.extend(of_key(key.to_owned(), context, document).map(|subject| Subject { captures, ..subject }));
            }
        }
    }
    subjects
}

/// A key outside of lists: as it is written, otherwise as it is inferred, or its default. `None` if a deployment tool may write it.
fn of_key<'a>(key: String, context: HomeContext<'a>, document: &'a TomlDocument) -> Option<Subject<'a>> {
    if let Some(entry) = document.get(&key) {
        return Some(of_entry(entry, Vec::new(), context));
    }
    if !document.filled.is_empty() {
        return None;
    }
    let model = context.model();
    if let Some(given) = model.given(&key, &[]) {
        let is_by_user = given.is_set_by_user();
        let of = SubjectOf::Key { key, entry: None, inferred_at: given.anchor.filter(|_| is_by_user) };
        return Some(Subject { of, is_set: given.value.is_some(), value: given.value, is_by_user, captures: Vec::new() });
    }
    // Only the keys of the very version say what the default is.
    let schema = model.schema().filter(|schema| matches!(schema.source(), SchemaSource::Catalogue { fit: Fit::Released, .. }));
    let default = schema.and_then(|schema| schema.default_of(&key)).map(Value::of_json);
    Some(Subject { is_set: default.is_some(), value: default, ..unset(key) })
}

fn unset<'a>(key: String) -> Subject<'a> {
    let of = SubjectOf::Key { key, entry: None, inferred_at: None };
    Subject { of, value: None, is_set: false, is_by_user: false, captures: Vec::new() }
}

fn of_entry<'a>(entry: &'a TomlEntry, captures: Vec<String>, context: HomeContext) -> Subject<'a> {
    let written = Value::of_toml(&entry.value);
    let refers = written.as_ref().is_some_and(|value| value.texts().iter().any(|text| text.contains("$ref{")));
    let resolved =
        (refers && !Key::new(&entry.key).is_in_list()).then(|| context.model().given(&entry.key, &[])?.value).flatten();
    let of = SubjectOf::Key { key: entry.key.to_string(), entry: Some(entry), inferred_at: None };
    Subject { of, value: resolved.or(written), is_set: true, is_by_user: true, captures }
}

impl Subject<'_> {
    /// Its name in reports: the key, the id of the listener, or the path in the file.
    pub(super) fn name(&self) -> String {
        match &self.of {
            SubjectOf::Key { key, .. } => key.clone(),
            SubjectOf::Listener(listener) => listener.id.clone(),
            SubjectOf::InFile { path, .. } => path.clone(),
        }
    }

    /// Whether the place of its value holds a secret.
    pub(super) fn is_secret(&self, context: HomeContext) -> bool {
        let model = context.model();
        let at = match &self.of {
            SubjectOf::Key { entry: Some(entry), .. } => model.toml_file().map(|file| Location { file, span: entry.value_span }),
            SubjectOf::InFile { found: Some(found), .. } => Some(found.at),
            _ => None,
        };
        at.is_some_and(|at| touches_secret(model.file(at.file).source.secrets(), at.span))
    }

    /// A finding at its place: its own line, that of what decides it, the header of its table, or the file as a whole. `None` if no file of the
    /// home can be the cause.
    pub(super) fn finding(&self, context: HomeContext, message: String) -> Option<Finding> {
        let model = context.model();
        let toml = model.toml_file();
        let is_users = |at: &Location| toml.is_none_or(|toml| toml == at.file);
        let (at, file): (Option<Location>, Option<FileId>) = match &self.of {
            SubjectOf::Key { entry: Some(entry), .. } => (toml.map(|file| Location { file, span: entry.key_span }), None),
            SubjectOf::Key { key, inferred_at, .. } => {
                (inferred_at.filter(is_users).or_else(|| header_above(context, key)), toml)
            }
            SubjectOf::Listener(listener) => {
                let switched = if let State::Switched(at) = listener.state { Some(at) } else { None };
                let rendered_from = toml.or_else(|| model.file_at(&listener.row?.0.places.first()?.file));
                (switched.or(listener.source.anchor()).filter(is_users), rendered_from)
            }
            SubjectOf::InFile { file, found, .. } => match (found, model.effective_file(file)) {
                (Some(found), _) if matches!(found.decided_by, DecidedBy::File) => (Some(found.anchor), None),
                (Some(found), _) => (Some(found.anchor).filter(is_users), toml),
                (None, Some(EffectiveFile::InHome(file))) => (Some(model.start_of(file)), None),
                (None, _) => (None, toml),
            },
        };
        match (at, file) {
            (Some(at), _) => Some(context.finding_at(at, message)),
            (None, Some(file)) => Some(context.finding_in(file, message)),
            (None, None) => None,
        }
    }
}

/// The header of the table that `key` is missing from.
fn header_above(context: HomeContext, key: &str) -> Option<Location> {
    let (file, document) = context.model().toml()?;
    let table = document.table(Key::new(key).table().as_str())?;
    Some(Location { file, span: table.span })
}
