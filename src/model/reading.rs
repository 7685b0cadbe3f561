//! The other readings of a home with files that a deployment tool fills in: each with other branches of their conditions.

use super::{FileId, LoadedFile, Model};

impl Model {
    /// The home as it is with other branches of the conditions in its templates. Together with this one, they have each branch once, except for
    /// those that are not read at all. The files have the same indexes.
    pub(crate) fn other_readings(&self) -> impl Iterator<Item = Self> {
        let count = self.files.iter().filter_map(|file| file.template.as_ref()).map(|template| template.others.len()).max();
        (0..count.unwrap_or_default()).filter_map(|number| self.other_reading(number))
    }

    /// `None` if the files have changed on disk since this home was loaded.
    fn other_reading(&self, number: usize) -> Option<Self> {
        let mut other =
            Self::load_within(self.layout.clone(), self.boundary.afresh(), self.assumptions.clone(), &self.overlays, &self.only);
        let is_same = |(one, other): (&LoadedFile, &LoadedFile)| one.name == other.name && one.source.text == other.source.text;
        if other.files.len() != self.files.len() || !self.files.iter().zip(&other.files).all(is_same) {
            return None;
        }
        for file in &mut other.files {
            if let Some(template) = file.template.as_mut().filter(|template| number < template.others.len()) {
                (file.content, file.faults) = template.others.swap_remove(number);
            }
        }
        Some(other)
    }

    /// Whether `file` is one that a deployment tool fills in. A file that a rule has read on demand is none.
    pub(crate) fn is_filled_in(&self, file: FileId) -> bool {
        self.files.get(file.0).is_some_and(|file| file.template.is_some())
    }
}
