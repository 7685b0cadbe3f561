//! The files of a home, their parsed content, and locations in them.

use elsa::{FrozenMap, FrozenVec};

use crate::source::properties::Properties;
use crate::source::script::{self, ScriptOption};
use crate::source::toml::TomlDocument;
use crate::source::xml::XmlDocument;
use crate::source::yaml::{self, YamlNode};
use crate::source::{Kind, SourceFile, Span, SyntaxError, json, template};

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

/// A file of a home.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its decoded text.
    pub source: SourceFile,
    /// Its path relative to the home, with `/`.
    pub name: String,
    /// Its parsed content.
    pub content: Content,
    /// Its syntax errors.
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

/// A span in a file of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The range.
    pub span: Span,
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

/// Parses a file according to its kind. A file that does not parse as it is written is tried as a deployment tool's template, with the
/// tags masked. A binary file has no syntax errors: it is one as a whole.
pub(crate) fn parse(source: &SourceFile) -> (Content, Vec<SyntaxError>) {
    if source.is_binary() {
        return (Content::Broken, Vec::new());
    }
    let text = source.text.as_str();
    match source.kind {
        Kind::Toml => match TomlDocument::parse(text) {
            Ok(document) => (Content::Toml(document), Vec::new()),
            Err(faults) => match template::mask(text, Kind::Toml) {
                None => (Content::Broken, faults),
                Some(masked) => match TomlDocument::parse_template(&masked, text) {
                    Ok(document) => (Content::Toml(document), Vec::new()),
                    Err(faults) => (Content::Broken, faults),
                },
            },
        },
        Kind::Xml => match XmlDocument::parse(text) {
            Ok(document) => (Content::Xml(document), Vec::new()),
            Err(faults) => match template::mask(text, Kind::Xml).map(|masked| XmlDocument::parse(&masked.text)) {
                Some(Ok(document)) => (Content::Xml(document), Vec::new()),
                _ => (Content::Broken, faults),
            },
        },
        Kind::Properties => {
            let mut properties = Properties::parse(text);
            let faults = std::mem::take(&mut properties.faults);
            (Content::Properties(properties), faults)
        }
        Kind::Yaml => match yaml::parse(text) {
            Ok(root) => (Content::Yaml(root), Vec::new()),
            Err(fault) => (Content::Broken, vec![fault]),
        },
        Kind::Script => (Content::Script(script::options(text)), Vec::new()),
        Kind::Json => match serde_json::from_str(text) {
            Ok(map) => (Content::Json(map), Vec::new()),
            Err(_) => (Content::Broken, Vec::new()),
        },
        Kind::Text => (Content::Unparsed, Vec::new()),
    }
}
