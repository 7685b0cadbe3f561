//! Whether a change of deployment.toml makes the server render what the operator wrote.

use super::assignment::Assignment;
use super::hunk::{Hunk, hunks};
use crate::edit::toml::{TextEdit, TomlFile};
use crate::edit::{Edit, apply};
use crate::model::EffectiveConfiguration;
use crate::server::mapper::{Configuration, Environment};

/// An edited file, and what the home renders for it now.
pub(super) struct EditedFile<'a> {
    pub values: EffectiveConfiguration<'a>,
    pub toml: TomlFile<'a>,
    /// The path of the file, relative to the home.
    pub path: &'a str,
    /// The file as the operator left it.
    pub text: &'a str,
    /// Where it differs from what the home renders.
    pub hunks: &'a [Hunk],
}

/// A change of deployment.toml that expresses an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    /// The keys, with their values in TOML syntax.
    pub keys: Vec<(String, String)>,
    /// The edits of deployment.toml.
    pub edits: Vec<TextEdit>,
    /// The other files that are rendered in another way then, sorted.
    pub also: Vec<String>,
}

impl EditedFile<'_> {
    /// The change that makes the home render the lines of `hunk` as they are in the file, and no other line of it in another way than
    /// before. `None` if these values do not.
    pub(super) fn try_out(&self, hunk: Hunk, assignments: &[Assignment]) -> Option<Move> {
        let mut keys: Vec<(String, String)> = Vec::new();
        let mut edits: Vec<TextEdit> = Vec::new();
        for assignment in assignments {
            let (key, own) = assignment.edits(self.toml, self.values)?;
            let pair = (key, assignment.literal.clone());
            // One value can be on several lines.
            if !keys.contains(&pair) {
                keys.push(pair);
                edits.extend(own);
            }
        }
        let configuration = self.resolve(&edits)?;
        let rendered = self.values.model.render(self.path, &configuration)?.text?;
        let left = hunks(&rendered, self.text);
        let is_known = |left: &Hunk| self.hunks.iter().any(|known| known.is == left.is && *known != hunk);
        if left.len() >= self.hunks.len() || !left.iter().all(is_known) {
            return None;
        }
        Some(Move { keys, edits, also: self.other_files(&configuration) })
    }

    /// The configuration with these edits of deployment.toml.
    fn resolve(&self, edits: &[TextEdit]) -> Option<Configuration> {
        let mapping = self.values.model.mapping()?;
        let edits = edits.iter().map(|(span, text)| Edit { file: "deployment.toml".into(), span: *span, text: text.clone() });
        let (text, applied) = apply(self.toml.text, &[edits.collect()]);
        let is_applied = applied == [true];
        is_applied.then(|| Configuration::resolve(&text, &mapping.resources, &Environment::unknown(), &mapping.release)).flatten()
    }

    fn other_files(&self, configuration: &Configuration) -> Vec<String> {
        let model = self.values.model;
        let changes = |path: &str, text: &Option<String>| model.render(path, configuration).is_none_or(|new| new.text != *text);
        let others = model.outputs().filter(|output| output.path != self.path && changes(&output.path, &output.text));
        others.map(|output| output.path.clone()).collect()
    }
}
