//! Reads regular files, none of them without a limit of size.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// The size limit for a file, in bytes. The largest file in a real home is about 400 kB.
pub(crate) const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file could not be read.
#[derive(Debug)]
pub enum LoadError {
    /// The operating system's error, or the kind of what is no regular file.
    Io(io::Error),
    /// The file is larger than `MAX_FILE_BYTES`; its size in bytes.
    TooLarge(u64),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(formatter),
            Self::TooLarge(size) => write!(formatter, "{size} bytes, more than {MAX_FILE_BYTES}"),
        }
    }
}

impl std::error::Error for LoadError {}

impl From<LoadError> for io::Error {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Io(error) => error,
            LoadError::TooLarge(size) => {
                let (size, limit) = (size / 1024 / 1024, MAX_FILE_BYTES / 1024 / 1024);
                Self::other(format!("it has {size} MiB, more than the limit of {limit}"))
            }
        }
    }
}

/// Reads the regular file at `path`, following links. Never waits: a pipe, a device or a socket is refused without being read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    read_up_to(path, MAX_FILE_BYTES)
}

/// Reads the regular file at `path` as text in UTF-8.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::other("it is not text in UTF-8"))
}

/// Reads a regular file of at most `limit` bytes.
pub(crate) fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, LoadError> {
    // Opening a device can have effects, so its kind is looked at first; and once more afterwards, in case the file was replaced.
    check(&path.metadata().map_err(LoadError::Io)?, limit)?;
    let file = open(path).map_err(LoadError::Io)?;
    let metadata = file.metadata().map_err(LoadError::Io)?;
    check(&metadata, limit)?;
    // One byte more, so that most files are at their end after one read.
    let mut bytes = vec![0; usize::try_from(metadata.len()).unwrap_or(0) + 1];
    let mut len = 0;
    while len < bytes.len() {
        match (&file).read(&mut bytes[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(LoadError::Io(error)),
        }
    }
    if len < bytes.len() {
        bytes.truncate(len);
    } else {
        // It has grown meanwhile.
        file.take((limit + 1).saturating_sub(len as u64)).read_to_end(&mut bytes).map_err(LoadError::Io)?;
    }
    if bytes.len() as u64 > limit { Err(LoadError::TooLarge(bytes.len() as u64)) } else { Ok(bytes) }
}

fn check(metadata: &Metadata, limit: u64) -> Result<(), LoadError> {
    if let Some(kind) = irregular(metadata) {
        return Err(LoadError::Io(io::Error::other(format!("it is {kind}, not a regular file"))));
    }
    if metadata.len() > limit { Err(LoadError::TooLarge(metadata.len())) } else { Ok(()) }
}

/// What something is that is not a regular file: `a folder`, `a pipe`. `None` for a regular file.
pub(crate) fn irregular(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    Some(if kind.is_dir() { "a folder" } else { "something else" })
}

/// Opens a file for reading without waiting for the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    Ok(File::from(rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_up_to_the_limit_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, "12345").expect("written");
        assert_eq!(read_up_to(&path, 5).expect("small enough"), b"12345");
        assert!(matches!(read_up_to(&path, 4), Err(LoadError::TooLarge(5))));
        let error = read(folder.path()).expect_err("a folder");
        assert_eq!(error.to_string(), "it is a folder, not a regular file");
        std::fs::write(&path, b"\xff").expect("written");
        assert_eq!(read_text(&path).expect_err("no text").to_string(), "it is not text in UTF-8");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_sockets_and_devices_are_refused_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
        assert_eq!(read(&pipe).expect_err("a pipe").to_string(), "it is a pipe, not a regular file");
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
        assert_eq!(read(&socket).expect_err("a socket").to_string(), "it is a socket, not a regular file");
        assert_eq!(read(Path::new("/dev/zero")).expect_err("a device").to_string(), "it is a device, not a regular file");
    }
}
