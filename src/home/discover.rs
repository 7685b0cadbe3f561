//! Finds the homes and lone configuration files below the paths that a person names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::layout::{Layout, has_home_file, is_known_name};
use crate::source::Kind;

/// Folders of a home that hold no home of their own; `backup` is where the config mapper keeps the files it overwrote.
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
    "backup",
    "updates",
    "modules",
    "webapp-mode",
    "patches",
    "logs",
    "jdk",
];

/// Folders that are never searched.
const SKIPPED: [&str; 4] = [".git", "node_modules", "target", ".metadata"];

/// What the paths hold.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The homes, each once, in the order of their paths.
    pub targets: Vec<Target>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
}

/// A home to look at.
#[derive(Debug)]
pub struct Target {
    /// Where its files lie.
    pub layout: Layout,
    /// The files whose findings are wanted; empty for all.
    pub only: BTreeSet<PathBuf>,
    /// The number of the path on the command line that led here.
    pub given: usize,
}

/// A path that could not be looked at.
#[derive(Debug)]
pub struct Problem {
    /// The path.
    pub path: PathBuf,
    /// What is wrong with it, lower case.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Finds the homes and files below `paths`; `in_memory` is a file that need not exist. Never fails: what cannot be read is among the
/// problems.
pub fn discover(paths: &[PathBuf], in_memory: Option<&Path>) -> Discovery {
    let mut found = Found::default();
    for (given, path) in paths.iter().enumerate() {
        if in_memory == Some(path.as_path()) {
            found.add_file(path, given);
            continue;
        }
        match fs::metadata(path) {
            Err(error) => found.problems.push(Problem {
                path: path.clone(),
                message: reason(&error),
                help: "name a product home, a configuration file, or a folder that holds some".to_owned(),
            }),
            Ok(metadata) if metadata.is_dir() => found.search(path, given),
            Ok(_) => found.add_file(path, given),
        }
    }
    let targets = found.targets.into_values().collect();
    Discovery { targets, problems: found.problems }
}

#[derive(Default)]
struct Found {
    /// By root and configuration folder, or the lone file.
    targets: BTreeMap<(PathBuf, String), Target>,
    problems: Vec<Problem>,
}

impl Found {
    fn search(&mut self, folder: &Path, given: usize) {
        let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
        // A path inside a home, such as its configuration folder, stands for the home.
        let inside = folder.join("x");
        let around = Layout::around(&inside);
        if !around.is_loose() && around.root != folder && has_home_file(&around.conf_folder()) && !folder.ends_with("conf") {
            self.add(around, given, None);
            return;
        }
        let mut walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.add_problem(&error);
                    continue;
                }
            };
            if !entry.file_type().is_dir() {
                if is_known_name(entry.path()) {
                    self.add(Layout::around(entry.path()), given, None);
                }
                continue;
            }
            if is_pruned(&entry, &roots) {
                walk.skip_current_dir();
            } else if let Some(layout) = home_at(entry.path()) {
                roots.insert(entry.path().to_path_buf());
                self.add(layout, given, None);
            }
        }
    }

    fn add_file(&mut self, file: &Path, given: usize) {
        if matches!(Kind::of(file), Kind::Text | Kind::Json) {
            return;
        }
        let mut layout = Layout::around(file);
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let in_home = !layout.is_loose();
        let is_deployment = Kind::of(file) == Kind::Toml && name.contains("deployment");
        if !in_home || (is_deployment && name != "deployment.toml") {
            let stands_for = if is_deployment { "deployment.toml".to_owned() } else { plain_name(name) };
            layout = Layout { root: file.parent().map(Path::to_path_buf).unwrap_or_default(), conf: String::new(), lone: None };
            layout.lone = Some((file.to_path_buf(), stands_for));
        }
        self.add(layout, given, Some(file));
    }

    fn add(&mut self, layout: Layout, given: usize, only: Option<&Path>) {
        let key = match &layout.lone {
            Some((file, _)) => (file.clone(), String::new()),
            None => (layout.root.clone(), layout.conf.clone()),
        };
        let is_new = !self.targets.contains_key(&key);
        let target = self.targets.entry(key).or_insert_with(|| Target { layout, only: BTreeSet::new(), given });
        match only {
            Some(file) if is_new || !target.only.is_empty() => {
                target.only.insert(file.to_path_buf());
            }
            Some(_) => {}
            None => target.only.clear(),
        }
    }

    fn add_problem(&mut self, error: &walkdir::Error) {
        let path = error.path().map(Path::to_path_buf).unwrap_or_default();
        let (message, help) = match (error.loop_ancestor(), error.io_error()) {
            (Some(ancestor), _) => (
                format!("a link that leads back to `{}`", ancestor.display()),
                "remove the link, or search the folder that it leads to".to_owned(),
            ),
            (None, Some(error)) => (reason(error), "check the permissions, or leave the path out".to_owned()),
            (None, None) => (error.to_string(), "leave the path out".to_owned()),
        };
        self.problems.push(Problem { path, message, help });
    }
}

/// Why the system refuses, without its number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

fn plain_name(name: &str) -> String {
    crate::source::template::TEMPLATE_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name).to_owned()
}

fn is_pruned(entry: &DirEntry, roots: &BTreeSet<PathBuf>) -> bool {
    let name = entry.file_name().to_str().unwrap_or_default();
    if entry.depth() > 0 && SKIPPED.contains(&name) {
        return true;
    }
    let in_home = entry.path().parent().is_some_and(|parent| roots.contains(parent));
    in_home && (HOME_FOLDERS.contains(&name) || name.starts_with("jdk"))
}

/// The layout of the home at `folder`, if it is one. Enterprise Integrator 6 has a `repository/conf` beside its `conf`.
fn home_at(folder: &Path) -> Option<Layout> {
    let (carbon, conf) = (folder.join("repository/conf"), folder.join("conf"));
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
