//! Restores what a rule commented out, by the marker that the rule left.

use crate::disk::read_text;
use std::collections::BTreeSet;
use std::path::PathBuf;

use super::write::ChangedFile;
use crate::catalog::catalog;
use crate::edit::xml::bring_back;
use crate::edit::{Edit, apply};
use crate::model::{Content, Model};
use crate::server::jinjava::comments;
use crate::source::xml::XmlDocument;
use crate::workspace::Workspace;

/// The files in which `rule` commented something out, with that restored.
pub(crate) fn revert(workspace: &Workspace, rule: &str) -> Vec<ChangedFile> {
    let homes = workspace.homes();
    let files = homes.flat_map(|(number, home)| revert_in(&home.model, rule).into_iter().map(move |file| (number, file)));
    files.filter(|(number, file)| workspace.is_requested(*number, &file.path)).map(|(_, file)| file).collect()
}

fn revert_in(model: &Model, rule: &str) -> Vec<ChangedFile> {
    let root = &model.layout.root;
    let mut files = Vec::new();
    for file in &model.files {
        let Content::Xml(document) = &file.content else { continue };
        let text = &file.source.text;
        // In one list, so that adjacent markers are restored together.
        let edits: Vec<Edit> = bring_back(text, document, rule)
            .into_iter()
            .map(|(span, text)| Edit { file: file.source.path.clone(), span, text })
            .collect();
        if edits.is_empty() {
            continue;
        }
        let (new, applied) = apply(text, &[edits]);
        let parses = XmlDocument::parse(&new).is_ok();
        if let (true, true, Some(old), Some(new)) =
            (applied == [true], parses, file.source.encode(text), file.source.encode(&new))
        {
            files.push(ChangedFile { path: file.source.path.clone(), root: root.clone(), old, new });
        }
    }
    let templates: BTreeSet<PathBuf> =
        catalog().listeners.iter().filter_map(|row| row.places.first()).map(|place| model.template_path(&place.file)).collect();
    for path in templates {
        let Some(old) = read_text(&path).ok().filter(|_| model.holds(&path)) else { continue };
        let new = without_marker(&old, rule);
        if new != old {
            files.push(ChangedFile { path, root: root.clone(), old: old.into_bytes(), new: new.into_bytes() });
        }
    }
    files
}

/// A template without the comments that `rule` put around its elements.
fn without_marker(template: &str, rule: &str) -> String {
    let open = format!("{{# carbonlint[{rule}] ");
    let mut text = template.to_owned();
    for comment in comments(template).into_iter().rev() {
        if let Some(inner) = comment.of(template).strip_prefix(&open).and_then(|rest| rest.strip_suffix(" #}")) {
            text.replace_range(comment.start..comment.end, inner);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_restored() {
        let commented = "a\n{# carbonlint[r] <C\n>\n</C> #}\nb {# mine #}\n";
        assert_eq!(without_marker(commented, "r"), "a\n<C\n>\n</C>\nb {# mine #}\n");
        assert_eq!(without_marker(commented, "other"), commented);
        let quoted = "{{ '{# carbonlint[r] x #}' }}";
        assert_eq!(without_marker(quoted, "r"), quoted);
    }
}
