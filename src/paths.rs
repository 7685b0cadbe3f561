//! Paths: absolute internally, displayed relative to the working folder and with `/`.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::{env, fs};

use crate::printable::on_one_line;

/// Makes `path` absolute. Symbolic links are kept, unless the path contains `..`, which only the file system can resolve correctly.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    if path.components().any(|part| part == Component::ParentDir)
        && let Ok(real) = fs::canonicalize(path)
    {
        return real;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.components().collect()
}

/// The real paths of files and folders, each folder on the way looked at once.
#[derive(Debug, Default)]
pub(crate) struct RealPaths {
    known: Mutex<HashMap<PathBuf, PathBuf>>,
}

impl RealPaths {
    /// The real path of `path`, which is absolute; `path` itself if it does not exist.
    pub(crate) fn of(&self, path: &Path) -> PathBuf {
        self.existing(path).unwrap_or_else(|| path.to_path_buf())
    }

    /// The real path of `path`, which is absolute; `None` if it does not exist.
    pub(crate) fn existing(&self, path: &Path) -> Option<PathBuf> {
        if let Some(real) = self.known.lock().ok()?.get(path) {
            return Some(real.clone());
        }
        let real = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) if !fs::symlink_metadata(path).ok()?.is_symlink() => self.existing(parent)?.join(name),
            _ => fs::canonicalize(path).ok()?,
        };
        self.known.lock().ok()?.insert(path.to_path_buf(), real.clone());
        Some(real)
    }
}

/// `path`, which is relative, with `/` between its parts.
pub(crate) fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Displays paths relative to a folder.
#[derive(Debug, Clone)]
pub struct DisplayPaths {
    folder: PathBuf,
}

impl DisplayPaths {
    /// Displays paths relative to `folder`, an absolute path.
    pub fn relative_to(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Displays paths relative to the working folder.
    pub fn relative_to_working_folder() -> Self {
        Self::relative_to(env::current_dir().unwrap_or_default())
    }

    /// The absolute `path`, for display: relative to the folder, with `..` if necessary. A path that shares only the root with the folder
    /// stays absolute. Separators are `/`. Characters that a reader cannot see are escaped.
    pub fn path(&self, path: &Path) -> String {
        on_one_line(&self.exact(path))
    }

    /// [`DisplayPaths::path`] for programs: nothing is escaped.
    pub fn exact(&self, path: &Path) -> String {
        let own: Vec<Component> = self.folder.components().collect();
        let parts: Vec<Component> = path.components().filter(|part| *part != Component::CurDir).collect();
        let common = own.iter().zip(&parts).take_while(|(one, other)| one == other).count();
        // Sharing only the root does not count.
        let is_near = common > 1 || common == own.len() && common > 0;
        let (up, rest) = if is_near { (own.len() - common, &parts[common..]) } else { (0, parts.as_slice()) };
        let mut shown = "../".repeat(up);
        for part in rest {
            if *part == Component::RootDir {
                shown.push('/');
                continue;
            }
            if !shown.is_empty() && !shown.ends_with('/') {
                shown.push('/');
            }
            shown.push_str(&part.as_os_str().to_string_lossy());
        }
        if shown.is_empty() { ".".to_owned() } else { shown.trim_end_matches('/').to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_and_slashed() {
        let shown = DisplayPaths::relative_to(PathBuf::from("/srv/repo"));
        for (path, expected) in [
            ("/srv/repo/a/b.toml", "a/b.toml"),
            ("/srv/x/y", "../x/y"),
            ("/srv", ".."),
            ("/other/z", "/other/z"),
            ("/srv/repo", "."),
        ] {
            assert_eq!(shown.path(Path::new(path)), expected);
        }
    }
}
