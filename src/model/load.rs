//! Loads a home: selects its files, parses them, and identifies the product.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use walkdir::{DirEntry, WalkDir};

use super::content::{OnDemand, OpenedFiles};
use super::links::Boundary;
use super::recorded::{CONFIGURATION, TEMPLATES};
use super::{Assumptions, Excess, FileId, LoadedFile, Model, script_names};
use crate::catalog::{Place, catalog};
use crate::disk::{LoadError, irregular, reason};
use crate::home::{FoundHome, Generation, INBOUND_ENDPOINTS, Identity, Layout, ReadError, Scripts, VERSION_FILES};
use crate::model::ProductSource;
use crate::paths::{RealPaths, slashed};
use crate::server::mapper::{JsonFile, metadata, resources};
use crate::source::toml_statements::has_too_many_tokens;
use crate::source::{Kind, Overlays, kind, overlays};

impl Model {
    /// Loads the home at `layout`. If `only` names files, loads these and the files that their findings depend on. Never fails: files
    /// that cannot be read or parsed are recorded as problems or faults.
    ///
    /// Links are followed inside the home, or for loose files inside `searched`, and to the files that the user `named`.
    pub(crate) fn load(
        found: &FoundHome,
        assumptions: Assumptions,
        overlays: &Arc<Overlays>,
        paths: &Arc<RealPaths>,
        only: &BTreeSet<PathBuf>,
    ) -> Self {
        let layout = &found.layout;
        let boundary = match &found.searched {
            _ if assumptions.follows_links => Boundary::none(),
            // Whoever names a link means the file that it leads to.
            None if layout.single_file.is_some() => Boundary::none(),
            Some(searched) if layout.has_no_home() && layout.root.starts_with(searched) => {
                Boundary::new(searched, &found.only, paths)
            }
            _ => Boundary::new(&layout.root, &found.only, paths),
        };
        let mut model = Self::empty(layout.clone(), boundary, assumptions, overlays, only);
        if let Some((path, name)) = model.layout.single_file.clone() {
            model.add_file(&path, name);
        } else {
            model.load_configuration(only);
        }
        model.identify();
        model
    }

    /// A home of which nothing is loaded yet.
    pub(super) fn empty(
        layout: Layout,
        boundary: Boundary,
        assumptions: Assumptions,
        overlays: &Arc<Overlays>,
        only: &BTreeSet<PathBuf>,
    ) -> Self {
        Self {
            layout,
            identity: Identity::default(),
            product_source: None,
            generation: Generation::Xml,
            is_complete: false,
            files: Vec::new(),
            problems: Vec::new(),
            too_large: Vec::new(),
            assumptions,
            by_name: HashMap::new(),
            templates: OnceCell::new(),
            read: RefCell::default(),
            release: OnceCell::new(),
            mapping: OnceCell::new(),
            usages: RefCell::default(),
            alone: OnceCell::new(),
            traced: OnDemand::default(),
            beside: OnDemand::default(),
            untraced: RefCell::default(),
            default_spans: OnceCell::new(),
            opened: OpenedFiles::default(),
            schema: OnceCell::new(),
            suppressions: OnceCell::new(),
            overlays: Arc::clone(overlays),
            boundary,
            only: only.clone(),
        }
    }

    fn load_configuration(&mut self, only: &BTreeSet<PathBuf>) {
        let conf = self.layout.conf_folder();
        let depth = if self.layout.has_no_home() { 2 } else { usize::MAX };
        let mut paths = Vec::new();
        self.check_what_is_read_later();
        if !self.boundary.holds(&conf) {
            // Those of a home have just been reported.
            if self.layout.has_no_home() {
                let link = conf.ancestors().find(|folder| folder.is_symlink()).unwrap_or(&conf);
                self.problems.push(link_out(link));
            }
            return;
        }
        let mut walk = WalkDir::new(&conf).follow_links(true).max_depth(depth).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            match entry {
                Ok(entry)
                    if entry.depth() > 0
                        && entry.file_type().is_dir()
                        && entry.path_is_symlink()
                        && !self.boundary.enters(entry.path(), &conf) =>
                {
                    if !self.boundary.holds(entry.path()) {
                        self.problems.push(link_out(entry.path()));
                    }
                    walk.skip_current_dir();
                }
                Ok(entry) if entry.file_type().is_file() && self.is_wanted(entry.path()) => {
                    let counts = only.is_empty() || only.contains(entry.path()) || self.decides_ports(entry.path());
                    if counts {
                        paths.push(entry.into_path());
                    }
                }
                Ok(entry) if !entry.file_type().is_dir() && !entry.file_type().is_file() && self.is_wanted(entry.path()) => {
                    let kind = entry.metadata().ok().and_then(|metadata| irregular(&metadata)).unwrap_or("something else");
                    self.problems.push(not_regular(entry.path(), kind));
                }
                Ok(_) => {}
                Err(error) => self.problems.push(ReadError::of_walk(&error)),
            }
        }
        if !self.layout.has_no_home() {
            let root = &self.layout.root;
            paths.extend(xml_files_in(&root.join(INBOUND_ENDPOINTS)));
            let there = Scripts::of(root);
            let scripts = catalog().products.iter().flat_map(|product| &product.scripts).flat_map(|script| script_names(script));
            paths.extend(scripts.filter(|script| there.has(script)).map(|script| root.join(script)));
            paths.push(root.join("repository/resources/conf/default.json"));
        }
        let in_memory = self.overlays.keys().filter(|path| path.starts_with(&conf) && self.is_wanted(path));
        paths.extend(in_memory.cloned());
        for path in paths {
            let name = self.name_of(&path);
            if !self.by_name.contains_key(&name) {
                self.add_file(&path, name);
            }
        }
    }

    /// Records what of the folders and files that are read on demand is outside of the home or no regular file.
    fn check_what_is_read_later(&mut self) {
        let root = self.layout.root.clone();
        let conf = (!self.layout.has_no_home()).then(|| self.layout.conf_folder());
        let folders = FOLDERS.iter().map(|folder| root.join(folder)).chain(conf);
        let templates = WalkDir::new(root.join(TEMPLATES_FOLDER)).min_depth(1).sort_by_file_name().into_iter().flatten();
        let outside = folders.chain(templates.filter(DirEntry::path_is_symlink).map(DirEntry::into_path));
        let outside = outside.filter(|folder| folder.is_symlink() && !self.boundary.holds(folder));
        let mut problems: Vec<ReadError> = outside.map(|folder| link_out(&folder)).collect();
        for file in read_on_demand().map(|file| root.join(file)) {
            let Ok(metadata) = fs::metadata(&file) else { continue };
            if !self.boundary.holds(&file) {
                problems.extend(file.is_symlink().then(|| link_out(&file)));
            } else if let Some(kind) = irregular(&metadata) {
                problems.push(not_regular(&file, kind));
            }
        }
        self.problems.extend(problems);
    }

    /// Whether a file in the configuration folder is read. Outside a home, only files with a known name are.
    fn is_wanted(&self, path: &Path) -> bool {
        if self.layout.has_no_home() {
            let direct = path.parent() == Some(self.layout.root.as_path());
            return crate::home::is_known_name(path) && (direct || Layout::around(path).root == self.layout.root);
        }
        match Kind::of(path) {
            Kind::Toml => path.parent() == Some(self.layout.conf_folder().as_path()) && crate::home::is_known_name(path),
            Kind::Xml => true,
            Kind::Properties => crate::home::is_known_name(path),
            Kind::Yaml => path.file_name().is_some_and(|name| name == "deployment.yaml" || name == "netty-transports.yml"),
            Kind::Script | Kind::Json | Kind::Text => false,
        }
    }

    /// Whether a file in the configuration folder is read to determine the ports. XML files that the server renders again at startup are
    /// not, except for carbon.xml.
    fn decides_ports(&self, path: &Path) -> bool {
        if Kind::of(path) != Kind::Xml {
            return true;
        }
        let Ok(inner) = path.strip_prefix(self.layout.conf_folder()) else { return true };
        let file = format!("conf/{}", slashed(inner));
        let is_rendered = || self.layout.conf_folder().join("deployment.toml").is_file() && self.has_template_of(&file);
        file == "conf/carbon.xml" || (catalog().reads(&file) && !is_rendered())
    }

    fn name_of(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.layout.root).unwrap_or(path);
        let name = slashed(relative);
        kind::without_ending(&name).to_owned()
    }

    fn add_file(&mut self, path: &Path, name: String) {
        if !self.overlays.contains_key(path) && !self.boundary.holds(path) {
            // Where a folder on the way is the link, it has been reported.
            if path.is_symlink() {
                self.problems.push(link_out(path));
            }
            return;
        }
        let source = overlays::source(&self.overlays, path).map(|source| match &self.layout.embedded {
            Some(embedded) => source.with_embedded(embedded.clone()),
            None => source,
        });
        match source {
            Ok(source) if source.kind == Kind::Toml && has_too_many_tokens(source.text_of_server()) => {
                self.too_large.push((path.to_path_buf(), Excess::Tokens));
            }
            Ok(source) => {
                self.by_name.insert(name.clone(), FileId(self.files.len()));
                self.files.push(LoadedFile::new(source, name));
            }
            Err(LoadError::TooLarge(size)) => self.too_large.push((path.to_path_buf(), Excess::Bytes(size))),
            // default.json is optional; any other file was listed, so it is a problem if it is gone.
            Err(LoadError::Io(error)) if error.kind() == io::ErrorKind::NotFound && name.ends_with("default.json") => {}
            Err(LoadError::Io(error)) => self.problems.push(ReadError {
                path: path.to_path_buf(),
                message: reason(&error),
                help: "check the permissions, or leave the file out".to_owned(),
            }),
        }
    }

    pub(super) fn identify(&mut self) {
        let names = self.server_names();
        self.identity = crate::home::identify_with(&self.layout, &names);
        let own = if self.is_home() { ProductSource::Home } else { ProductSource::File };
        self.product_source = self.identity.product.map(|_| own);
        if let Some((product, version)) = self.assumptions.product.clone()
            && self.identity.product.is_none_or(|known| known.id == product.id && self.identity.version.is_none())
        {
            if self.identity.product.is_none() {
                let is_configured = self.assumptions.product_is_configured;
                self.product_source = Some(if is_configured { ProductSource::Config } else { ProductSource::Flag });
            }
            self.identity.product = Some(product);
            self.identity.version = version;
        }
        if self.identity.product.is_none()
            && let Some(identity) = crate::home::by_folder_name(self.path())
        {
            self.identity = Identity { kernel: self.identity.kernel.take(), ..identity };
            self.product_source = Some(own);
        }
        let has = |kind: Kind| self.files.iter().any(|file| file.source.kind == kind);
        let mut unread = self.too_large.iter().map(|(path, _)| path).chain(self.problems.iter().map(|problem| &problem.path));
        let has_unread_toml = unread.any(|path| Kind::of(path) == Kind::Toml);
        self.generation = if self.toml_file().is_some() || has_unread_toml || self.renders_from_templates() {
            Generation::Toml
        } else if has(Kind::Yaml) {
            Generation::Yaml
        } else {
            Generation::Xml
        };
        self.is_complete = has(Kind::Script)
            || self.identity.is_inner()
            || (self.generation == Generation::Yaml && self.layout.root.join("bin").is_dir());
    }

    pub(super) fn server_names(&self) -> crate::home::ServerNames {
        let text = |path: &str| {
            let place = Place::new("conf/carbon.xml", path);
            self.find_in_home(&place)
                .into_iter()
                .next()
                .map(|found| found.value.trim().to_owned())
                .filter(|text| !text.contains("${"))
        };
        crate::home::ServerNames { name: text("Server/Name"), key: text("Server/ServerKey"), version: text("Server/Version") }
    }
}

/// The folders on the way to what a home is read from.
const FOLDERS: [&str; 5] = ["repository", "repository/resources", resources::FOLDER, TEMPLATES_FOLDER, INBOUND_ENDPOINTS];

const TEMPLATES_FOLDER: &str = "repository/resources/conf/templates";

/// The files of a home that are read when something asks for their content. default.json is loaded at once.
fn read_on_demand() -> impl Iterator<Item = String> {
    let json = JsonFile::ALL.into_iter().filter(|file| *file != JsonFile::Default);
    let json = json.map(|file| format!("{}/{}", resources::FOLDER, file.name()));
    let recorded = [CONFIGURATION, TEMPLATES].into_iter().map(|file| format!("{}/{file}", metadata::FOLDER));
    json.chain(recorded).chain(VERSION_FILES.into_iter().map(str::to_owned))
}

/// A pipe, a folder or the like in place of a file.
fn not_regular(path: &Path, kind: &str) -> ReadError {
    ReadError {
        path: path.to_path_buf(),
        message: format!("it is {kind}, not a regular file"),
        help: "put a regular file there, or remove it".to_owned(),
    }
}

/// A link that is not followed.
fn link_out(path: &Path) -> ReadError {
    let target = fs::read_link(path).map_or_else(|_| String::new(), |target| format!(" to `{}`", target.display()));
    ReadError {
        path: path.to_path_buf(),
        message: format!("it is a link{target}, which is outside of the home"),
        help: "pass `--follow-links` to read what links lead to".to_owned(),
    }
}

fn xml_files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| Kind::of(path) == Kind::Xml).collect();
    files.sort();
    files
}
