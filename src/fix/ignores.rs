//! Writes the comments that suppress findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::verify::compare;
use super::write::ChangedFile;
use crate::diagnostic::{Diagnostic, Site, Target};
use crate::edit::toml::TextEdit;
use crate::edit::{Edit, apply, edits_in};
use crate::model::suppressions::{line_around, rest_of_line, statement_at};
use crate::model::{FileId, HomeId, LoadedFile};
use crate::source::file::LineEnding;
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::{Kind, SourceFile, Span};
use crate::workspace::Workspace;

/// The rules to suppress, by the place of the comment; `None` for the head of the file.
type Places<'a> = BTreeMap<Option<usize>, BTreeSet<&'a str>>;

/// The files with comments that suppress `diagnostics`. A finding has none if its file is broken or has no comments, if the server renders it anew,
/// or if the comment would change what the file says.
pub(crate) fn with_ignores(workspace: &Workspace, diagnostics: &[Diagnostic]) -> Vec<ChangedFile> {
    let mut places: BTreeMap<(HomeId, FileId), Places> = BTreeMap::new();
    for diagnostic in diagnostics {
        if let Some((home, file, at)) = place_of(workspace, diagnostic) {
            places.entry((home, file)).or_default().entry(at).or_default().insert(&diagnostic.rule.name);
        }
    }
    // Several files can be inside one.
    let mut edits: BTreeMap<&Path, (&LoadedFile, HomeId, Vec<Vec<Edit>>)> = BTreeMap::new();
    for ((home, file), places) in &places {
        let loaded = workspace[*home].model.file(*file);
        let comments = places.iter().map(|(at, rules)| edits_in(&loaded.source, vec![comment(loaded, *at, rules)]));
        edits.entry(&loaded.source.path).or_insert((loaded, *home, Vec::new())).2.extend(comments);
    }
    let root = |home: HomeId| workspace[home].model.layout.root.clone();
    edits.into_values().filter_map(|(loaded, home, edits)| changed(&loaded.source, root(home), &edits)).collect()
}

/// The home and file of a finding, and where the comment for it goes.
fn place_of(workspace: &Workspace, diagnostic: &Diagnostic) -> Option<(HomeId, FileId, Option<usize>)> {
    let home = diagnostic.home()?;
    let model = &workspace[home].model;
    let (file, at) = match &diagnostic.finding.target {
        Target::Site(Site { at, .. }) => (at.file, Some(at.span.start)),
        Target::Path(path, _) => (model.files().find(|(_, loaded)| loaded.source.path == *path)?.0, None),
    };
    let loaded = model.file(file);
    let has_comments =
        !loaded.is_broken() && matches!(loaded.source.kind, Kind::Toml | Kind::Xml | Kind::Properties | Kind::Yaml);
    let at = at.map(|at| place_above(loaded, statement_at(loaded, at)));
    (has_comments && !model.has_template_of(&loaded.name)).then_some((home, file, at))
}

/// Where the comment for a statement goes: above it, or before it if an element is not the first on its line.
fn place_above(loaded: &LoadedFile, statement: Span) -> usize {
    let first = || rest_of_line(loaded.source.text_of_server(), statement.start).start;
    if loaded.source.kind == Kind::Xml { statement.start } else { first() }
}

fn changed(source: &SourceFile, root: PathBuf, edits: &[Vec<Edit>]) -> Option<ChangedFile> {
    let (text, _) = apply(&source.text, edits);
    let old = source.encode(&source.text)?;
    let load = |bytes: Vec<u8>| SourceFile::from_bytes(&source.path, bytes).ok();
    // A file inside a YAML file is compared with what is around it.
    let (before, new) = (load(old.clone())?, load(source.encode(&text)?)?);
    compare(&before, None, &new, &BTreeSet::new()).ok()?;
    Some(ChangedFile { path: source.path.clone(), root, old, new: new.into_bytes()? })
}

/// The comment for what begins at a place or, without one, for the file.
fn comment(loaded: &LoadedFile, place: Option<usize>, rules: &BTreeSet<&str>) -> TextEdit {
    let source = &loaded.source;
    let text = source.text_of_server();
    let rules = rules.iter().copied().collect::<Vec<_>>().join(", ");
    let word = if place.is_some() { "ignore" } else { "ignore-file" };
    let comment = match source.kind {
        Kind::Xml => format!("<!-- carbonlint: {word}[{rules}] -->"),
        _ => format!("# carbonlint: {word}[{rules}]"),
    };
    let line_break = if source.line_ending() == LineEnding::CrLf { "\r\n" } else { "\n" };
    let Some(at) = place else {
        let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        // Nothing may come before the XML declaration.
        return match text[mark..].strip_prefix("<?xml").and_then(|rest| rest.find("?>")) {
            Some(end) => (Span::at(mark + "<?xml".len() + end + "?>".len()), format!("{line_break}{comment}")),
            None => (Span::at(embedded_start(source).unwrap_or(mark)), format!("{comment}{line_break}")),
        };
    };
    let before = &text[line_around(text, at).start..at];
    // A file inside a YAML file is indented when it is written.
    let indent = if source.embedded().is_some() { "" } else { before };
    if before.trim().is_empty() {
        (Span::at(at), format!("{comment}{line_break}{indent}"))
    } else {
        // Between two elements on one line.
        (Span::at(at), comment)
    }
}

/// Where the file inside a YAML file begins.
fn embedded_start(source: &SourceFile) -> Option<usize> {
    let text = source.text_of_server();
    source.embedded().map(|_| text.len() - text.trim_start().len())
}
