//! Contents that replace files on disk, and the only readers that know of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LoadError, MAX_FILE_BYTES, SourceFile};

/// Contents by absolute path that are read instead of the files: an editor's unsaved text, standard input, or what a fix is about to write.
/// The files need not exist.
pub type Overlays = BTreeMap<PathBuf, Vec<u8>>;

/// The file at `path` with its text decoded.
pub fn source(overlays: &Overlays, path: &Path) -> Result<SourceFile, LoadError> {
    match overlays.get(path) {
        Some(bytes) => SourceFile::from_bytes(path, bytes.clone()),
        None => SourceFile::load(path),
    }
}

/// The bytes of the regular file at `path`; `None` where there is none, or it is larger than [`MAX_FILE_BYTES`].
pub fn bytes(overlays: &Overlays, path: &Path) -> Option<Vec<u8>> {
    if let Some(bytes) = overlays.get(path) {
        return Some(bytes.clone());
    }
    let is_small = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_FILE_BYTES);
    is_small.then(|| fs::read(path).ok()).flatten()
}

/// The text of the file at `path`; `None` where [`bytes`] finds nothing or the bytes are not UTF-8.
pub fn text(overlays: &Overlays, path: &Path) -> Option<Arc<str>> {
    bytes(overlays, path).and_then(|bytes| String::from_utf8(bytes).ok()).map(Arc::from)
}
