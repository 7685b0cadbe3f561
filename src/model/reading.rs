//! The other readings of a home with files that a deployment tool fills in: each with other branches of their conditions.

use super::{FileId, Model};

impl Model {
    /// The home as it is with other branches of the conditions in its templates. Together with this one, they have each branch once, except for
    /// those that are not read at all. The files have the same indexes.
    pub(crate) fn other_readings(&self) -> impl Iterator<Item = Self> {
        let count = self.files.iter().filter_map(|file| file.template()).map(|template| template.others.len()).max();
        (1..=count.unwrap_or_default()).map(|reading| self.other_reading(reading))
    }

    fn other_reading(&self, reading: usize) -> Self {
        let files = self.files.iter().map(|file| file.in_reading(reading)).collect();
        let mut other = Self {
            identity: self.identity.clone(),
            generation: self.generation,
            is_complete: self.is_complete,
            files,
            problems: self.problems.clone(),
            too_large: self.too_large.clone(),
            by_name: self.by_name.clone(),
            read: self.read.clone(),
            ..Self::empty(self.layout.clone(), self.boundary.afresh(), self.assumptions.clone(), &self.overlays, &self.only)
        };
        // Another branch of carbon.xml can name another product.
        if other.server_names() != self.server_names() {
            other.identify();
        }
        other
    }

    /// Whether `file` is one that a deployment tool fills in. A file that a rule has read on demand is none.
    pub(crate) fn is_filled_in(&self, file: FileId) -> bool {
        self.files.get(file.0).is_some_and(|file| file.template().is_some())
    }
}
