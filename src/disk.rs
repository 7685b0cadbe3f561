//! Writes files atomically: to a temporary file in the same folder, which then replaces the old file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The suffix that is added to a file's name for its temporary file.
pub(crate) const TEMPORARY_ENDING: &str = ".carbonlint-new";

/// Replaces or creates the file at `target`. `old` is the metadata of the existing file, to keep its permissions and owner.
pub(crate) fn replace(target: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<()> {
    let temporary = temporary_of(target);
    let written = write_temporary(&temporary, bytes, old).and_then(|_| fs::rename(&temporary, target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// The path of the temporary file for `target`.
pub(crate) fn temporary_of(target: &Path) -> PathBuf {
    beside(target, TEMPORARY_ENDING)
}

/// `path` with `ending` added to the file's name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// Writes a temporary file, replacing one that a killed run left behind.
pub(crate) fn write_temporary(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<File> {
    write_new(path, bytes, old).or_else(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Err(error);
        }
        fs::remove_file(path)?;
        write_new(path, bytes, old)
    })
}

/// Writes `bytes` to a new file. With `old`, the file gets the permissions of the old one and, if the system allows it, its owner, and is
/// private until then. Otherwise it gets the default permissions. Fails if the file exists.
pub(crate) fn write_new(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    let mut file = match old {
        None => options.open(path)?,
        Some(old) => {
            let file = private(&mut options).open(path)?;
            keep_owner(path, old);
            fs::set_permissions(path, old.permissions())?;
            file
        }
    };
    file.write_all(bytes)?;
    Ok(file)
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
fn keep_owner(path: &Path, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, chown};
    // Only root can change the owner. For other users the file belongs to the writer, as with any editor.
    let _ = chown(path, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _old: &fs::Metadata) {}

/// The reason for an I/O error, in lower case and without the system's error number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}
