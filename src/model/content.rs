//! The files of a home, their parsed content, and locations in them.

use std::cell::OnceCell;
use std::sync::Arc;

use elsa::{FrozenMap, FrozenVec};

use crate::source::properties::Properties;
use crate::source::script::{self, ScriptOption};
use crate::source::suppression::Suppression;
use crate::source::template::{self, Readings, Template};
use crate::source::toml::TomlDocument;
use crate::source::xml::XmlDocument;
use crate::source::yaml::{self, YamlNode};
use crate::source::{Kind, SourceFile, Span, SyntaxError, json};

/// The index of a file in its home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(super) usize);

/// The index of a home in its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HomeId(pub(crate) usize);

/// The parsed content of a file.
#[derive(Debug)]
pub enum Content {
    /// deployment.toml
    Toml(TomlDocument),
    /// An XML file.
    Xml(XmlDocument),
    /// A `.properties` file.
    Properties(Properties),
    /// A YAML file; `None` when it is empty.
    Yaml(Option<YamlNode>),
    /// The options in a start script.
    Script(Vec<ScriptOption>),
    /// default.json: flattened keys and values.
    Json(serde_json::Map<String, serde_json::Value>),
    /// A malformed file; [`LoadedFile::faults`] says where, except for JSON.
    Broken,
    /// A file that was not parsed, or has a format without a parser.
    Unparsed,
}

/// Why a file is too large to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Its size in bytes is over the limit.
    Bytes(u64),
    /// It has more tokens of TOML than the limit.
    Tokens,
}

/// A file of a home.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its decoded text.
    pub source: Arc<SourceFile>,
    /// Its path relative to the home, with `/`.
    pub name: String,
    /// What was made of it, on the first use.
    parsed: OnceCell<Arc<Parsed>>,
    /// Which of the readings of a deployment tool's template this is.
    reading: usize,
    /// Whether it was parsed before, without a fault.
    is_well_formed: bool,
}

impl LoadedFile {
    /// A file that is parsed when something asks for its content.
    pub(super) fn new(source: SourceFile, name: String) -> Self {
        Self { source: Arc::new(source), name, parsed: OnceCell::new(), reading: 0, is_well_formed: false }
    }

    /// A file that is never parsed.
    pub(super) fn unparsed(source: SourceFile, name: String) -> Self {
        Self { parsed: Arc::new(plain(Ok(Content::Unparsed))).into(), ..Self::new(source, name) }
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| Arc::new(parse_all(&self.source)))
    }

    fn read(&self) -> &ReadContent {
        let parsed = self.parsed();
        let others = || parsed.template.as_ref().map_or(&[][..], |template| &template.others);
        self.reading.checked_sub(1).and_then(|other| others().get(other)).unwrap_or(&parsed.read)
    }

    /// Its parsed content.
    pub fn content(&self) -> &Content {
        &self.read().content
    }

    /// Its syntax errors.
    pub fn faults(&self) -> &[SyntaxError] {
        &self.read().faults
    }

    /// Whether it is byte for byte what a server writes that renders `text`.
    pub(crate) fn is_as_rendered(&self, text: &str) -> bool {
        let SourceFile { byte_order_mark, text: own, .. } = &*self.source;
        self.source.is_as_on_disk() && !byte_order_mark && self.reading == 0 && own == text
    }

    /// Whether it cannot be parsed.
    pub(crate) fn is_broken(&self) -> bool {
        !self.is_well_formed && matches!(self.content(), Content::Broken)
    }

    /// What is known of it as a template of a deployment tool; `None` for a file without tags.
    pub(crate) fn template(&self) -> Option<&FilledIn> {
        self.parsed().template.as_ref()
    }

    /// The same file in another reading, from 1: the first one if a deployment tool does not fill the file in, or there are fewer.
    pub(super) fn in_reading(&self, reading: usize) -> Self {
        let Self { source, name, parsed, is_well_formed, .. } = self;
        let (source, parsed) = (Arc::clone(source), parsed.clone());
        Self { source, name: name.clone(), parsed, reading, is_well_formed: *is_well_formed }
    }

    /// Drops the content, which takes many times the size of the text, unless it is broken. It is parsed again if something asks for it.
    pub(super) fn forget_content(&mut self) {
        if self.parsed.get().is_some_and(|_| !self.is_broken() && self.faults().is_empty()) {
            self.is_well_formed = true;
            self.parsed.take();
        }
    }
}

/// What was made of the text of a file.
#[derive(Debug)]
pub(crate) struct ReadContent {
    /// The parsed content.
    pub content: Content,
    /// The syntax errors.
    pub faults: Vec<SyntaxError>,
}

/// Files that were read on demand. The list only grows, so references to its files stay valid.
#[derive(Default)]
pub(super) struct OpenedFiles(FrozenVec<Box<LoadedFile>>);

impl OpenedFiles {
    /// The file with this index, in the order of opening.
    pub(super) fn get(&self, number: usize) -> Option<&LoadedFile> {
        self.0.get(number)
    }

    /// The index of the file with this name. `open` reads it if it is not in the list yet.
    pub(super) fn number_of(&self, name: &str, open: impl FnOnce() -> Option<LoadedFile>) -> Option<usize> {
        if let Some(number) = self.0.iter().position(|file| file.name == name) {
            return Some(number);
        }
        self.0.push(Box::new(open()?));
        Some(self.0.len() - 1)
    }
}

impl std::fmt::Debug for OpenedFiles {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.0.iter()).finish()
    }
}

/// What was made of files on demand, by their paths. Nothing is removed, so references stay valid.
pub(super) struct OnDemand<T>(FrozenMap<String, Box<T>>);

impl<T> OnDemand<T> {
    /// What was made of the file at `path`.
    pub(super) fn get(&self, path: &str) -> Option<&T> {
        self.0.get(path)
    }

    /// Keeps what was made of the file at `path`.
    pub(super) fn insert(&self, path: &str, made: T) -> &T {
        self.0.insert(path.to_owned(), Box::new(made))
    }
}

impl<T> Default for OnDemand<T> {
    fn default() -> Self {
        Self(FrozenMap::default())
    }
}

impl<T> std::fmt::Debug for OnDemand<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("OnDemand").field(&self.0.len()).finish()
    }
}

/// The content of a file that is read when something asks for it.
#[derive(Debug, Clone)]
pub(crate) enum ReadFile {
    /// Text in UTF-8.
    Text(Arc<str>),
    /// Anything else.
    Bytes(Arc<[u8]>),
}

impl ReadFile {
    /// The bytes on disk.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text.into()),
            Err(error) => Self::Bytes(error.into_bytes().into()),
        }
    }
}

/// A span in a file of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The range.
    pub span: Span,
}

/// A comment that suppresses findings, with what it is for.
#[derive(Debug)]
pub(crate) struct Covering {
    /// The file that it is in.
    pub(crate) file: FileId,
    /// The comment.
    pub(crate) suppression: Suppression,
    /// Where a finding must begin; `None` for the whole file.
    pub(crate) covered: Option<Span>,
}

/// The syntax errors of a file that the server renders. No deployment tool fills in anything later.
pub(crate) fn faults_of_rendered(kind: Kind, text: &str) -> Vec<SyntaxError> {
    let faults = match kind {
        Kind::Xml => XmlDocument::parse(text).err().unwrap_or_default(),
        Kind::Toml => TomlDocument::parse(text).err().unwrap_or_default(),
        Kind::Properties => Properties::parse(text).faults,
        Kind::Yaml => yaml::parse(text).err().into_iter().collect(),
        Kind::Json => json::fault(text).into_iter().collect(),
        Kind::Script | Kind::Text => Vec::new(),
    };
    faults.into_iter().filter(|fault| !fault.too_deep).collect()
}

/// A file, read in every way that a deployment tool may fill it in.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// What is made of it with the first branch of each condition.
    pub read: ReadContent,
    /// What is known of the file as a template of a deployment tool.
    pub template: Option<FilledIn>,
}

/// What is known of a file that a deployment tool fills in.
#[derive(Debug)]
pub(crate) struct FilledIn {
    /// What is made of it with other branches of its conditions.
    pub others: Vec<ReadContent>,
    /// The branches that were not read.
    pub unread: Vec<Span>,
    /// A tag.
    pub tag: Span,
}

/// The content of a file and its syntax errors. See [`parse_all`].
pub(crate) fn parse(source: &SourceFile) -> (Content, Vec<SyntaxError>) {
    let ReadContent { content, faults } = parse_all(source).read;
    (content, faults)
}

/// Parses a file according to its kind. The template of a deployment tool is parsed with its tags masked, once with the first branch of each
/// condition, and as often as it takes to read each other branch. A file with tags only inside strings is parsed as it is written, and the values
/// with tags are unknown. A binary file has no syntax errors: it is one as a whole.
pub(crate) fn parse_all(source: &SourceFile) -> Parsed {
    if source.is_binary() {
        return plain(Err(Vec::new()));
    }
    let text = source.text_of_server();
    match source.kind {
        Kind::Toml => match Template::of(text, Kind::Toml) {
            None => plain(TomlDocument::parse(text).map(Content::Toml)),
            Some(template) => {
                let in_strings = || TomlDocument::parse_filled_in(text, &template.prints());
                match (!template.has_conditions_in_comments()).then(in_strings).flatten() {
                    Some(document) => Parsed { template: Some(FilledIn::plain(&template)), ..plain(Ok(Content::Toml(document))) },
                    None => parse_toml_template(&template, text),
                }
            }
        },
        Kind::Xml => match Template::of(text, Kind::Xml) {
            None => plain(XmlDocument::parse(text).map(Content::Xml)),
            Some(template) => {
                let read = template::read(&template, |masked| XmlDocument::parse(&masked.text).map(Content::Xml));
                match XmlDocument::parse(text) {
                    Ok(document) if read.all.iter().any(Result::is_err) => plain(Ok(Content::Xml(document))),
                    _ => FilledIn::of(read, &template),
                }
            }
        },
        Kind::Properties => {
            let mut properties = Properties::parse(text);
            let faults = std::mem::take(&mut properties.faults);
            Parsed { read: ReadContent { content: Content::Properties(properties), faults }, template: None }
        }
        Kind::Yaml => plain(yaml::parse(text).map(Content::Yaml).map_err(|fault| vec![fault])),
        Kind::Script => plain(Ok(Content::Script(script::options(text)))),
        Kind::Json => plain(serde_json::from_str(text).map(Content::Json).map_err(|_| Vec::new())),
        Kind::Text => plain(Ok(Content::Unparsed)),
    }
}

fn plain(read: Result<Content, Vec<SyntaxError>>) -> Parsed {
    Parsed { read: content_of(read), template: None }
}

fn content_of(read: Result<Content, Vec<SyntaxError>>) -> ReadContent {
    match read {
        Ok(content) => ReadContent { content, faults: Vec::new() },
        Err(faults) => ReadContent { content: Content::Broken, faults },
    }
}

fn parse_toml_template(template: &Template, text: &str) -> Parsed {
    let read = template::read(template, |masked| TomlDocument::parse_template(masked, text).map(Content::Toml));
    FilledIn::of(read, template)
}

impl FilledIn {
    fn plain(template: &Template) -> Self {
        Self { others: Vec::new(), unread: Vec::new(), tag: template.first_tag() }
    }

    fn of(read: Readings<Content>, template: &Template) -> Parsed {
        let mut all = read.all.into_iter().map(content_of);
        let first = all.next().unwrap_or(ReadContent { content: Content::Broken, faults: Vec::new() });
        let filled = Self { others: all.collect(), unread: read.unread, tag: template.first_tag() };
        Parsed { read: first, template: Some(filled) }
    }
}
