//! One home with all its files read: what is configured, and where it stands.

mod given;
mod load;
mod mapping;
pub mod place;
pub mod rewritten;

pub use given::Given;
pub(crate) use load::parse;
pub use mapping::Mapping;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Place, Product, Version};
use crate::home::{Generation, Identity, Layout, Problem};
use crate::mapper::schema::Schema;
use crate::mapper::{Configuration, Output};
use crate::source::properties::Properties;
use crate::source::script::ScriptOption;
use crate::source::toml::{TomlDocument, TomlEntry};
use crate::source::xml::XmlDocument;
use crate::source::yaml::YamlNode;
use crate::source::{Fault, Kind, LoadError, MAX_FILE_BYTES, SourceFile, Span};

/// The number of a file in its home.
pub type FileId = usize;

/// What a file says.
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
    /// A start script's options.
    Script(Vec<ScriptOption>),
    /// default.json: flattened keys and their values.
    Json(serde_json::Map<String, serde_json::Value>),
    /// A file that could not be parsed.
    Broken,
}

/// A file of a home.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its text.
    pub source: SourceFile,
    /// Its path relative to the home, with `/`.
    pub name: String,
    /// What it says.
    pub content: Content,
    /// Where it is malformed.
    pub faults: Vec<Fault>,
}

/// A place in a file of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The range.
    pub span: Span,
}

/// What the caller knows that the files do not say.
#[derive(Debug, Clone, Default)]
pub struct Assumptions {
    /// Product and version of files that do not tell them.
    pub product: Option<(&'static Product, Option<Version>)>,
    /// Standing for `-DportOffset`.
    pub port_offset: Option<i64>,
    /// Standing for `-Dprofile`.
    pub server_profile: Option<String>,
}

/// Contents that stand in for the files at absolute paths: what an editor or a pipe holds, or what a fix is about to write.
pub type Overlays = BTreeMap<PathBuf, Vec<u8>>;

/// One home.
#[derive(Debug)]
pub struct Model {
    /// Where its files lie.
    pub layout: Layout,
    /// Product and version, as far as they are known.
    pub identity: Identity,
    /// How it is configured.
    pub generation: Generation,
    /// Whether it is a whole home with a start script, rather than some files of one.
    pub is_whole: bool,
    /// The files.
    pub files: Vec<LoadedFile>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Files that are too large, with their sizes in bytes.
    pub too_large: Vec<(PathBuf, u64)>,
    /// What the caller knows.
    pub assumptions: Assumptions,
    by_name: HashMap<String, FileId>,
    templates: OnceCell<bool>,
    texts: RefCell<HashMap<String, Option<Arc<str>>>>,
    mapping: OnceCell<Option<Box<Mapping>>>,
    alone: OnceCell<Option<Box<Configuration>>>,
    rendered: OnceCell<Vec<Output>>,
    opened: Opened,
    schema: OnceCell<Option<Box<Schema>>>,
    overlays: Arc<Overlays>,
    /// The files whose findings are wanted; empty for all.
    only: BTreeSet<PathBuf>,
}

/// Files that a rule has looked into beyond those of the home: a list that only grows, so that what it lends stays where it is.
#[derive(Debug, Default)]
struct Opened(OnceCell<Box<(LoadedFile, Opened)>>);

impl Model {
    /// The home's folder, or the lone file that stands for it.
    pub fn path(&self) -> &Path {
        self.layout.lone.as_ref().map_or(&self.layout.root, |(file, _)| file)
    }

    /// The product, if it is known.
    pub fn product(&self) -> Option<&'static Product> {
        self.identity.product
    }

    /// Whether the product is one of `ids`.
    pub fn is_product(&self, ids: &[&str]) -> bool {
        self.product().is_some_and(|product| ids.contains(&product.id.as_str()))
    }

    /// The version by which the catalogue is read: the home's own, or where it is unknown the newest of the home's generation.
    pub fn catalogue_version(&self) -> Option<Version> {
        let product = self.product()?;
        if let Some(version) = &self.identity.version {
            return Some(version.clone());
        }
        match (&product.toml_since, self.generation) {
            (Some(since), Generation::Xml) => Some(since.just_below()),
            _ => Some(product.latest.clone()),
        }
    }

    /// The file of this number.
    ///
    /// # Panics
    ///
    /// If it is the number of no file of this home.
    pub fn file(&self, id: FileId) -> &LoadedFile {
        let mut rest = &self.opened;
        let Some(mut before) = id.checked_sub(self.files.len()) else { return &self.files[id] };
        loop {
            let (file, next) = rest.0.get().map(AsRef::as_ref).expect("a number that this home gave away");
            let Some(fewer) = before.checked_sub(1) else { return file };
            (rest, before) = (next, fewer);
        }
    }

    /// The number of the file at a path below the home, which need not be one of [`Model::files`]: what is not is read, but not parsed.
    /// `None` where it cannot be read.
    pub fn open(&self, path: &str) -> Option<FileId> {
        if let Some(id) = self.by_name.get(path) {
            return Some(*id);
        }
        let (mut rest, mut id) = (&self.opened, self.files.len());
        while let Some((file, next)) = rest.0.get().map(AsRef::as_ref) {
            if file.name == path {
                return Some(id);
            }
            (rest, id) = (next, id + 1);
        }
        let source = self.read_source(&self.layout.root.join(path)).ok()?;
        let file = LoadedFile { source, name: path.to_owned(), content: Content::Broken, faults: Vec::new() };
        rest.0.set(Box::new((file, Opened::default()))).ok()?;
        Some(id)
    }

    /// The bytes of a file at a path below the home; `None` where there is none, or it is too large.
    pub fn bytes_of(&self, path: &str) -> Option<Vec<u8>> {
        let path = self.layout.root.join(path);
        if let Some(bytes) = self.overlays.get(&path) {
            return Some(bytes.clone());
        }
        let is_small = fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_FILE_BYTES);
        is_small.then(|| fs::read(&path).ok()).flatten()
    }

    fn read_source(&self, path: &Path) -> Result<SourceFile, LoadError> {
        match self.overlays.get(path) {
            Some(bytes) => SourceFile::from_bytes(path, bytes.clone()),
            None => SourceFile::load(path),
        }
    }

    /// Whether findings in the file at `path` are wanted, so that nothing is worked out in vain.
    pub fn asks_for(&self, path: &Path) -> bool {
        self.only.is_empty() || self.only.contains(path)
    }

    /// The file at a catalogue place.
    pub fn file_at(&self, file: &str) -> Option<FileId> {
        self.layout.candidates(file).iter().find_map(|name| self.by_name.get(name)).copied()
    }

    /// deployment.toml, if the home has one, well-formed or not.
    pub fn toml_file(&self) -> Option<FileId> {
        self.file_at("conf/deployment.toml")
    }

    /// deployment.toml as parsed.
    pub fn toml(&self) -> Option<(FileId, &TomlDocument)> {
        let id = self.toml_file()?;
        match &self.files[id].content {
            Content::Toml(document) => Some((id, document)),
            _ => None,
        }
    }

    /// What the user's deployment.toml sets for `key` or one of its `aliases`; of several the canonical one.
    pub fn setting(&self, key: &str, aliases: &[String]) -> Option<(FileId, &TomlEntry)> {
        let (file, document) = self.toml()?;
        let entry = std::iter::once(key).chain(aliases.iter().map(String::as_str)).find_map(|key| document.get(key))?;
        Some((file, entry))
    }

    /// What the home's own default.json says for `key`, with the place of the key there.
    pub fn home_default(&self, key: &str) -> Option<(&serde_json::Value, Location)> {
        let file = *self.by_name.get("repository/resources/conf/default.json")?;
        let Content::Json(defaults) = &self.files[file].content else { return None };
        let value = defaults.get(key)?;
        let quoted = format!("\"{key}\"");
        let start = self.files[file].source.text.find(&quoted).unwrap_or_default();
        Some((value, Location { file, span: Span::new(start, start + quoted.len()) }))
    }

    /// The start script of this product, and its options.
    pub fn script(&self) -> Option<(FileId, &[ScriptOption])> {
        let product = self.product();
        let names = product.map(|product| product.scripts.as_slice()).unwrap_or_default();
        let own = names.iter().flat_map(|name| script_names(name)).find_map(|name| self.by_name.get(&name)).copied();
        let only = || self.files.iter().position(|file| file.source.kind == Kind::Script && product.is_none());
        let id = own.or_else(only)?;
        match &self.files[id].content {
            Content::Script(options) => Some((id, options)),
            _ => None,
        }
    }

    /// Whether the server renders its files from templates that lie in this home.
    pub fn is_managed(&self) -> bool {
        !self.layout.is_loose()
            && *self.templates.get_or_init(|| self.layout.root.join("repository/resources/conf/templates").is_dir())
    }

    /// The template of a rendered file; `None` where the home has none. Read once.
    pub fn template_of(&self, file: &str) -> Option<Arc<str>> {
        if !self.is_managed() {
            return None;
        }
        self.text_of(&self.layout.template_of(file))
    }

    /// Whether findings in templates are wanted.
    pub fn asks_for_any_template(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|path| path.extension().is_some_and(|ending| ending == "j2"))
    }

    fn read_text(&self, path: &Path) -> Option<Arc<str>> {
        let text = match self.overlays.get(path) {
            Some(bytes) => String::from_utf8(bytes.clone()).ok(),
            None => fs::metadata(path)
                .is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_FILE_BYTES)
                .then(|| fs::read_to_string(path).ok())
                .flatten(),
        };
        text.map(Arc::from)
    }

    /// Where the template of a rendered file lies, or would.
    pub fn template_path(&self, file: &str) -> PathBuf {
        self.layout.root.join(self.layout.template_of(file))
    }

    /// Whether the home has a template of this file.
    pub fn has_template_of(&self, file: &str) -> bool {
        self.is_managed() && self.template_path(file).is_file()
    }

    /// Whether the home's own template of `file` reads `key`; `None` where the home has no such template.
    pub fn template_reads(&self, file: &str, key: &str) -> Option<bool> {
        Some(reads(&self.template_of(file)?, key))
    }

    /// The host name that the configuration gives the server; `None` when it is not set or not literal.
    pub fn hostname(&self) -> Option<String> {
        let name = match self.setting("server.hostname", &[]) {
            Some((_, entry)) => entry.value.as_text(),
            None if self.toml_file().is_some() => None,
            None => {
                let place = Place::new("conf/carbon.xml", "Server/HostName");
                place::find(self, &place).into_iter().next().map(|found| found.value.trim().to_owned())
            }
        };
        name.filter(|name| !name.is_empty() && !name.contains(['$', '{', '<']))
    }

    /// The first header of deployment.toml, or its beginning, where something that is not there would be reported.
    pub fn start_of(&self, file: FileId) -> Location {
        let span = match &self.files[file].content {
            Content::Toml(document) => document.tables.first().map_or(Span::at(0), |table| table.span),
            Content::Xml(document) => document.root().map_or(Span::at(0), |root| root.tag),
            _ => Span::at(0),
        };
        Location { file, span }
    }
}

/// A start script as Unix and as Windows have it; on a machine with both the first counts.
fn script_names(script: &str) -> [String; 2] {
    [script.to_owned(), script.strip_suffix(".sh").map_or_else(|| script.to_owned(), |name| format!("{name}.bat"))]
}

/// Whether a template reads `key`: it names the key, or loops over the items of a table that the key lies in.
fn reads(template: &str, key: &str) -> bool {
    let tables = key.match_indices('.').map(|(dot, _)| &key[..dot]);
    mentions(template, key) || tables.into_iter().any(|table| mentions(template, &format!("{table}.items")))
}

/// Whether a template names `key` as a whole.
fn mentions(template: &str, key: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    template.match_indices(key).any(|(at, _)| {
        let behind = &template[at + key.len()..];
        !template[..at].ends_with(part) && !behind.starts_with(|next| part(next) && next != '.')
    })
}

/// The limit on file size in words.
pub fn size_limit() -> String {
    format!("{} MiB", MAX_FILE_BYTES / 1024 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_mentions_whole_keys_only() {
        let template = "{% if transport.http.enabled %}x{% endif %}{{ a.transport.http.enable }}";
        assert!(mentions(template, "transport.http.enabled"));
        assert!(!mentions(template, "transport.http.enable"));
        assert!(mentions("{% if transport.http.enable %}", "transport.http.enable"));
        assert!(reads("{% for k, v in a.receiver.items() %}", "a.receiver.enable"));
        assert!(!reads("{% for k, v in b.a.receiver.items() %}", "a.receiver.enable"));
    }
}
