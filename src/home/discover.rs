//! Finds the homes and lone configuration files below the paths that a person names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::identify::identify;
use super::layout::{Layout, has_home_file, is_known_name};
use crate::catalog::catalog;
use crate::disk::reason;
use crate::paths::slashed;
use crate::source::config_map::{EmbeddedFile, embedded_files};
use crate::source::kind::without_ending;
use crate::source::{Kind, Overlays, overlays};

/// Folders that the product itself fills: they are never searched for homes.
const HOME_FOLDERS: [&str; 16] = [
    "repository",
    "conf",
    "bin",
    "lib",
    "dbscripts",
    "resources",
    "samples",
    "solr",
    "tmp",
    COPIES,
    "updates",
    "modules",
    "webapp-mode",
    "patches",
    "logs",
    "jdk",
];

/// The folder of a home in which the config mapper keeps the files that it overwrote.
const COPIES: &str = "backup";

/// Folders that are never searched.
const SKIPPED: [&str; 4] = [".git", "node_modules", "target", ".metadata"];

/// What the paths hold.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// The homes, each once, in the order of their paths.
    pub targets: Vec<FoundHome>,
    /// The paths that could not be read.
    pub problems: Vec<ReadError>,
}

/// A home to load.
#[derive(Debug)]
pub(crate) struct FoundHome {
    /// Where its files are.
    pub layout: Layout,
    /// The files whose findings are wanted; empty for all.
    pub only: BTreeSet<PathBuf>,
    /// The folder that was searched when it was found; `None` for a file that was named.
    pub searched: Option<PathBuf>,
}

/// A path that could not be read.
#[derive(Debug)]
pub struct ReadError {
    /// The path.
    pub path: PathBuf,
    /// What is wrong with it, lower case.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` cannot be read: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for ReadError {}

/// Finds the homes and files below `paths`, which are absolute; the files of `overlays` need not exist. Never fails: what cannot be read
/// is among the problems.
pub(crate) fn discover(paths: &[PathBuf], overlays: &Overlays) -> Discovery {
    let mut found = Found { overlays, targets: BTreeMap::new(), problems: Vec::new(), searched: None };
    for path in paths {
        if overlays.contains_key(path) {
            found.add_file(path);
            continue;
        }
        match fs::metadata(path) {
            Err(error) => found.problems.push(ReadError {
                path: path.clone(),
                message: reason(&error),
                help: "name a product home, a configuration file, or a folder that holds some".to_owned(),
            }),
            Ok(metadata) if metadata.is_dir() => found.search(path),
            Ok(_) => found.add_file(path),
        }
    }
    let mut targets: Vec<FoundHome> = found.targets.into_values().collect();
    let place = |target: &FoundHome| {
        let Layout { root, single_file, embedded, .. } = &target.layout;
        (root.clone(), single_file.clone(), embedded.as_ref().map(|embedded| embedded.number))
    };
    targets.sort_by_cached_key(place);
    Discovery { targets, problems: found.problems }
}

struct Found<'a> {
    overlays: &'a Overlays,
    /// By the real path of the root, or of the lone file, and the number of the file inside it: a home found twice through links is one home.
    targets: BTreeMap<(PathBuf, Option<usize>), FoundHome>,
    problems: Vec<ReadError>,
    /// The folder that is searched; `None` for a file that was named.
    searched: Option<PathBuf>,
}

impl Found<'_> {
    fn search(&mut self, folder: &Path) {
        self.searched = Some(folder.to_path_buf());
        let outer = home_around(folder);
        if let Some(Outer { layout, is_part: true }) = outer {
            self.add(layout, None);
            return;
        }
        let found = self.walk(folder, outer.is_some());
        // A folder in a home that is not a home itself belongs to that home.
        if let Some(outer) = outer.filter(|_| !found) {
            self.add(outer.layout, None);
        }
    }

    /// Looks for homes and loose files below `folder`, and returns whether there are any. In a home, a loose file counts only beside one
    /// that configures a server.
    fn walk(&mut self, folder: &Path, in_home: bool) -> bool {
        let mut found = false;
        let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
        // The whole homes around the current entry, the innermost last.
        let mut wholes: Vec<PathBuf> = Vec::new();
        let mut walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.problems.push(ReadError::of_walk(&error));
                    continue;
                }
            };
            while wholes.last().is_some_and(|whole| !entry.path().starts_with(whole)) {
                wholes.pop();
            }
            if !entry.file_type().is_dir() {
                let counts = || !in_home || entry.path().parent().is_some_and(has_home_file);
                if wholes.is_empty() && is_known_name(entry.path()) && counts() {
                    self.add(Layout::around(entry.path()), None);
                    found = true;
                } else if wholes.is_empty() && !in_home {
                    found |= self.add_embedded(entry.path(), None);
                }
                continue;
            }
            if is_pruned(&entry, &roots) {
                walk.skip_current_dir();
            } else if let Some(layout) = home_at(entry.path()) {
                let whole = is_whole(&layout);
                if !whole && !wholes.is_empty() {
                    continue;
                }
                roots.insert(entry.path().to_path_buf());
                if whole {
                    wholes.push(entry.path().to_path_buf());
                }
                self.add(layout, None);
                found = true;
            }
        }
        found
    }

    fn add_file(&mut self, file: &Path) {
        self.searched = None;
        if matches!(Kind::of(file), Kind::Text | Kind::Json) {
            return;
        }
        if Kind::of(file) == Kind::Yaml && (self.add_embedded(file, Some(file)) || !self.is_of_server(file)) {
            return;
        }
        let mut layout = Layout::around(file);
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_deployment = Kind::of(file) == Kind::Toml && name.contains("deployment");
        let is_copy = is_mappers_copy(file);
        if layout.has_no_home() || is_copy || (is_deployment && name != "deployment.toml") {
            let stands_for = match () {
                () if is_deployment => "deployment.toml".to_owned(),
                // No file that a server reads has this name: the syntax is all that can be wrong with it.
                () if is_copy => format!("{COPIES}/{name}"),
                () => without_ending(name).to_owned(),
            };
            layout = Layout::of_file(file, stands_for);
        }
        self.add(layout, Some(file));
    }

    /// Adds the configuration files inside a YAML file, and returns whether there are any.
    fn add_embedded(&mut self, file: &Path, only: Option<&Path>) -> bool {
        if Kind::of(file) != Kind::Yaml {
            return false;
        }
        let found = overlays::text(self.overlays, file).map(|text| embedded_in(&text)).unwrap_or_default();
        for embedded in &found {
            let stands_for = if is_deployment_toml(&embedded.name) { "deployment.toml" } else { &embedded.name };
            self.add(Layout { embedded: Some(embedded.clone()), ..Layout::of_file(file, stands_for.to_owned()) }, only);
        }
        !found.is_empty()
    }

    /// Whether a server reads the YAML file at `file`: it has the name of one, and is not the manifest of something else.
    fn is_of_server(&self, file: &Path) -> bool {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_manifest = |text: &str| text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("{{"));
        RUNTIME_FILES.iter().any(|known| known.rsplit('/').next() == Some(without_ending(name)))
            && overlays::text(self.overlays, file).is_none_or(|text| !is_manifest(&text))
    }

    fn add(&mut self, layout: Layout, only: Option<&Path>) {
        let place = layout.single_file.as_ref().map_or_else(|| layout.conf_folder(), |(file, _)| file.clone());
        let key = (fs::canonicalize(&place).unwrap_or(place), layout.embedded.as_ref().map(|embedded| embedded.number));
        let is_new = !self.targets.contains_key(&key);
        let target = self.targets.entry(key).or_insert_with(|| FoundHome {
            layout,
            only: BTreeSet::new(),
            searched: self.searched.clone(),
        });
        match only {
            Some(file) if is_new || !target.only.is_empty() => {
                target.only.insert(file.to_path_buf());
            }
            Some(_) => {}
            None => target.only.clear(),
        }
    }
}

impl ReadError {
    /// What stopped a walk through a folder.
    pub(crate) fn of_walk(error: &walkdir::Error) -> Self {
        let path = error.path().map(Path::to_path_buf).unwrap_or_default();
        let (message, help) = match (error.loop_ancestor(), error.io_error()) {
            (Some(_), _) => (
                "a link that leads back to a folder above it".to_owned(),
                "remove the link, or search the folder that it leads to",
            ),
            (None, Some(error)) => (reason(error), "check the permissions, or leave the path out"),
            (None, None) => (error.to_string(), "leave the path out"),
        };
        Self { path, message, help: help.to_owned() }
    }
}

/// The configuration files inside a YAML file with this text.
pub(crate) fn embedded_in(yaml: &str) -> Vec<EmbeddedFile> {
    embedded_files(yaml, |name| is_deployment_toml(name) || is_known_name(Path::new(name)))
}

/// Whether a file of this name, in a YAML file, is a deployment.toml: `deployment.toml`, `apim-deployment.toml`, `deployment-prod.toml`.
fn is_deployment_toml(name: &str) -> bool {
    let stem = name.strip_suffix(".toml").unwrap_or_default();
    stem.ends_with("deployment") || stem.contains("deployment-")
}

fn is_pruned(entry: &DirEntry, roots: &BTreeSet<PathBuf>) -> bool {
    let name = entry.file_name().to_str().unwrap_or_default();
    if entry.depth() > 0 && SKIPPED.contains(&name) {
        return true;
    }
    let in_home = entry.path().parent().is_some_and(|parent| roots.contains(parent));
    in_home && is_home_folder(name)
}

fn is_home_folder(name: &str) -> bool {
    HOME_FOLDERS.contains(&name) || name.starts_with("jdk")
}

/// A home that contains the folder.
struct Outer {
    layout: Layout,
    /// Whether the folder is a part of every such home, such as its configuration folder.
    is_part: bool,
}

/// The nearest home that `folder` belongs to without being the home itself.
fn home_around(folder: &Path) -> Option<Outer> {
    folder.ancestors().skip(1).find_map(|ancestor| {
        let inside = folder.strip_prefix(ancestor).ok()?.components().next()?.as_os_str().to_str()?;
        let layout = home_at(ancestor)?;
        let (is_part, is_whole) = (is_home_folder(inside), is_whole(&layout));
        if is_part && !is_whole {
            // Something like a home inside a part of another one is only that part, such as the mapper's copies.
            return Some(home_around(ancestor).filter(|outer| outer.is_part).unwrap_or(Outer { layout, is_part }));
        }
        (is_part || is_whole).then_some(Outer { layout, is_part })
    })
}

/// Whether the home at `layout` is an installed product, or a runtime of one, rather than a copy of its configuration. Everything below it
/// belongs to it, unless it is also such a home.
fn is_whole(layout: &Layout) -> bool {
    let has_script = |script: &String| layout.root.join(script).is_file();
    identify(layout).product.is_some() || catalog().products.iter().flat_map(|product| &product.scripts).any(has_script)
}

/// Whether `file` is a copy that the config mapper keeps of a rendered file before it overwrites it.
fn is_mappers_copy(file: &Path) -> bool {
    file.ancestors().skip(1).filter(|folder| folder.ends_with(COPIES)).any(|copies| {
        let (Some(home), Ok(rendered)) = (copies.parent(), file.strip_prefix(copies)) else { return false };
        home.join(Layout::new(home, "conf").template_of(&slashed(rendered))).is_file()
    })
}

/// The layout of the home at `folder`, if it is one. Enterprise Integrator 6 has a `repository/conf` beside its `conf`.
fn home_at(folder: &Path) -> Option<Layout> {
    let (carbon, conf) = (folder.join("repository/conf"), folder.join("conf"));
    if folder.file_name().is_some_and(|name| name == "repository") && has_home_file(&conf) {
        // The `repository` of a home has a `conf` in it.
        return None;
    }
    if !has_home_file(&carbon) && (has_home_file(&conf) || has_runtime(&conf)) {
        return Some(Layout::new(folder, "conf"));
    }
    carbon.is_dir().then(|| Layout::new(folder, "repository/conf"))
}

/// Whether `conf` holds what configures a Carbon 5 runtime.
fn has_runtime(conf: &Path) -> bool {
    RUNTIME_FILES.iter().any(|file| conf.join(file).is_file())
}

const RUNTIME_FILES: [&str; 6] = [
    "worker/deployment.yaml",
    "dashboard/deployment.yaml",
    "manager/deployment.yaml",
    "editor/deployment.yaml",
    "transports/netty-transports.yml",
    "msf4j-transport/netty-transports.yml",
];
