//! In-memory contents that replace files on disk, and the functions that read through them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::SourceFile;
use crate::disk::{self, LoadError};

/// Contents by absolute path, read instead of the files: an editor's unsaved text, standard input, or what a fix is about to write. The
/// files need not exist.
pub type Overlays = BTreeMap<PathBuf, Vec<u8>>;

/// Loads the file at `path`. Fails as [`SourceFile::load`] does.
pub(crate) fn source(overlays: &Overlays, path: &Path) -> Result<SourceFile, LoadError> {
    match overlays.get(path) {
        Some(bytes) => SourceFile::from_bytes(path, bytes.clone()),
        None => SourceFile::load(path),
    }
}

/// Reads the regular file at `path`. Returns `None` if there is none, it cannot be read, or it is larger than [`MAX_FILE_BYTES`](crate::disk::MAX_FILE_BYTES).
pub(crate) fn bytes(overlays: &Overlays, path: &Path) -> Option<Vec<u8>> {
    if let Some(bytes) = overlays.get(path) {
        return Some(bytes.clone());
    }
    disk::read(path).ok()
}

/// Reads the text of the regular file at `path`. Returns `None` as [`bytes`] does, and if it is not UTF-8.
pub(crate) fn text(overlays: &Overlays, path: &Path) -> Option<String> {
    bytes(overlays, path).and_then(|bytes| String::from_utf8(bytes).ok())
}
