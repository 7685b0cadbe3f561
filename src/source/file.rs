//! One file as it is on disk: its text, encoding and line ends.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::encoding::{self, Encoding, EncodingFault};
use super::kind::Kind;
use super::position::{FileRange, LineIndex, Point, Position, Span};

/// The largest file that is read, in bytes. The largest file of a real home has about 400 kB.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// How a text ends its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnding {
    /// `\n`, also when the text has a single line.
    Lf,
    /// `\r\n`
    CrLf,
    /// Both in one file.
    Mixed,
}

/// Why a file could not be read.
#[derive(Debug)]
pub enum LoadError {
    /// The system refused; its words.
    Io(io::Error),
    /// The file is larger than [`MAX_FILE_BYTES`]; its size in bytes.
    TooLarge(u64),
}

/// A loaded file. Spans everywhere are byte ranges of [`text`](Self::text).
#[derive(Debug)]
pub struct SourceFile {
    /// Where the file lies, as it was reached.
    pub path: PathBuf,
    /// What the name says it holds.
    pub kind: Kind,
    /// The decoded text; a byte-order mark is its first character.
    pub text: String,
    /// The encoding of the bytes on disk.
    pub encoding: Encoding,
    /// Whether the text begins with a byte-order mark.
    pub byte_order_mark: bool,
    /// What is wrong with the bytes, if anything.
    pub encoding_fault: Option<EncodingFault>,
    lines: OnceCell<LineIndex>,
}

impl SourceFile {
    /// Reads the file at `path`. Fails when the system refuses or the file is too large.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let size = fs::metadata(path).map_err(LoadError::Io)?.len();
        if size > MAX_FILE_BYTES {
            return Err(LoadError::TooLarge(size));
        }
        let bytes = fs::read(path).map_err(LoadError::Io)?;
        Self::from_bytes(path, bytes)
    }

    /// Takes `bytes` for the content of the file at `path`, which need not exist. Fails when there are too many of them.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, LoadError> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(LoadError::TooLarge(bytes.len() as u64));
        }
        let kind = Kind::of(path);
        let decoded = match kind {
            Kind::Xml => encoding::decode(bytes, true),
            Kind::Toml | Kind::Yaml | Kind::Json => encoding::decode(bytes, false),
            // Java reads properties as ISO-8859-1, and so can stand what is no UTF-8; scripts are only searched for options.
            Kind::Properties | Kind::Script | Kind::Text => encoding::decode_utf8_or_latin1(bytes),
        };
        Ok(Self {
            path: path.to_path_buf(),
            kind,
            text: decoded.text,
            encoding: decoded.encoding,
            byte_order_mark: decoded.byte_order_mark,
            encoding_fault: decoded.fault,
            lines: OnceCell::new(),
        })
    }

    /// The line index, built at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte of the text.
    pub fn position(&self, offset: usize) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// Where the byte `offset` of the text lies in the file on disk, in bytes: the same for UTF-8, another for other encodings.
    pub fn offset_on_disk(&self, offset: usize) -> usize {
        if self.encoding == Encoding::Utf8 {
            return offset;
        }
        self.text.get(..offset).map_or(offset, |before| self.encoding.encoded_len(before))
    }

    /// Where a range of the text stands, for people and scripts.
    pub fn place(&self, span: Span) -> FileRange {
        let point = |offset: usize| {
            let Position { line, column } = self.position(offset);
            Point { line, column, offset: self.offset_on_disk(offset) }
        };
        FileRange { start: point(span.start), end: point(span.end) }
    }

    /// `text` as the bytes of this file: in its encoding. `None` where a character does not exist in it, or the file was not read
    /// losslessly to begin with.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        if self.encoding_fault.is_some() { None } else { self.encoding.encode(text) }
    }

    /// How the text ends its lines.
    pub fn line_ending(&self) -> LineEnding {
        let line_feeds = self.text.matches('\n').count();
        match self.text.matches("\r\n").count() {
            0 => LineEnding::Lf,
            both if both == line_feeds => LineEnding::CrLf,
            _ => LineEnding::Mixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_on_disk_follow_the_encoding() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9\xe9</a>".to_vec();
        let file = SourceFile::from_bytes(Path::new("carbon.xml"), bytes).expect("small enough");
        let end = file.text.find("</a>").expect("an end tag");
        assert_eq!((end, file.offset_on_disk(end)), (50, 48));
    }

    #[test]
    fn line_endings_are_told_apart() {
        for (text, ending) in
            [("a", LineEnding::Lf), ("a\nb\n", LineEnding::Lf), ("a\r\n", LineEnding::CrLf), ("a\r\nb\n", LineEnding::Mixed)]
        {
            let file = SourceFile::from_bytes(Path::new("x.toml"), text.into()).expect("small enough");
            assert_eq!(file.line_ending(), ending, "{text:?}");
        }
    }
}
