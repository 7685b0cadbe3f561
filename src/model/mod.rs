//! One home with all its files read: what is configured, and where it stands.

mod content;
mod effective;
mod hostname;
mod load;
mod mapping;
pub mod place;
pub mod rewritten;
mod template;

pub(crate) use content::parse;
pub use content::{Content, FileId, HomeId, LoadedFile, Location};
pub use effective::EffectiveValue;
pub use mapping::Mapping;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use content::OpenedFiles;

use crate::catalog::{Product, Version};
use crate::home::{Generation, Identity, Layout, ReadError};
use crate::server::mapper::schema::Schema;
use crate::server::mapper::{Configuration, Output};
use crate::source::script::ScriptOption;
use crate::source::toml::{TomlDocument, TomlEntry};
use crate::source::{Kind, MAX_FILE_BYTES, Overlays, SourceFile, Span, overlays};

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
    pub is_complete: bool,
    /// The files.
    pub files: Vec<LoadedFile>,
    /// What could not be read.
    pub problems: Vec<ReadError>,
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
    /// Files that a rule has looked into beyond those of the home.
    opened: OpenedFiles,
    schema: OnceCell<Option<Box<Schema>>>,
    overlays: Arc<Overlays>,
    /// The files whose findings are wanted; empty for all.
    only: BTreeSet<PathBuf>,
}

impl Model {
    /// The home's folder, or the lone file that stands for it.
    pub fn path(&self) -> &Path {
        self.layout.single_file.as_ref().map_or(&self.layout.root, |(file, _)| file)
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
    /// If another home gave the number out.
    pub fn file(&self, id: FileId) -> &LoadedFile {
        let opened = || self.opened.get(id.0 - self.files.len());
        self.files.get(id.0).or_else(opened).expect("a number that this home gave out")
    }

    /// The files that were read, with their numbers.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &LoadedFile)> {
        self.files.iter().enumerate().map(|(number, file)| (FileId(number), file))
    }

    /// The number of the file at a path below the home, which need not be one of [`Model::files`]: any other is read, but not parsed.
    /// `None` where it cannot be read.
    pub fn open(&self, path: &str) -> Option<FileId> {
        if let Some(id) = self.by_name.get(path) {
            return Some(*id);
        }
        let open = || {
            let full = self.layout.root.join(path);
            // What was looked at before must be the same text, whatever has happened to the file since.
            let seen = self.texts.borrow().get(path).cloned().flatten();
            let source = match seen {
                Some(text) => SourceFile::from_bytes(&full, text.as_bytes().to_vec()),
                None => overlays::source(&self.overlays, &full),
            };
            let source = source.ok()?;
            Some(LoadedFile { source, name: path.to_owned(), content: Content::Unparsed, faults: Vec::new() })
        };
        self.opened.number_of(path, open).map(|opened| FileId(self.files.len() + opened))
    }

    /// `path`, absolute, as a path below the home with `/`.
    pub fn below_home(&self, path: &Path) -> Option<String> {
        let parts = path.strip_prefix(&self.layout.root).ok()?.components();
        Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// The bytes of a file at a path below the home; `None` where there is none, or it is too large.
    pub fn bytes_of(&self, path: &str) -> Option<Vec<u8>> {
        overlays::bytes(&self.overlays, &self.layout.root.join(path))
    }

    /// Whether findings in the file at `path` are wanted, so that nothing is worked out in vain.
    pub fn is_requested(&self, path: &Path) -> bool {
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
        match &self.file(id).content {
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
        let Content::Json(defaults) = &self.file(file).content else { return None };
        let value = defaults.get(key)?;
        let quoted = format!("\"{key}\"");
        let start = self.file(file).source.text.find(&quoted).unwrap_or_default();
        Some((value, Location { file, span: Span::new(start, start + quoted.len()) }))
    }

    /// The start script of this product, and its options.
    pub fn script(&self) -> Option<(FileId, &[ScriptOption])> {
        let product = self.product();
        let names = product.map(|product| product.scripts.as_slice()).unwrap_or_default();
        let own = names.iter().flat_map(|name| script_names(name)).find_map(|name| self.by_name.get(&name)).copied();
        let only = || self.files().find(|(_, file)| file.source.kind == Kind::Script && product.is_none()).map(|(id, _)| id);
        let id = own.or_else(only)?;
        match &self.file(id).content {
            Content::Script(options) => Some((id, options)),
            _ => None,
        }
    }

    /// The first header of deployment.toml, or its beginning, where something that is not there would be reported.
    pub fn start_of(&self, file: FileId) -> Location {
        let span = match &self.file(file).content {
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

/// The limit on file size in words.
pub fn size_limit() -> String {
    format!("{} MiB", MAX_FILE_BYTES / 1024 / 1024)
}
