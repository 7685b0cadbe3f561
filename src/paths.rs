//! How paths are shown: relative to the working folder, with `/`.

use std::path::{Component, Path, PathBuf};

/// Shows paths relative to a folder.
#[derive(Debug, Clone)]
pub struct Shown {
    folder: PathBuf,
}

impl Shown {
    /// Relative to `folder`, an absolute path.
    pub fn relative_to(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// `path` without the folder where it lies in it, otherwise as it is; `.` parts are left out, and separators are `/`.
    pub fn path(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.folder).unwrap_or(path);
        let parts = path.components().filter(|part| *part != Component::CurDir);
        let mut shown = String::new();
        for part in parts {
            if part == Component::RootDir {
                shown.push('/');
                continue;
            }
            if !shown.is_empty() && !shown.ends_with('/') {
                shown.push('/');
            }
            shown.push_str(&part.as_os_str().to_string_lossy());
        }
        if shown.is_empty() { ".".to_owned() } else { shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_and_slashed() {
        let shown = Shown::relative_to(PathBuf::from("/work/repo"));
        for (path, expected) in [
            ("/work/repo/a/b.toml", "a/b.toml"),
            ("./a/./b.toml", "a/b.toml"),
            ("../x/y", "../x/y"),
            ("/other/z", "/other/z"),
            ("/work/repo", "."),
            (".", "."),
        ] {
            assert_eq!(shown.path(Path::new(path)), expected);
        }
    }
}
