//! Undoes the changes of a rule's fixes, by the marks that they left.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::write::ChangedFile;
use crate::catalog::catalog;
use crate::disk::read_text;
use crate::edit::toml::TomlFile;
use crate::edit::xml::bring_back;
use crate::edit::{Edit, apply};
use crate::model::{Content, LoadedFile, Model};
use crate::server::jinjava::comments;
use crate::source::toml::TomlDocument;
use crate::source::xml::XmlDocument;
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
    for (number, home) in workspace.homes() {
        let is_requested = |path: &Path| workspace.is_requested(number, path);
        for file in home.model.files.iter().filter(|file| is_requested(&file.source.path)) {
            reverted.add_file(file, &home.model.layout.root, rule);
        }
        reverted.add_templates(&home.model, is_requested, rule);
    }
    reverted
}

impl Reverted {
    fn add_file(&mut self, file: &LoadedFile, root: &Path, rule: &str) {
        let text = &file.source.text;
        let path = &file.source.path;
        let (edits, stuck) = match &file.content {
            Content::Xml(document) => bring_back(text, document, rule),
            Content::Toml(document) => TomlFile { text, document }.bring_back(rule),
            _ => return,
        };
        let line = |at: usize| file.source.position(at).line;
        self.stuck.extend(stuck.into_iter().map(|stuck| StuckChange {
            path: path.clone(),
            line: line(stuck.span.start),
            help: stuck.help,
        }));
        let Some(first) = edits.iter().map(|(span, _)| *span).min() else { return };
        let is_xml = matches!(file.content, Content::Xml(_));
        // In XML the mark of a value is a comment beside it.
        let count = edits.iter().filter(|(span, _)| !is_xml || span.of(text).starts_with("<!--")).count();
        // In one list, so that adjacent marks are undone together.
        let edits = edits.into_iter().map(|(span, text)| Edit { file: path.clone(), span, text }).collect();
        let (new, applied) = apply(text, &[edits]);
        let parses = match &file.content {
            Content::Toml(_) => TomlDocument::parse(&new).is_ok(),
            _ => XmlDocument::parse(&new).is_ok(),
        };
        if let (true, Some(old), Some(new)) = (applied == [true] && parses, file.source.encode(text), file.source.encode(&new)) {
            self.count += count;
            self.files.push(ChangedFile { path: path.clone(), root: root.to_path_buf(), old, new });
        } else {
            let help = "the file would not parse with what was there before: restore it by hand".to_owned();
            self.stuck.push(StuckChange { path: path.clone(), line: line(first.start), help });
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
