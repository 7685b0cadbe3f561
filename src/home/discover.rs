//! Finds the homes and lone configuration files below the paths that a person names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::around::{
    COPIES, Outer, home_around, home_at, home_of, home_of_templates, is_home_folder, is_mappers_copy, is_named_like_a_script,
    is_runtime_file, is_servers_template, is_whole,
};
use super::layout::{Layout, has_home_file};
use super::left_out::{LeftAlone, PassedOver, WhyLeftAlone, WhyPassedOver};
use super::name::{ByName, by_name, embedded_in, stands_for};
use super::read_error::ReadError;
use super::walk::{Entry, Search, Walk};
use crate::catalog::catalog;
use crate::disk::reason;
use crate::paths::RealPaths;
use crate::source::{Kind, Overlays, overlays};

/// What the paths hold.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// The homes, each once, in the order of their paths.
    pub targets: Vec<FoundHome>,
    /// What looks like configuration below a folder and was left alone, in the order of the paths.
    pub left_alone: Vec<LeftAlone>,
    /// The files that were named and are not checked, in the order in which they were named.
    pub passed_over: Vec<PassedOver>,
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

/// Finds the homes and files below `paths`, which are absolute; the files of `overlays` need not exist. Never fails: what cannot be read
/// is among the problems.
pub(crate) fn discover(paths: &[PathBuf], overlays: &Overlays, real_paths: &RealPaths, search: Search) -> Discovery {
    let mut found = Found::new(overlays, real_paths, search);
    for path in paths {
        if overlays.contains_key(path) {
            found.add_named(path);
            continue;
        }
        match fs::metadata(path) {
            Err(error) => found.problems.push(ReadError {
                path: path.clone(),
                message: reason(&error),
                help: "name a product home, a configuration file, or a folder that holds some".to_owned(),
            }),
            Ok(metadata) if metadata.is_dir() => found.search(path),
            Ok(_) => found.add_named(path),
        }
    }
    let mut targets: Vec<FoundHome> = found.targets.into_values().collect();
    let place = |target: &FoundHome| {
        let Layout { root, single_file, embedded, .. } = &target.layout;
        (root.clone(), single_file.clone(), embedded.as_ref().map(|embedded| embedded.number))
    };
    targets.sort_by_cached_key(place);
    // A file that was also named is not left alone.
    let named: BTreeSet<&PathBuf> = targets.iter().flat_map(|target| &target.only).collect();
    let left_alone = found.left_alone.into_iter().filter(|(path, _)| !named.contains(path));
    let left_alone = left_alone.map(|(path, why)| LeftAlone { path, why }).collect();
    Discovery { left_alone, targets, passed_over: found.passed_over, problems: found.problems }
}

struct Found<'a> {
    paths: &'a RealPaths,
    overlays: &'a Overlays,
    search: Search,
    /// By the real path of the root, or of the lone file, and the number of the file inside it: a home found twice through links is one home.
    targets: BTreeMap<(PathBuf, Option<usize>), FoundHome>,
    left_alone: BTreeMap<PathBuf, WhyLeftAlone>,
    passed_over: Vec<PassedOver>,
    problems: Vec<ReadError>,
    /// The folder that is searched; `None` for a file that was named.
    searched: Option<PathBuf>,
}

impl<'a> Found<'a> {
    fn new(overlays: &'a Overlays, paths: &'a RealPaths, search: Search) -> Self {
        Self {
            paths,
            overlays,
            search,
            targets: BTreeMap::new(),
            left_alone: BTreeMap::new(),
            passed_over: Vec::new(),
            problems: Vec::new(),
            searched: None,
        }
    }

    fn search(&mut self, folder: &Path) {
        self.searched = Some(folder.to_path_buf());
        let outer = home_around(folder);
        if let Some(Outer { layout, is_part: true }) = outer {
            self.add_home(layout);
            return;
        }
        let found = self.walk(folder, outer.is_some());
        // A folder in a home that is not a home itself belongs to that home.
        if let Some(outer) = outer.filter(|_| !found) {
            self.add_home(outer.layout);
        }
    }

    /// Looks for homes and loose files below `folder`, and returns whether there are any. In a home, a loose file counts only beside one
    /// that configures a server.
    fn walk(&mut self, folder: &Path, in_home: bool) -> bool {
        let mut found = false;
        let (mut roots, mut wholes): (BTreeSet<PathBuf>, BTreeSet<PathBuf>) = <_>::default();
        let mut walk = Walk::new(folder, self.search);
        while let Some(entry) = walk.next() {
            match entry {
                Err(problem) => self.problems.push(problem),
                Ok(Entry::Ignored(path)) => {
                    if home_at(&path).is_some() || matches!(by_name(&path), ByName::Known | ByName::Variant) {
                        self.left_alone.insert(path, WhyLeftAlone::Ignored);
                    } else if let ByName::LeftAlone(row) = by_name(&path) {
                        self.left_alone.insert(path, WhyLeftAlone::ByName(row));
                    }
                }
                Ok(Entry::File(path)) => {
                    let is_read = || {
                        let is_inside = path.ancestors().any(|ancestor| wholes.contains(ancestor));
                        !is_inside && (!in_home || path.parent().is_some_and(has_home_file))
                    };
                    found |= self.add_found(&path, folder, is_read);
                    found |= is_read() && self.add_embedded(&path, None);
                }
                Ok(Entry::Folder(path)) => {
                    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                    if path.parent().is_some_and(|parent| roots.contains(parent)) && is_home_folder(name) {
                        walk.leave();
                        continue;
                    }
                    if home_of_templates(&path).is_some() {
                        self.passed_over.extend(files_below(&path, usize::MAX).into_iter().filter_map(template_alone));
                        walk.leave();
                        continue;
                    }
                    let Some(layout) = home_at(&path) else { continue };
                    let whole = is_whole(&layout);
                    if !whole && path.ancestors().any(|ancestor| wholes.contains(ancestor)) {
                        continue;
                    }
                    if let Some(why) = covering(&path, folder) {
                        self.left_alone.insert(path, why);
                        walk.leave();
                        continue;
                    }
                    if whole {
                        wholes.insert(path.clone());
                    }
                    roots.insert(path);
                    self.add_home(layout);
                    found = true;
                }
            }
        }
        found
    }

    /// Adds a file that was found below `folder`, if it is configuration that a server `is_read`s there. Returns whether it is.
    fn add_found(&mut self, file: &Path, folder: &Path, is_read: impl Fn() -> bool) -> bool {
        let name = by_name(file);
        let why = match name {
            ByName::Other => return false,
            ByName::LeftAlone(row) => Some(WhyLeftAlone::ByName(row)),
            ByName::Known | ByName::Variant => covering(file, folder).or_else(|| (!is_read()).then_some(WhyLeftAlone::NotRead)),
        };
        match why {
            Some(why) => _ = self.left_alone.insert(file.to_path_buf(), why),
            None if matches!(name, ByName::Known) => self.add(Layout::around(file), None),
            None => self.add(Layout::of_file(file, stands_for(file).to_owned()), None),
        }
        why.is_none()
    }

    /// Adds a whole home, and notes which files of it its server does not read although they look like its configuration.
    fn add_home(&mut self, layout: Layout) {
        let (conf, copies, whole) = (layout.conf_folder(), layout.root.join(COPIES), is_whole(&layout));
        let resources = layout.root.join("repository/resources/conf");
        self.add(layout, None);
        for file in files_below(&conf, usize::MAX).into_iter().chain(files_below(&resources, 1)) {
            match by_name(&file) {
                ByName::LeftAlone(row) => _ = self.left_alone.insert(file, WhyLeftAlone::ByName(row)),
                ByName::Variant if whole => _ = self.left_alone.insert(file, WhyLeftAlone::NotRead),
                ByName::Variant => self.add(Layout::of_file(&file, stands_for(&file).to_owned()), None),
                ByName::Known | ByName::Other => {}
            }
        }
        let copies = files_below(&copies, usize::MAX).into_iter().filter(|file| is_mappers_copy(file));
        self.left_alone.extend(copies.map(|file| (file, WhyLeftAlone::MappersCopy)));
    }

    /// Adds a file that was named: as a part of its home, alone, or not at all.
    fn add_named(&mut self, file: &Path) {
        self.searched = None;
        if let Some(home) = home_of(file) {
            self.add(home, Some(file));
            return;
        }
        if self.add_embedded(file, Some(file)) {
            return;
        }
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let passed_over = match (by_name(file), Kind::of(file)) {
            (_, Kind::Xml) if is_servers_template(file) => Some(WhyPassedOver::TemplateWithoutHome),
            (ByName::Known | ByName::Variant, _) | (ByName::LeftAlone(_), Kind::Toml) | (_, Kind::Xml) => None,
            (_, Kind::Properties) if file.extension().is_none_or(|ending| ending != "conf") => None,
            (_, Kind::Yaml) if is_runtime_file(file) && !self.is_manifest(file) => None,
            (_, Kind::Script) if is_named_like_a_script(file) => None,
            _ if is_servers_template(file) => Some(WhyPassedOver::TemplateWithoutHome),
            _ => Some(WhyPassedOver::Foreign),
        };
        match passed_over {
            Some(why) => self.passed_over.push(PassedOver { path: file.to_path_buf(), why }),
            // No file that a server reads has this name: the syntax is all that can be wrong with it.
            None if is_mappers_copy(file) => self.add(Layout::of_file(file, format!("{COPIES}/{name}")), Some(file)),
            None => self.add(Layout::of_file(file, stands_for(file).to_owned()), Some(file)),
        }
    }

    /// Adds the configuration files inside a YAML file, and returns whether there are any.
    fn add_embedded(&mut self, file: &Path, only: Option<&Path>) -> bool {
        if Kind::of(file) != Kind::Yaml {
            return false;
        }
        let found = overlays::text(self.overlays, file).map(|text| embedded_in(&text)).unwrap_or_default();
        for embedded in &found {
            let name = stands_for(Path::new(&embedded.name)).to_owned();
            self.add(Layout { embedded: Some(embedded.clone()), ..Layout::of_file(file, name) }, only);
        }
        !found.is_empty()
    }

    /// Whether a YAML file is a manifest of Kubernetes or a template of Helm, whatever its name.
    fn is_manifest(&self, file: &Path) -> bool {
        let is_manifest = |text: &str| text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("{{"));
        overlays::text(self.overlays, file).is_some_and(|text| is_manifest(&text))
    }

    fn add(&mut self, layout: Layout, only: Option<&Path>) {
        let place = layout.single_file.as_ref().map_or_else(|| layout.conf_folder(), |(file, _)| file.clone());
        let key = (self.paths.of(&place), layout.embedded.as_ref().map(|embedded| embedded.number));
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

/// The files in `folder`, at most `depth` levels down, whatever `.gitignore` says.
fn files_below(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).max_depth(depth).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries.filter(|entry| !entry.file_type().is_dir()).map(walkdir::DirEntry::into_path).collect()
}

/// A template of a server that was found without a home.
fn template_alone(path: PathBuf) -> Option<PassedOver> {
    is_servers_template(&path).then_some(PassedOver { path, why: WhyPassedOver::TemplateWithoutHome })
}

/// Why something at `path` is left alone in a search of `folder` although its own name does not say so.
fn covering(path: &Path, folder: &Path) -> Option<WhyLeftAlone> {
    let row = catalog().left_alone.iter().find(|row| row.covers(path) && !row.covers(folder))?;
    Some(WhyLeftAlone::ByName(row))
}
