//! A file as loaded from disk: its text, encoding and line endings.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::config_map::EmbeddedFile;
use super::encoding::{self, Encoding, EncodingFault};
use super::kind::Kind;
use super::position::{FileRange, LineIndex, Point, Position, Span};
use super::secrets::secrets_in_file;
use crate::disk::{self, LoadError, MAX_FILE_BYTES};

/// The line endings of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnding {
    /// `\n`, or no line break at all.
    Lf,
    /// `\r\n`
    CrLf,
    /// Both `\n` and `\r\n`.
    Mixed,
}

/// A loaded file. Every span is a byte range of its [`text`](Self::text).
#[derive(Debug)]
pub struct SourceFile {
    /// The path that it was loaded from.
    pub path: PathBuf,
    /// The kind of file, decided by its name.
    pub kind: Kind,
    /// The decoded text, including a byte-order mark.
    pub text: String,
    /// The encoding of the bytes on disk.
    pub encoding: Encoding,
    /// Whether the text begins with a byte-order mark.
    pub byte_order_mark: bool,
    /// The first fault in the bytes, if any.
    pub encoding_fault: Option<EncodingFault>,
    /// The file inside this file that is looked at, with its text alone.
    embedded: Option<(EmbeddedFile, String)>,
    lines: OnceLock<LineIndex>,
    secrets: OnceLock<Vec<Span>>,
}

impl SourceFile {
    /// Reads the file at `path`. Fails if it cannot be read or is larger than `MAX_FILE_BYTES`.
    pub(crate) fn load(path: &Path) -> Result<Self, LoadError> {
        Self::from_bytes(path, disk::read(path)?)
    }

    /// Uses `bytes` as the content of the file at `path`, which need not exist. Fails if there are more than `MAX_FILE_BYTES`.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, LoadError> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(LoadError::TooLarge(bytes.len() as u64));
        }
        let kind = Kind::of(path);
        let decoded = match kind {
            Kind::Xml => encoding::decode(bytes, true),
            Kind::Toml | Kind::Yaml | Kind::Json => encoding::decode(bytes, false),
            // Java reads properties as ISO-8859-1, so any bytes are valid; scripts are only searched for options.
            Kind::Properties | Kind::Script | Kind::Text => encoding::decode_utf8_or_latin1(bytes),
        };
        Ok(Self {
            path: path.to_path_buf(),
            kind,
            text: decoded.text,
            encoding: decoded.encoding,
            byte_order_mark: decoded.byte_order_mark,
            encoding_fault: decoded.fault,
            embedded: None,
            lines: OnceLock::new(),
            secrets: OnceLock::new(),
        })
    }

    /// Whether the file is not text at all: much of its beginning is control characters and bytes that cannot be decoded.
    /// A few of them are taken for faults in a text.
    pub fn is_binary(&self) -> bool {
        let beginning = || self.text.chars().take(1024);
        let is_odd = |character: &char| {
            *character == char::REPLACEMENT_CHARACTER || character.is_control() && !character.is_ascii_whitespace()
        };
        let odd = beginning().filter(is_odd).count();
        odd >= 32 && odd * 4 > beginning().count()
    }

    /// The same file as the one around `embedded`, which decides the kind.
    #[must_use]
    pub(crate) fn with_embedded(mut self, embedded: EmbeddedFile) -> Self {
        let alone = embedded.alone_in(&self.text);
        self.kind = embedded.kind();
        self.embedded = Some((embedded, alone));
        self
    }

    /// The file inside this file that is looked at.
    pub(crate) fn embedded(&self) -> Option<&EmbeddedFile> {
        self.embedded.as_ref().map(|(embedded, _)| embedded)
    }

    /// The text that the server reads: the whole text, or that of the file inside it with everything around it blanked. Offsets are the same.
    pub fn text_of_server(&self) -> &str {
        self.embedded.as_ref().map_or(&self.text, |(_, alone)| alone)
    }

    /// Whether the bytes on disk are those of the text.
    pub(crate) fn is_as_on_disk(&self) -> bool {
        let same = match self.encoding {
            Encoding::Utf8 => true,
            Encoding::Latin1 => self.text.is_ascii(),
            Encoding::Other(charset) => charset.is_ascii_compatible() && self.text.is_ascii(),
        };
        same && self.encoding_fault.is_none()
    }

    /// The line index, built on the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The secrets in the text, found on the first call: sorted, apart, and without line breaks.
    pub(crate) fn secrets(&self) -> &[Span] {
        self.secrets.get_or_init(|| secrets_in_file(&self.path, &self.text))
    }

    /// The line and column of the byte at `offset` in the text.
    pub fn position(&self, offset: usize) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// Converts a byte offset in the text to one in the file on disk. They differ if the file is not UTF-8.
    pub fn offset_on_disk(&self, offset: usize) -> usize {
        if self.encoding == Encoding::Utf8 {
            return offset;
        }
        self.text.get(..offset).map_or(offset, |before| self.encoding.encoded_len(before))
    }

    /// The range of `span` in the file on disk, in lines, columns and bytes.
    pub fn place(&self, span: Span) -> FileRange {
        let point = |offset: usize| {
            let Position { line, column } = self.position(offset);
            Point { line, column, offset: self.offset_on_disk(offset) }
        };
        FileRange { start: point(span.start), end: point(span.end) }
    }

    /// Encodes `text` in this file's encoding. Returns `None` if the encoding cannot represent one of its characters, or if the file
    /// itself could not be decoded without loss.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        if self.encoding_fault.is_some() { None } else { self.encoding.encode(text) }
    }

    /// The bytes that it was read from. `None` if they could not be decoded without loss.
    pub(crate) fn into_bytes(self) -> Option<Vec<u8>> {
        match self.encoding {
            Encoding::Utf8 if self.encoding_fault.is_none() => Some(self.text.into_bytes()),
            _ => self.encode(&self.text),
        }
    }

    /// The line endings of the text.
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
    fn what_is_not_text_is_binary() {
        let is_binary =
            |bytes: &[u8]| SourceFile::from_bytes(Path::new("a.toml"), bytes.to_vec()).expect("small enough").is_binary();
        assert!(is_binary(&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0".repeat(4)));
        assert!(is_binary(&b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xed\xbd\x07\x60\x1cI\x96".repeat(4)));
        for text in ["", "a = 1\n", "\t\r\n\x0c", "local\0host = \"x\"\n", "\x01\x02 = \x03\n"] {
            assert!(!is_binary(text.as_bytes()), "{text:?}");
        }
        assert!(!is_binary("größe = \"ü\"".as_bytes()));
    }

    #[test]
    fn line_endings_are_distinguished() {
        for (text, ending) in
            [("a", LineEnding::Lf), ("a\nb\n", LineEnding::Lf), ("a\r\n", LineEnding::CrLf), ("a\r\nb\n", LineEnding::Mixed)]
        {
            let file = SourceFile::from_bytes(Path::new("x.toml"), text.into()).expect("small enough");
            assert_eq!(file.line_ending(), ending, "{text:?}");
        }
    }
}
