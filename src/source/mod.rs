//! One file as it lies on disk: its text, encoding, line ends, and the spanned read-only views of what it says.

pub mod encoding;
pub mod json;
pub mod overlays;
pub mod position;
pub mod properties;
pub mod script;
pub mod secrets;
pub mod template;
pub mod toml;
mod toml_faults;
pub mod xml;
mod xml_attributes;
mod xml_text;
pub mod yaml;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::{fs, io};

use encoding::{Encoding, EncodingFault};
pub use overlays::Overlays;
pub use position::{FileRange, LineIndex, Point, Position, Span};

/// The largest file that is read, in bytes. The largest file of a real home has about 400 kB.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// How deep elements, tables, arrays and mappings may nest. Real files stay below 20; `toml_edit` stops at 80 by itself.
pub const MAX_NESTING: usize = 80;

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

/// What kind of configuration a file holds, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// deployment.toml
    Toml,
    /// carbon.xml and the like
    Xml,
    /// Java properties, spark-defaults.conf among them
    Properties,
    /// deployment.yaml of the Carbon 5 runtimes
    Yaml,
    /// A start script of bin/
    Script,
    /// default.json and the other tables of the config mapper
    Json,
    /// Anything else that is read for what it says: version.txt, product.txt, templates
    Text,
}

impl Kind {
    /// The kind that the file name tells; the endings that deployment tools append (`.j2`, `.erb`, `.tpl`, `.tmpl`) do not count.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = template::without_ending(name);
        match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "toml" => Self::Toml,
            "xml" => Self::Xml,
            "properties" | "conf" => Self::Properties,
            "yaml" | "yml" => Self::Yaml,
            "sh" | "bat" => Self::Script,
            "json" => Self::Json,
            _ if name.starts_with("deployment.toml.") => Self::Toml,
            _ => Self::Text,
        }
    }
}

/// A place where a file is not what its format asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where it is wrong.
    pub span: Span,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Another place that belongs to it, and what stands there.
    pub related: Option<(Span, String)>,
    /// Whether the file nests deeper than [`MAX_NESTING`], rather than being malformed.
    pub too_deep: bool,
    /// Whether a key or table is defined a second time, rather than being malformed.
    pub is_repetition: bool,
}

impl SyntaxError {
    /// A fault with no remedy and no other place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None, related: None, too_deep: false, is_repetition: false }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with another place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }

    /// The fault of a file that nests too deep at `span`.
    pub fn too_deep(span: Span) -> Self {
        let fault = Self::new(span, format!("nested more than {MAX_NESTING} levels deep, and checked no further"));
        Self { too_deep: true, ..fault }
            .help("restore the file, or correct what generated it: something is opened again and again and never closed")
    }
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
    fn the_name_tells_the_kind() {
        for (name, kind) in [
            ("repository/conf/deployment.toml", Kind::Toml),
            ("templates/deployment.toml.j2", Kind::Toml),
            ("deployment.toml.mssql", Kind::Toml),
            ("carbon.xml.erb", Kind::Xml),
            ("spark-defaults.conf", Kind::Properties),
            ("deployment.yaml", Kind::Yaml),
            ("bin/wso2server.sh", Kind::Script),
            ("bin/version.txt", Kind::Text),
        ] {
            assert_eq!(Kind::of(Path::new(name)), kind, "{name}");
        }
    }

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
