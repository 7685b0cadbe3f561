//! One home with all its files read: what is configured, and where it stands.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

use walkdir::WalkDir;

use crate::catalog::{Place, Product, Version, catalog};
use crate::home::{Generation, INBOUND_ENDPOINTS, Identity, Layout, Problem, is_known_properties, reason};
use crate::ports::place;
use crate::source::properties::Properties;
use crate::source::script::{self, ScriptOption};
use crate::source::toml::{TomlDocument, TomlEntry};
use crate::source::xml::XmlDocument;
use crate::source::yaml::{self, YamlNode};
use crate::source::{Fault, Kind, LoadError, MAX_FILE_BYTES, SourceFile, Span, template};

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

/// Content that stands in for the file at a path: what an editor or a pipe holds.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// The path.
    pub path: PathBuf,
    /// The content.
    pub bytes: Vec<u8>,
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
}

impl Model {
    /// Reads the home at `layout`; where `only` names files, those and what their findings depend on. Never fails: what cannot be read
    /// or parsed is kept as a problem or a fault.
    pub fn load(layout: Layout, assumptions: Assumptions, overlay: Option<&Overlay>, only: &BTreeSet<PathBuf>) -> Self {
        let mut model = Self {
            layout,
            identity: Identity::default(),
            generation: Generation::Xml,
            is_whole: false,
            files: Vec::new(),
            problems: Vec::new(),
            too_large: Vec::new(),
            assumptions,
            by_name: HashMap::new(),
            templates: OnceCell::new(),
        };
        if let Some((path, name)) = model.layout.lone.clone() {
            model.add_file(&path, name, overlay);
        } else {
            model.load_configuration(overlay, only);
        }
        model.identify();
        model
    }

    fn load_configuration(&mut self, overlay: Option<&Overlay>, only: &BTreeSet<PathBuf>) {
        let conf = self.layout.conf_folder();
        let depth = if self.layout.is_loose() { 2 } else { usize::MAX };
        let mut paths = Vec::new();
        for entry in WalkDir::new(&conf).follow_links(true).max_depth(depth).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_file() && self.is_wanted(entry.path()) => {
                    let counts = only.is_empty() || only.contains(entry.path()) || self.decides_ports(entry.path());
                    if counts {
                        paths.push(entry.into_path());
                    }
                }
                Ok(_) => {}
                Err(error) => self.problems.push(Problem {
                    path: error.path().map(Path::to_path_buf).unwrap_or_default(),
                    message: match (error.loop_ancestor(), error.io_error()) {
                        (Some(ancestor), _) => format!("a link that leads back to `{}`", ancestor.display()),
                        (None, Some(error)) => reason(error),
                        (None, None) => "unreadable".to_owned(),
                    },
                    help: "check the permissions, or remove the link".to_owned(),
                }),
            }
        }
        if !self.layout.is_loose() {
            let root = &self.layout.root;
            paths.extend(xml_files_in(&root.join(INBOUND_ENDPOINTS)));
            let scripts = catalog().products.iter().flat_map(|product| &product.scripts).map(|script| root.join(script));
            paths.extend(scripts.filter(|script| script.is_file()));
            paths.push(root.join("repository/resources/conf/default.json"));
        }
        if let Some(overlay) = overlay {
            paths.push(overlay.path.clone());
        }
        for path in paths {
            let name = self.name_of(&path);
            if !self.by_name.contains_key(&name) {
                self.add_file(&path, name, overlay);
            }
        }
    }

    /// Which files below the configuration folder are read: of loose files only those known by their names.
    fn is_wanted(&self, path: &Path) -> bool {
        if self.layout.is_loose() {
            let direct = path.parent() == Some(self.layout.root.as_path());
            return crate::home::is_known_name(path) && (direct || Layout::around(path).root == self.layout.root);
        }
        match Kind::of(path) {
            Kind::Toml => path.parent() == Some(self.layout.conf_folder().as_path()) && crate::home::is_known_name(path),
            Kind::Xml => true,
            Kind::Properties => is_known_properties(path),
            Kind::Yaml => path.file_name().is_some_and(|name| name == "deployment.yaml" || name == "netty-transports.yml"),
            Kind::Script | Kind::Json | Kind::Text => false,
        }
    }

    /// Whether a file of the configuration folder is read for the ports: XML that the server renders anew at the next start is not.
    fn decides_ports(&self, path: &Path) -> bool {
        if Kind::of(path) != Kind::Xml {
            return true;
        }
        let Ok(inner) = path.strip_prefix(self.layout.conf_folder()) else { return true };
        let file =
            format!("conf/{}", inner.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"));
        let is_rendered = || self.layout.conf_folder().join("deployment.toml").is_file() && self.has_template_of(&file);
        file == "conf/carbon.xml" || (catalog().reads(&file) && !is_rendered())
    }

    fn name_of(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.layout.root).unwrap_or(path);
        let name = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        template::TEMPLATE_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).map_or(name.clone(), str::to_owned)
    }

    fn add_file(&mut self, path: &Path, name: String, overlay: Option<&Overlay>) {
        let loaded = match overlay.filter(|overlay| overlay.path == path) {
            Some(overlay) => SourceFile::from_bytes(path, overlay.bytes.clone()),
            None => SourceFile::load(path),
        };
        match loaded {
            Ok(source) => {
                let (content, faults) = parse(&source);
                self.by_name.insert(name.clone(), self.files.len());
                self.files.push(LoadedFile { source, name, content, faults });
            }
            Err(LoadError::TooLarge(size)) => self.too_large.push((path.to_path_buf(), size)),
            // Optional files of a home are simply not there; one that was listed and has gone is a problem.
            Err(LoadError::Io(error)) if error.kind() == io::ErrorKind::NotFound && name.ends_with("default.json") => {}
            Err(LoadError::Io(error)) => self.problems.push(Problem {
                path: path.to_path_buf(),
                message: reason(&error),
                help: "check the permissions, or leave the file out".to_owned(),
            }),
        }
    }

    fn identify(&mut self) {
        let names = self.server_names();
        self.identity = crate::home::identify_with(&self.layout, &names);
        if let Some((product, version)) = self.assumptions.product.clone()
            && self.identity.product.is_none_or(|known| known.id == product.id && self.identity.version.is_none())
        {
            self.identity.product = Some(product);
            self.identity.version = version;
        }
        let has = |kind: Kind| self.files.iter().any(|file| file.source.kind == kind);
        self.generation = if self.toml_file().is_some() || self.is_managed() {
            Generation::Toml
        } else if has(Kind::Yaml) {
            Generation::Yaml
        } else {
            Generation::Xml
        };
        self.is_whole = has(Kind::Script)
            || self.identity.profile.is_some()
            || (self.generation == Generation::Yaml && self.layout.root.join("bin").is_dir());
    }

    fn server_names(&self) -> crate::home::ServerNames {
        let text = |path: &str| {
            let place = Place::new("conf/carbon.xml", path);
            place::find(self, &place)
                .into_iter()
                .next()
                .map(|found| found.value.trim().to_owned())
                .filter(|text| !text.contains("${"))
        };
        crate::home::ServerNames { name: text("Server/Name"), key: text("Server/ServerKey"), version: text("Server/Version") }
    }

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
    pub fn file(&self, id: FileId) -> &LoadedFile {
        &self.files[id]
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
        let own = names.iter().find_map(|name| self.by_name.get(name)).copied();
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

    /// The template of a rendered file; `None` where the home has none.
    pub fn template_of(&self, file: &str) -> Option<String> {
        self.is_managed().then(|| fs::read_to_string(self.layout.root.join(self.layout.template_of(file))).ok()).flatten()
    }

    /// Whether the home has a template of this file.
    pub fn has_template_of(&self, file: &str) -> bool {
        self.is_managed() && self.layout.root.join(self.layout.template_of(file)).is_file()
    }

    /// Whether the home's own template of `file` reads `key`; `None` where the home has no such template.
    pub fn template_reads(&self, file: &str, key: &str) -> Option<bool> {
        Some(mentions(&self.template_of(file)?, key))
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

/// Whether a template names `key` as a whole.
fn mentions(template: &str, key: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    template.match_indices(key).any(|(at, _)| {
        let behind = &template[at + key.len()..];
        !template[..at].ends_with(part) && !behind.starts_with(|next| part(next) && next != '.')
    })
}

fn xml_files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| Kind::of(path) == Kind::Xml).collect();
    files.sort();
    files
}

/// Parses a file by its kind; a file that parses only once a deployment tool's marks are masked is read that way.
fn parse(source: &SourceFile) -> (Content, Vec<Fault>) {
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
        Kind::Text => (Content::Broken, Vec::new()),
    }
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
    }
}
