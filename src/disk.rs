//! Reads regular files, and writes files atomically: to a temporary file in the same folder, which then replaces the old file.

mod read;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) use read::{LoadError, MAX_FILE_BYTES, irregular, read, read_text, read_up_to};

/// The suffix that is added to a file's name for its temporary file.
pub(crate) const TEMPORARY_ENDING: &str = ".carbonlint-new";

/// The suffix that is added to a file's name for its old content, while several files are replaced.
pub(crate) const OLD_ENDING: &str = ".carbonlint-old";

/// The new content of a file, in a temporary file beside it. It is removed again unless it is renamed over the file.
#[derive(Debug)]
pub(crate) struct NewContent {
    target: PathBuf,
    temporary: PathBuf,
    file: File,
    is_renamed: bool,
}

impl NewContent {
    /// Writes `bytes` to the temporary file of `target`, replacing one that a killed run left behind. `old` is the metadata of the existing
    /// file, to keep its permissions and owner.
    pub(crate) fn write(target: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<Self> {
        let temporary = beside(target, TEMPORARY_ENDING);
        let file = write_new(&temporary, bytes, old).or_else(|error| {
            if error.kind() != io::ErrorKind::AlreadyExists {
                return Err(error);
            }
            fs::remove_file(&temporary)?;
            write_new(&temporary, bytes, old)
        })?;
        Ok(Self { target: target.to_path_buf(), temporary, file, is_renamed: false })
    }

    /// Waits until the content is on disk.
    pub(crate) fn flush(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Replaces the file with the new content, or creates it.
    pub(crate) fn rename(&mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        self.is_renamed = true;
        Ok(())
    }
}

impl Drop for NewContent {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Replaces or creates the file at `target`. `old` is the metadata of the existing file, to keep its permissions and owner.
pub(crate) fn replace(target: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<()> {
    NewContent::write(target, bytes, old)?.rename()
}

/// Writes to a path that the user named. A link is followed. A file is replaced, except where only its content can change: a pipe, a device,
/// a file in a folder that is not writable, or one that is mounted by itself.
pub(crate) fn write_output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let is_special = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
    let old = match fs::metadata(path) {
        Ok(metadata) if is_special || !metadata.is_file() => return fs::write(path, bytes),
        Ok(metadata) => Some(metadata),
        // A link to nothing: the system creates its target.
        Err(_) if path.is_symlink() => return fs::write(path, bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let target = if path.is_symlink() { fs::canonicalize(path)? } else { path.to_path_buf() };
    replace(&target, bytes, old.as_ref()).or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices if old.is_some() => {
            fs::write(path, bytes)
        }
        _ => Err(error),
    })
}

/// Flushes the renames in the folder of `path` to disk, where the file system can flush a folder.
pub(crate) fn flush_folder_of(path: &Path) {
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
}

/// `path` with `ending` added to the file's name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// Writes `bytes` to a new file. With `old`, the file gets the permissions of the old one and, if the system allows it, its owner, and is
/// private until then. Otherwise it gets the default permissions. Fails if the file exists; if writing fails, the file is removed.
pub(crate) fn write_new(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    let mut file = match old {
        None => options.open(path)?,
        Some(_) => private(&mut options).open(path)?,
    };
    let written = old.map_or(Ok(()), |old| {
        keep_owner(&file, old);
        file.set_permissions(old.permissions())
    });
    if let Err(error) = written.and_then(|()| file.write_all(bytes)) {
        let _ = fs::remove_file(path);
        return Err(error);
    }
    Ok(file)
}

/// Gives the file at `path` the second name `name`, which must be free. Where the file system has no such names, `name` is a copy of the
/// file, which has the content `bytes`. Either `name` is whole, or it does not exist.
pub(crate) fn keep_as(path: &Path, name: &Path, bytes: &[u8], old: &fs::Metadata) -> io::Result<()> {
    fs::hard_link(path, name).or_else(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Err(error);
        }
        let mut copy = NewContent::write(name, bytes, Some(old))?;
        copy.flush()?;
        if name.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        copy.rename()
    })
}

#[cfg(unix)]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only root can change the owner, and others only to a group of theirs. Otherwise the file belongs to the writer, as with any editor.
    let _ = fchown(file, Some(old.uid()), Some(old.gid())).or_else(|_| fchown(file, None, Some(old.gid())));
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &fs::Metadata) {}

/// The reason for an I/O error, which begins in lower case, without the system's error number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            let mut characters = text.chars();
            characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("readable")
            .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn content_that_is_not_renamed_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        fs::write(&path, "old").expect("written");
        fs::write(beside(&path, TEMPORARY_ENDING), "half").expect("written");
        drop(NewContent::write(&path, b"new", None).expect("written"));
        assert_eq!((fs::read_to_string(&path).expect("there"), names(folder.path())), ("old".to_owned(), vec!["a".to_owned()]));
        NewContent::write(&path, b"new", None).expect("written").rename().expect("renamed");
        assert_eq!((fs::read_to_string(&path).expect("there"), names(folder.path())), ("new".to_owned(), vec!["a".to_owned()]));
    }

    #[cfg(unix)]
    #[test]
    fn output_follows_links_and_keeps_permissions() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("a"), folder.path().join("link"));
        write_output(&file, b"1").expect("created");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
        symlink("a", &link).expect("linked");
        let before = fs::metadata(&file).expect("there").ino();
        write_output(&link, b"2").expect("replaced");
        let after = fs::metadata(&file).expect("there");
        assert_eq!((fs::read_to_string(&file).expect("there").as_str(), after.permissions().mode() & 0o777), ("2", 0o640));
        assert_ne!(after.ino(), before, "a reader of the old file still sees all of it");
        assert!(link.is_symlink());
        assert_eq!(names(folder.path()), ["a", "link"]);
        symlink("new", folder.path().join("dangling")).expect("linked");
        write_output(&folder.path().join("dangling"), b"2").expect("created");
        assert_eq!(names(folder.path()), ["a", "dangling", "link", "new"]);
        write_output(Path::new("/dev/null"), b"3").expect("a device");
        assert!(write_output(&folder.path().join("none/a"), b"4").is_err());
    }
}
