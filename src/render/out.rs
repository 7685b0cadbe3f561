//! Writes rendered files to a folder outside the home. Each file is complete at every moment, and none is written outside the folder.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::disk::{self, reason};

/// The folder to which files are written.
#[derive(Debug)]
pub(crate) struct OutFolder {
    /// Its real path, with links resolved.
    root: PathBuf,
    /// The real path of the home, into which nothing is written.
    home: PathBuf,
    /// The file from which everything is rendered. What is rendered has its secrets.
    source: PathBuf,
}

/// Why something was not written.
#[derive(Debug)]
pub(crate) enum OutError {
    /// The folder is the home, or is inside it.
    InHome(PathBuf),
    /// The path leads through a link to a target outside the folder.
    LinkOut(PathBuf, PathBuf),
    /// Something that is not a file, or not a folder, has the path.
    InTheWay(PathBuf),
    /// The operating system reported an error.
    Io(PathBuf, io::Error),
}

impl std::fmt::Display for OutError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InHome(path) => write!(formatter, "`{}` is inside the home, to which nothing is written", path.display()),
            Self::LinkOut(path, target) => {
                write!(formatter, "`{}` is a link to `{}`, which is outside the output folder", path.display(), target.display())
            }
            Self::InTheWay(path) => {
                write!(formatter, "`{}` is in the way: a regular file or a folder is needed there", path.display())
            }
            Self::Io(path, error) => write!(formatter, "cannot write `{}`: {}", path.display(), reason(error)),
        }
    }
}

impl std::error::Error for OutError {}

impl OutFolder {
    /// Opens the folder at `path` for the files of `home`, which are rendered from `source`, and creates it if it does not exist.
    pub(crate) fn new(path: &Path, home: &Path, source: &Path) -> Result<Self, OutError> {
        let io_error = |error| OutError::Io(path.to_path_buf(), error);
        let home = fs::canonicalize(home).map_err(|error| OutError::Io(home.to_path_buf(), error))?;
        // Nothing is created in the home, not even the folder.
        let root = real(&std::path::absolute(path).map_err(io_error)?).map_err(io_error)?;
        if root.starts_with(&home) {
            return Err(OutError::InHome(path.to_path_buf()));
        }
        fs::create_dir_all(&root).map_err(io_error)?;
        Ok(Self { root, home, source: source.to_path_buf() })
    }

    /// Writes the file at `path`, a path with `/`, below the folder, and returns where. Folders are created. An existing file is replaced, or
    /// left alone if it has the same bytes. A new one is as readable as its file in the home, or as the source if there is none.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> Result<PathBuf, OutError> {
        let relative = Path::new(path);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(OutError::InTheWay(relative.to_path_buf()));
        }
        let mut folder = self.root.clone();
        for part in relative.parent().into_iter().flat_map(Path::components) {
            folder = self.folder(folder.join(part))?;
        }
        let target = folder.join(relative.file_name().unwrap_or_default());
        let target = self.resolved(target)?;
        let io_error = |error| OutError::Io(target.clone(), error);
        let old = match fs::metadata(&target) {
            Ok(metadata) if !metadata.is_file() => return Err(OutError::InTheWay(target)),
            Ok(metadata) if metadata.len() == bytes.len() as u64 && disk::read(&target).is_ok_and(|old| old == bytes) => {
                return Ok(target);
            }
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io_error(error)),
        };
        let like = old.or_else(|| fs::metadata(self.home.join(relative)).or_else(|_| fs::metadata(&self.source)).ok());
        disk::replace(&target, bytes, like.as_ref()).map_err(io_error)?;
        Ok(target)
    }

    /// The folder at `path`, created if it does not exist.
    fn folder(&self, path: PathBuf) -> Result<PathBuf, OutError> {
        let path = self.resolved(path)?;
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(path),
            Ok(_) => Err(OutError::InTheWay(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&path).map_err(|error| OutError::Io(path.clone(), error))?;
                Ok(path)
            }
            Err(error) => Err(OutError::Io(path, error)),
        }
    }

    /// `path`, or the target if it is a link. Fails if that is outside the folder.
    fn resolved(&self, path: PathBuf) -> Result<PathBuf, OutError> {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        let target =
            if is_link { fs::canonicalize(&path).map_err(|error| OutError::Io(path.clone(), error))? } else { path.clone() };
        if !target.starts_with(&self.root) {
            return Err(OutError::LinkOut(path, target));
        }
        if target.starts_with(&self.home) {
            return Err(OutError::InHome(path));
        }
        Ok(target)
    }
}

/// The real path of an absolute path whose last parts need not exist.
fn real(path: &Path) -> io::Result<PathBuf> {
    let mut there = path;
    let mut missing = Vec::new();
    let mut real = loop {
        match fs::canonicalize(there) {
            Ok(real) => break real,
            Err(error) if error.kind() != io::ErrorKind::NotFound || there.is_symlink() => return Err(error),
            Err(error) => {
                missing.push(there.components().next_back());
                there = there.parent().ok_or(error)?;
            }
        }
    };
    while let Some(part) = missing.pop().flatten() {
        match part {
            Component::ParentDir => _ = real.pop(),
            other => real.push(other),
        }
        // After `..` the path can exist again, and be a link.
        if real.exists() || real.is_symlink() {
            real = fs::canonicalize(&real)?;
        }
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let (home, out) = (folder.path().join("home"), folder.path().join("out"));
        fs::create_dir(&home).expect("made");
        (folder, home, out)
    }

    #[test]
    fn files_are_created_replaced_and_left_alone() {
        let (_folder, home, out) = folders();
        let target = OutFolder::new(&out, &home, &home.join("source")).expect("made");
        for text in ["one", "two", "two"] {
            let path = target.write("a/b/c.xml", text.as_bytes()).expect("written");
            assert_eq!(fs::read_to_string(path).expect("there"), text);
        }
        assert_eq!(fs::read_dir(out.join("a/b")).expect("there").count(), 1, "no temporary file is left");
    }

    #[test]
    fn nothing_is_written_into_the_home_or_outside_the_folder() {
        let (_folder, home, out) = folders();
        for path in [home.clone(), home.join("x/y"), out.join("../home/z")] {
            assert!(matches!(OutFolder::new(&path, &home, &home), Err(OutError::InHome(_))), "{}", path.display());
        }
        assert_eq!(fs::read_dir(&home).expect("there").count(), 0);
        let above = OutFolder::new(home.parent().expect("a folder"), &home, &home).expect("made");
        assert!(matches!(above.write("home/a", b""), Err(OutError::InHome(_))));
        assert!(above.write("../a", b"").is_err() && above.write("/a", b"").is_err());
        fs::create_dir(home.join("folder")).expect("made");
        let target = OutFolder::new(&out, &home, &home.join("source")).expect("made");
        fs::create_dir_all(out.join("taken/here.xml")).expect("made");
        assert!(matches!(target.write("taken/here.xml", b""), Err(OutError::InTheWay(_))));
    }

    #[cfg(unix)]
    #[test]
    fn new_files_are_as_readable_as_those_of_the_home() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, home, out) = folders();
        for (name, mode) in [("source", 0o600), ("known.xml", 0o640)] {
            fs::write(home.join(name), "").expect("written");
            fs::set_permissions(home.join(name), fs::Permissions::from_mode(mode)).expect("set");
        }
        let target = OutFolder::new(&out, &home, &home.join("source")).expect("made");
        for (name, mode) in [("new.xml", 0o600), ("known.xml", 0o640)] {
            let path = target.write(name, b"x").expect("written");
            assert_eq!(fs::metadata(path).expect("there").permissions().mode() & 0o777, mode, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_only() {
        use std::os::unix::fs::symlink;
        let (folder, home, out) = folders();
        let target = OutFolder::new(&out, &home, &home.join("source")).expect("made");
        fs::create_dir(folder.path().join("outside")).expect("made");
        fs::create_dir(out.join("inside")).expect("made");
        symlink("../outside", out.join("away")).expect("linked");
        symlink("inside", out.join("near")).expect("linked");
        symlink("../outside/file", out.join("file")).expect("linked");
        assert!(matches!(target.write("away/a", b"x"), Err(OutError::LinkOut(..))));
        assert!(target.write("file", b"x").is_err());
        target.write("near/a", b"x").expect("written");
        assert_eq!(fs::read(out.join("inside/a")).expect("there"), b"x");
        assert_eq!(fs::read_dir(folder.path().join("outside")).expect("there").count(), 0);
    }
}
