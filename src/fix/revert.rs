//! Undoes the changes of a rule's fixes, by the marks that they left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::write::ChangedFile;
use crate::catalog::catalog;
use crate::disk::read_text;
use crate::edit::toml::TomlFile;
use crate::edit::xml::bring_back;
use crate::edit::{Edit, apply, edits_in};
use crate::home::embedded_in;
use crate::model::{Content, LoadedFile, Model, parse};
use crate::server::jinjava::comments;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// What marks of a rule allow to restore.
#[derive(Debug, Default)]
pub struct Reverted {
    /// The files, with what was there before.
    pub files: Vec<ChangedFile>,
    /// How many changes are undone.
    pub count: usize,
    /// The changes that cannot be undone.
    pub stuck: Vec<StuckChange>,
}

/// A marked change that cannot be undone.
#[derive(Debug)]
pub struct StuckChange {
    /// The file.
    pub path: PathBuf,
    /// The line of the mark, from 1.
    pub line: usize,
    /// Why not, and what to do instead.
    pub help: String,
}

/// Undoes every change that `rule` has marked.
pub fn revert(workspace: &Workspace, rule: &str) -> Reverted {
    let mut reverted = Reverted::default();
    // A YAML file can have several files inside it, each a home of its own.
    let mut by_path: BTreeMap<&Path, Vec<Marked>> = BTreeMap::new();
    for (number, home) in workspace.homes() {
        for file in home.model.files.iter().filter(|file| workspace.is_requested(number, &file.source.path)) {
            by_path.entry(&file.source.path).or_default().extend(reverted.marked(file, &home.model.layout.root, rule));
        }
    }
    for marked in by_path.into_values().filter(|marked| !marked.is_empty()) {
        reverted.add_file(&marked);
    }
    for (number, home) in workspace.homes() {
        reverted.add_templates(&home.model, |path| workspace.is_requested(number, path), rule);
    }
    reverted
}

/// The marks of a rule in a file, or in a file inside it.
struct Marked<'a> {
    source: &'a SourceFile,
    root: &'a Path,
    /// What undoes them. In one list, so that adjacent marks are undone together.
    edits: Vec<Edit>,
    count: usize,
}

impl Marked<'_> {
    /// Whether the file can be parsed after they are undone.
    fn parses(&self) -> bool {
        let (new, applied) = apply(&self.source.text, std::slice::from_ref(&self.edits));
        let Ok(undone) = SourceFile::from_bytes(&self.source.path, new.into_bytes()) else { return false };
        let undone = match self.source.embedded() {
            None => undone,
            Some(inside) => match embedded_in(&undone.text).into_iter().nth(inside.number) {
                Some(inside) => undone.with_embedded(inside),
                None => return false,
            },
        };
        applied == [true] && !matches!(parse(&undone).0, Content::Broken)
    }
}

impl Reverted {
    /// The marks of `rule` in `file` that can be undone; `None` if there are none. Those that cannot are noted.
    fn marked<'a>(&mut self, file: &'a LoadedFile, root: &'a Path, rule: &str) -> Option<Marked<'a>> {
        let source = &file.source;
        let text = source.text_of_server();
        let (edits, stuck) = match file.content() {
            Content::Xml(document) => bring_back(text, document, rule),
            Content::Toml(document) => TomlFile { text, document }.bring_back(rule),
            _ => return None,
        };
        self.stuck.extend(stuck.into_iter().map(|stuck| StuckChange {
            path: source.path.clone(),
            line: source.position(stuck.span.start).line,
            help: stuck.help,
        }));
        let first = edits.iter().map(|(span, _)| *span).min()?;
        let is_xml = matches!(file.content(), Content::Xml(_));
        // In XML the mark of a value is a comment beside it.
        let count = edits.iter().filter(|(span, _)| !is_xml || span.of(text).starts_with("<!--")).count();
        let marked = Marked { source, root, edits: edits_in(source, edits), count };
        if marked.parses() {
            return Some(marked);
        }
        let help = "the file would not parse with what was there before: restore it by hand".to_owned();
        self.stuck.push(StuckChange { path: source.path.clone(), line: source.position(first.start).line, help });
        None
    }

    /// Undoes marks in one file.
    fn add_file(&mut self, marked: &[Marked]) {
        let Some(Marked { source, root, .. }) = marked.first() else { return };
        let edits: Vec<Vec<Edit>> = marked.iter().map(|marked| marked.edits.clone()).collect();
        let (new, _) = apply(&source.text, &edits);
        if let (Some(old), Some(new)) = (source.encode(&source.text), source.encode(&new)) {
            self.count += marked.iter().map(|marked| marked.count).sum::<usize>();
            self.files.push(ChangedFile { path: source.path.clone(), root: root.to_path_buf(), old, new });
        } else {
            let help = "the encoding of the file has no character for what was there before: restore it by hand".to_owned();
            self.stuck.push(StuckChange { path: source.path.clone(), line: 1, help });
        }
    }

    fn add_templates(&mut self, model: &Model, is_requested: impl Fn(&Path) -> bool, rule: &str) {
        let places = catalog().listeners.iter().filter_map(|row| row.places.first());
        let templates: BTreeSet<PathBuf> = places.map(|place| model.template_path(&place.file)).collect();
        for path in templates.into_iter().filter(|path| is_requested(path)) {
            let Some(old) = read_text(&path).ok().filter(|_| model.holds(&path)) else { continue };
            let (new, count) = without_marker(&old, rule);
            if count > 0 {
                self.count += count;
                let root = model.layout.root.clone();
                self.files.push(ChangedFile { path, root, old: old.into_bytes(), new: new.into_bytes() });
            }
        }
    }
}

/// A template without the comments that `rule` put around its elements, and how many there were.
fn without_marker(template: &str, rule: &str) -> (String, usize) {
    let open = format!("{{# carbonlint[{rule}] ");
    let (mut text, mut count) = (template.to_owned(), 0);
    for comment in comments(template).into_iter().rev() {
        if let Some(inner) = comment.of(template).strip_prefix(&open).and_then(|rest| rest.strip_suffix(" #}")) {
            text.replace_range(comment.start..comment.end, inner);
            count += 1;
        }
    }
    (text, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_restored() {
        let commented = "a\n{# carbonlint[r] <C\n>\n</C> #}\nb {# mine #}\n";
        assert_eq!(without_marker(commented, "r"), ("a\n<C\n>\n</C>\nb {# mine #}\n".to_owned(), 1));
        assert_eq!(without_marker(commented, "other"), (commented.to_owned(), 0));
        let quoted = "{{ '{# carbonlint[r] x #}' }}";
        assert_eq!(without_marker(quoted, "r"), (quoted.to_owned(), 0));
    }
}
