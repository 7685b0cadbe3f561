//! The files of a home that are read when something asks for them, each once.

use std::sync::Arc;

use super::content::ReadFile;
use super::{LoadedFile, Model};
use crate::source::overlays;

impl Model {
    /// The content of a file, by its path relative to the home. `None` if it cannot be read, is too large, or a link leads to it out of the home.
    pub(crate) fn read_once(&self, path: &str) -> Option<ReadFile> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let read = self.loaded(path).map_or_else(|| self.read_from_disk(path), |text| Some(ReadFile::Text(text.into())));
        self.read.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }

    /// The text of a file, by its path relative to the home. `None` if it cannot be read or is not UTF-8.
    pub fn text_of(&self, path: &str) -> Option<Arc<str>> {
        match self.read_once(path)? {
            ReadFile::Text(text) => Some(text),
            ReadFile::Bytes(_) => None,
        }
    }

    /// The text of a file that was read when the home was loaded, if its bytes are those of the text.
    pub(crate) fn loaded(&self, path: &str) -> Option<&str> {
        let is_whole = |file: &&LoadedFile| file.source.is_as_on_disk() && file.source.path == self.layout.root.join(path);
        self.file_named(path).filter(is_whole).map(|file| file.source.text.as_str())
    }

    fn read_from_disk(&self, path: &str) -> Option<ReadFile> {
        let full = self.layout.root.join(path);
        self.boundary.holds(&full).then(|| overlays::bytes(&self.overlays, &full)).flatten().map(ReadFile::of_bytes)
    }
}
