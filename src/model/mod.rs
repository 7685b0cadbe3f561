//! A home with all its files loaded: what is configured, and where.

mod broken;
mod content;
mod effective;
mod effective_file;
mod given;
mod hostname;
mod links;
mod load;
mod mapping;
mod place;
mod read;
mod reading;
pub(crate) mod recorded;
pub(crate) mod rewritten;
mod source_map;
pub(crate) mod suppressions;
mod template;

pub(crate) use broken::{BreakCause, BrokenFile, causes, faults_of};
pub(crate) use content::{Content, Covering, Excess, LoadedFile, parse};
pub use content::{FileId, HomeId, Location};
pub use effective::EffectiveValue;
pub(crate) use effective::{EffectiveConfiguration, text_of, without_indexes};
pub(crate) use effective_file::{DecidedBy, EffectiveFile, FoundValue};
pub(crate) use hostname::is_loopback;
pub(crate) use mapping::Mapping;
pub use source_map::{Decider, Trace, TraceSource, TracedCondition, TracedFile};
pub(crate) use source_map::{EmptyValue, KeyPlace, TracedPart};

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use content::{OnDemand, OpenedFiles, ReadFile};
use links::Boundary;

use crate::catalog::{Product, ServerTrait, Version, catalog};
use crate::config::ConfigChoice;
use crate::disk::MAX_FILE_BYTES;
use crate::home::{Generation, Identity, Layout, ReadError};
use crate::paths::slashed;
use crate::rule_info::RuleSet;
use crate::server::jinjava::TemplateFault;
use crate::server::mapper::key_usage::KeyUsage;
use crate::server::mapper::schema::Schema;
use crate::server::mapper::{Configuration, Release};
use crate::source::script::ScriptOption;
use crate::source::toml::{TomlDocument, TomlEntry};
use crate::source::{Kind, Overlays, SourceFile, Span, json};

/// What the caller knows and the files do not say.
#[derive(Debug, Clone, Default)]
pub struct Assumptions {
    /// The product and version of files that do not name them.
    pub product: Option<(&'static Product, Option<Version>)>,
    /// Whether they are from a carbonlint.toml.
    pub product_is_configured: bool,
    /// The value of `-DportOffset`.
    pub port_offset: Option<i64>,
    /// The value of `-Dprofile`.
    pub server_profile: Option<String>,
    /// Whether files outside a home are read that links in it lead to.
    pub follows_links: bool,
    /// Whether all homes run on one machine.
    pub same_host: bool,
    /// Which carbonlint.toml counts.
    pub config: ConfigChoice,
    /// The rules that there are besides those of the policies that carbonlint.toml names.
    pub rules: RuleSet,
}

/// Where the product of a home or file is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductSource {
    /// The files of the home.
    Home,
    /// The file itself, or the folder that it was unpacked to.
    File,
    /// The caller.
    Flag,
    /// A carbonlint.toml.
    Config,
    /// The path or the keys of the file suggest it.
    Guess,
}

impl ProductSource {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::File => "file",
            Self::Flag => "flag",
            Self::Config => "config",
            Self::Guess => "guess",
        }
    }
}

/// A home and its files.
#[derive(Debug)]
pub struct Model {
    /// Where its files are.
    pub layout: Layout,
    /// The product and version, as far as known.
    pub identity: Identity,
    /// Where the product is known from; `None` if it is not.
    product_source: Option<ProductSource>,
    /// How the home is configured.
    pub generation: Generation,
    /// Whether it is a complete home with a start script, rather than some of its files.
    pub is_complete: bool,
    /// The files that were read.
    pub files: Vec<LoadedFile>,
    /// The files and folders that could not be read.
    pub problems: Vec<ReadError>,
    /// Files that are too large to be read.
    pub too_large: Vec<(PathBuf, Excess)>,
    /// What the caller knows about the home.
    pub assumptions: Assumptions,
    by_name: HashMap<String, FileId>,
    templates: OnceCell<bool>,
    read: RefCell<HashMap<String, Option<ReadFile>>>,
    release: OnceCell<Release>,
    mapping: OnceCell<Option<Box<Mapping>>>,
    /// What single templates read, by the file that they render.
    usages: RefCell<HashMap<String, KeyUsage>>,
    alone: OnceCell<Option<Box<Configuration>>>,
    /// Rendered files with their source maps.
    traced: OnDemand<Option<TracedFile>>,
    /// The values that were looked for beside others, by file and path.
    beside: OnDemand<Vec<FoundValue>>,
    /// The files that could not be rendered with a source map, and why.
    untraced: RefCell<Vec<(String, TemplateFault)>>,
    /// The places of the keys in default.json.
    default_spans: OnceCell<HashMap<String, Span>>,
    /// Other files that a rule has read.
    opened: OpenedFiles,
    schema: OnceCell<Option<Arc<Schema>>>,
    /// The comments that suppress findings.
    suppressions: OnceCell<Vec<Covering>>,
    overlays: Arc<Overlays>,
    boundary: Boundary,
    /// The files to report findings for; empty for all files.
    only: BTreeSet<PathBuf>,
}

impl Model {
    /// The home's folder, or the single file that was given instead.
    pub fn path(&self) -> &Path {
        self.layout.path()
    }

    /// Whether it is a home, rather than loose files or a single one.
    pub fn is_home(&self) -> bool {
        !self.layout.has_no_home() && self.layout.single_file.is_none()
    }

    /// The product, if known.
    pub fn product(&self) -> Option<&'static Product> {
        self.identity.product
    }

    /// The id of the product, or of the one that the file seems to be for, and where that is known from.
    pub fn product_and_source(&self) -> Option<(&str, ProductSource)> {
        match self.product() {
            Some(product) => Some((&product.id, self.product_source.unwrap_or(ProductSource::File))),
            None => Some((self.schema()?.source().product()?, ProductSource::Guess)),
        }
    }

    /// Whether the product is one of `ids`.
    pub fn is_product(&self, ids: &[&str]) -> bool {
        self.product().is_some_and(|product| ids.contains(&product.id.as_str()))
    }

    /// The version to look up in the catalogue: the home's own or, if unknown, the newest of the home's generation.
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

    /// Whether the server has a trait, as far as the catalogue knows.
    pub fn has(&self, wanted: ServerTrait) -> bool {
        let server = self.product().zip(self.catalogue_version());
        server.is_some_and(|(product, version)| catalog().has(wanted, &product.id, &version, self.identity.kernel.as_ref()))
    }

    /// The file with this index.
    ///
    /// # Panics
    ///
    /// If the index belongs to another home.
    pub fn file(&self, id: FileId) -> &LoadedFile {
        let opened = || self.opened.get(id.0 - self.files.len());
        self.files.get(id.0).or_else(opened).expect("an index of this home")
    }

    /// The files that were read, with their indexes.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &LoadedFile)> {
        self.files.iter().enumerate().map(|(number, file)| (FileId(number), file))
    }

    /// A file that was read when the home was loaded, by its path relative to the home.
    pub(crate) fn file_named(&self, path: &str) -> Option<&LoadedFile> {
        self.by_name.get(path).map(|file| self.file(*file))
    }

    /// The index of a file, by its path relative to the home. A file that is not in [`Model::files`] is read, but not parsed. `None` if it
    /// cannot be read.
    pub fn open(&self, path: &str) -> Option<FileId> {
        if let Some(id) = self.by_name.get(path) {
            return Some(*id);
        }
        let open = || {
            let full = self.layout.root.join(path);
            // What was read before must stay the same, even if the file has changed on disk since.
            let bytes = self.read_once(path)?;
            Some(LoadedFile::unparsed(SourceFile::from_bytes(&full, bytes.as_bytes().to_vec()).ok()?, path.to_owned()))
        };
        self.opened.number_of(path, open).map(|opened| FileId(self.files.len() + opened))
    }

    /// The path of `path`, which is absolute, relative to the home and with `/`. `None` if it is not in the home.
    pub fn below_home(&self, path: &Path) -> Option<String> {
        path.strip_prefix(&self.layout.root).ok().map(slashed)
    }

    /// Whether a file or folder is in the home: no link leads out of it on the way to `path`, which is absolute.
    pub fn holds(&self, path: &Path) -> bool {
        self.boundary.holds(path)
    }

    /// Whether findings for the file at `path` are wanted. Rules ask this before expensive checks.
    pub fn is_requested(&self, path: &Path) -> bool {
        self.only.is_empty() || self.only.contains(path)
    }

    /// The file at a path of the catalogue, such as `conf/carbon.xml`.
    pub fn file_at(&self, file: &str) -> Option<FileId> {
        self.layout.candidates(file).iter().find_map(|name| self.by_name.get(name)).copied()
    }

    /// deployment.toml, if the home has one, even if it is malformed.
    pub fn toml_file(&self) -> Option<FileId> {
        self.file_at("conf/deployment.toml")
    }

    /// The parsed deployment.toml; `None` if there is none or it is malformed.
    pub fn toml(&self) -> Option<(FileId, &TomlDocument)> {
        let id = self.toml_file()?;
        match self.file(id).content() {
            Content::Toml(document) => Some((id, document)),
            _ => None,
        }
    }

    /// The entry of deployment.toml for `key`, otherwise for the first of its `aliases` that is set.
    pub fn setting(&self, key: &str, aliases: &[String]) -> Option<(FileId, &TomlEntry)> {
        let (file, document) = self.toml()?;
        let entry = std::iter::once(key).chain(aliases.iter().map(String::as_str)).find_map(|key| document.get(key))?;
        Some((file, entry))
    }

    /// The value of `key` in the home's default.json, with the location of the key.
    pub fn home_default(&self, key: &str) -> Option<(&serde_json::Value, Location)> {
        let file = *self.by_name.get("repository/resources/conf/default.json")?;
        let Content::Json(defaults) = self.file(file).content() else { return None };
        let value = defaults.get(key)?;
        let spans = self.default_spans.get_or_init(|| json::key_spans(&self.file(file).source.text));
        Some((value, Location { file, span: *spans.get(key)? }))
    }

    /// The product's start script and its options.
    pub fn script(&self) -> Option<(FileId, &[ScriptOption])> {
        let product = self.product();
        let names = product.map(|product| product.scripts.as_slice()).unwrap_or_default();
        let own = names.iter().flat_map(|name| script_names(name)).find_map(|name| self.by_name.get(&name)).copied();
        let only = || self.files().find(|(_, file)| file.source.kind == Kind::Script && product.is_none()).map(|(id, _)| id);
        let id = own.or_else(only)?;
        match self.file(id).content() {
            Content::Script(options) => Some((id, options)),
            _ => None,
        }
    }

    /// Where to report something that is missing from `file`: its first TOML header or XML root element, otherwise the start of the file.
    pub fn start_of(&self, file: FileId) -> Location {
        let span = match self.file(file).content() {
            Content::Toml(document) => document.tables.first().map_or(Span::at(0), |table| table.span),
            Content::Xml(document) => document.root().map_or(Span::at(0), |root| root.tag),
            _ => Span::at(0),
        };
        Location { file, span }
    }
}

/// The names of a start script on Unix and Windows. If a home has both, the first counts.
fn script_names(script: &str) -> [String; 2] {
    [script.to_owned(), script.strip_suffix(".sh").map_or_else(|| script.to_owned(), |name| format!("{name}.bat"))]
}

/// The size limit for files, for messages.
pub(crate) fn size_limit() -> String {
    format!("{} MiB", MAX_FILE_BYTES / 1024 / 1024)
}
