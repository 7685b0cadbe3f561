//! The entry point of the library: finds the homes below some paths and loads their files.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Index;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Product, Version};
use crate::config::{Config, ConfigError, Configs};
use crate::diagnostic::{Diagnostic, Finding, Site, Target};
use crate::home::{Discovery, FoundHome, LeftAlone, PassedOver, ReadError, Search, WhyLeftAlone, discover};
use crate::machines::Machines;
use crate::model::{Assumptions, HomeId, Model};
use crate::parallel;
use crate::paths::{RealPaths, absolute};
use crate::ports::{PortTable, UnknownProfile};
use crate::rule_info::RuleSet;
use crate::source::{FileRange, Overlays, SourceFile};

/// A home: its files, and its ports.
#[derive(Debug)]
pub struct Home {
    /// Its number in the workspace.
    pub(crate) id: HomeId,
    /// The files and what they configure.
    pub(crate) model: Model,
    ports: OnceCell<PortTable>,
    /// The number of the machine that it runs on; `None` if nobody says.
    machine: Option<usize>,
    /// The folder that the paths in fingerprints are relative to: the home; for files without a home, the folder of carbonlint.toml, or
    /// their own folder if there is none.
    pub(crate) anchor: PathBuf,
    config: Option<ConfigOfHome>,
}

/// The carbonlint.toml that applies to a home, and the folder of the home as seen from that of the file; `None` if it is outside.
#[derive(Debug, Clone)]
struct ConfigOfHome {
    config: Arc<Config>,
    below: Option<PathBuf>,
}

impl Home {
    fn new(id: HomeId, model: Model, machine: Option<usize>, config: Option<ConfigOfHome>, configs: &mut Configs) -> Self {
        let layout = &model.layout;
        let configured = if model.is_home() { None } else { configs.folder_of(&layout.root) };
        let anchor = configured.unwrap_or_else(|| layout.root.clone());
        Self { id, model, ports: OnceCell::new(), machine, anchor, config }
    }

    /// The same home in another reading.
    pub(crate) fn read_as(&self, model: Model) -> Self {
        let Self { id, machine, anchor, config, .. } = self;
        Self { id: *id, model, ports: OnceCell::new(), machine: *machine, anchor: anchor.clone(), config: config.clone() }
    }

    /// The folder of the home, or the file that was given without one. Absolute.
    pub fn path(&self) -> &Path {
        self.model.path()
    }

    /// The product; `None` if it is unknown.
    pub fn product(&self) -> Option<&'static Product> {
        self.model.product()
    }

    /// The version of the product; `None` if it is unknown.
    pub fn version(&self) -> Option<&Version> {
        self.model.identity.version.as_ref()
    }

    /// Where a finding of this home is: its file, and the range in it. `None` for a file as a whole.
    pub fn place<'a>(&'a self, finding: &'a Finding) -> (&'a Path, Option<FileRange>) {
        match &finding.target {
            Target::Site(Site { at, .. }) => {
                let source = &self.model.file(at.file).source;
                (&source.path, Some(source.place(at.span)))
            }
            Target::Path(path, _) => (path, None),
        }
    }

    /// The carbonlint.toml that applies to it.
    pub(crate) fn config(&self) -> Option<&Arc<Config>> {
        self.config.as_ref().map(|own| &own.config)
    }

    /// The rules that there are for it.
    pub(crate) fn rules(&self) -> &RuleSet {
        self.config().map_or(&self.model.assumptions.rules, |config| &config.rules)
    }

    /// Whether its carbonlint.toml leaves out a finding of these names, of a rule and its category, in the file at `path`.
    pub(crate) fn leaves_out(&self, path: &Path, names: [&str; 2]) -> bool {
        let Some(ConfigOfHome { config, below: Some(below) }) = &self.config else { return false };
        let Ok(inside) = path.strip_prefix(&self.model.layout.root) else { return false };
        let is_ignored = |ignored: &[String]| ignored.iter().any(|name| names.contains(&name.as_str()));
        let file = below.join(inside);
        // A home that is excluded as a whole is checked only because it was named.
        config.exclude.iter().any(|glob| glob.matches(&file) && !glob.matches(below))
            || config.per_file_ignores.iter().any(|(glob, ignored)| is_ignored(ignored) && glob.matches(&file))
    }

    /// Whether somebody says which machine it runs on.
    pub(crate) fn has_known_machine(&self) -> bool {
        self.machine.is_some()
    }

    /// Why the server profile that the caller gives is none of this product; `None` if it is one, or the product is unknown.
    pub(crate) fn profile_fault(&self) -> Option<UnknownProfile> {
        self.model.assumptions.server_profile.as_ref()?;
        let profile = self.ports().profile.as_ref().filter(|profile| profile.source.is_none())?;
        profile.fault(self.model.product()?, &self.model.catalogue_version()?)
    }

    /// The listeners of the home, determined on the first call.
    pub fn ports(&self) -> &PortTable {
        self.ports.get_or_init(|| PortTable::of(&self.model))
    }
}

/// The error for no home, or several, where exactly one is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOneHome {
    /// The homes that were found.
    pub paths: Vec<PathBuf>,
}

impl std::fmt::Display for NotOneHome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.paths.len() {
            0 => write!(formatter, "no home of a WSO2 product"),
            count => write!(formatter, "{count} homes, but exactly one is needed"),
        }
    }
}

impl std::error::Error for NotOneHome {}

/// Which homes are opened, and how.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Opening<'a> {
    /// How folders are searched.
    pub search: Search,
    /// On how many threads homes are loaded; none is one.
    pub threads: usize,
    /// The only homes and lone files that are opened; `None` for all.
    pub homes: Option<&'a BTreeSet<PathBuf>>,
}

/// The loaded homes below some paths.
#[derive(Debug)]
pub struct Workspace {
    /// The homes, in the order of their paths.
    pub(crate) homes: Vec<Home>,
    /// The paths that could not be read.
    pub problems: Vec<ReadError>,
    /// What looks like configuration below a folder and was left alone.
    pub(crate) left_alone: Vec<LeftAlone>,
    /// The files that were named and are not checked.
    pub(crate) passed_over: Vec<PassedOver>,
    /// For each home, the files to report findings for; empty for all files.
    only: Vec<BTreeSet<PathBuf>>,
    /// The rules that there are where no carbonlint.toml applies.
    pub(crate) rules: RuleSet,
}

impl Workspace {
    /// Loads all configuration below `paths`. `overlays` replace files on disk.
    pub fn open(paths: &[PathBuf], assumptions: &Assumptions, overlays: &Overlays) -> Self {
        Self::open_found(paths, Search::default(), assumptions, overlays)
    }

    /// The same, with a choice of how folders are searched.
    pub fn open_found(paths: &[PathBuf], search: Search, assumptions: &Assumptions, overlays: &Overlays) -> Self {
        Self::open_with(paths, Opening { search, ..Opening::default() }, assumptions, overlays)
    }

    /// The same, with a choice of what is opened, and how.
    pub(crate) fn open_with(paths: &[PathBuf], opening: Opening, assumptions: &Assumptions, overlays: &Overlays) -> Self {
        Self::read(paths, opening, assumptions, overlays, |target| target.only.clone())
    }

    /// Loads from each home below `paths` only the files that its server renders others from, and those that identify the product.
    pub fn open_sources(paths: &[PathBuf], assumptions: &Assumptions) -> Self {
        let sources = |target: &FoundHome| BTreeSet::from([target.layout.conf_folder().join("deployment.toml")]);
        Self::read(paths, Opening::default(), assumptions, &Overlays::new(), sources)
    }

    fn read(
        paths: &[PathBuf],
        opening: Opening,
        assumptions: &Assumptions,
        overlays: &Overlays,
        only: impl Fn(&FoundHome) -> BTreeSet<PathBuf>,
    ) -> Self {
        let paths: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect();
        let overlays: Overlays = overlays.iter().map(|(path, bytes)| (absolute(path), bytes.clone())).collect();
        let real_paths = Arc::new(RealPaths::default());
        let Discovery { targets, left_alone, passed_over, problems } = discover(&paths, &overlays, &real_paths, opening.search);
        let overlays = Arc::new(overlays);
        let mut workspace =
            Self { homes: Vec::new(), problems, left_alone, passed_over, only: Vec::new(), rules: assumptions.rules.clone() };
        let (mut configs, mut machines) =
            (Configs::new(assumptions.config.clone(), assumptions.rules.clone()), Machines::default());
        let mut known = Vec::new();
        for target in targets.into_iter().filter(|target| opening.homes.is_none_or(|homes| homes.contains(target.layout.path())))
        {
            let only = only(&target);
            let root = real_paths.of(&target.layout.root);
            let config = workspace.config_of(&root, &mut configs);
            let own = real_paths.of(target.layout.path());
            if let Some((folder, config)) = &config
                && !is_named_home(&target, &paths)
                && own.strip_prefix(folder).is_ok_and(|own| config.leaves_out(own))
            {
                let path = target.layout.path().to_path_buf();
                workspace.left_alone.push(LeftAlone { path, why: WhyLeftAlone::Excluded });
                continue;
            }
            let assumptions = assumptions_for(&own, assumptions, config.as_ref());
            let machine =
                if assumptions.same_host { Some(0) } else { workspace.machine_of(&root, config.as_ref(), &mut machines) };
            let below = |folder: &Path| root.strip_prefix(folder).ok().map(Path::to_path_buf);
            let config = config.map(|(folder, config)| ConfigOfHome { config, below: below(&folder) });
            known.push((target, assumptions, (machine, config), only));
        }
        let load = |(target, assumptions, known, only): (FoundHome, Assumptions, _, BTreeSet<PathBuf>)| {
            (Model::load(&target, assumptions, &overlays, &real_paths, &only), known, only)
        };
        for (model, (machine, config), only) in parallel::in_order(known, opening.threads, load) {
            if model.files.is_empty() && model.problems.is_empty() && model.too_large.is_empty() {
                continue;
            }
            workspace.homes.push(Home::new(HomeId(workspace.homes.len()), model, machine, config, &mut configs));
            workspace.only.push(only);
        }
        workspace
    }

    /// The carbonlint.toml that applies to the folder `root`, a real path, with the folder that its paths are relative to.
    fn config_of(&mut self, root: &Path, configs: &mut Configs) -> Option<(PathBuf, Arc<Config>)> {
        configs.nearest(root).unwrap_or_else(|error| {
            self.report(error);
            None
        })
    }

    /// How many homes and lone files a search finds below `paths`, without loading them.
    pub(crate) fn count(paths: &[PathBuf], search: Search) -> usize {
        let paths: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect();
        discover(&paths, &Overlays::new(), &RealPaths::default(), search).targets.len()
    }

    /// The machine that a carbonlint.toml names for the home at `root`, its real path, otherwise that of a Compose file.
    fn machine_of(&mut self, root: &Path, config: Option<&(PathBuf, Arc<Config>)>, machines: &mut Machines) -> Option<usize> {
        let machine = config.map_or(Ok(None), |(folder, config)| machines.machine_of(root, folder, config));
        match machine {
            Ok(listed) => listed.or_else(|| machines.composed(root)),
            Err(error) => {
                self.report(error);
                None
            }
        }
    }

    /// Reports that a configuration file cannot be used, once.
    fn report(&mut self, error: ConfigError) {
        if self.problems.iter().all(|problem| problem.path != error.path) {
            let help = "correct it, or remove it: it is ignored as a whole".to_owned();
            self.problems.push(ReadError { path: error.path, message: error.message, help });
        }
    }

    /// Determines the listeners of all homes, on up to `threads` threads, and drops what that took.
    pub(crate) fn find_ports(&mut self, threads: usize) {
        let find = |home: &mut Home| {
            home.ports();
            home.model.forget_all();
        };
        if self.homes.len() > 1 {
            parallel::in_order(self.homes.iter_mut().collect(), threads, find);
        }
    }

    /// The homes that are known to run on one machine, by machine; each of the other homes alone.
    pub(crate) fn machines(&self) -> Vec<Vec<usize>> {
        machines(&self.homes)
    }

    /// Whether no configuration was found.
    pub fn is_empty(&self) -> bool {
        self.homes.is_empty()
    }

    /// The only home. Fails if there is none, or more than one.
    pub fn only_home(&self) -> Result<&Home, NotOneHome> {
        match self.homes.as_slice() {
            [home] => Ok(home),
            homes => Err(NotOneHome { paths: homes.iter().map(|home| home.model.path().to_path_buf()).collect() }),
        }
    }

    /// The homes, with their indexes.
    pub fn homes(&self) -> impl Iterator<Item = (HomeId, &Home)> {
        self.homes.iter().enumerate().map(|(number, home)| (HomeId(number), home))
    }

    /// Where a diagnostic is: lines and columns count from 1, columns in characters, offsets in bytes from 0. The start of the file for one
    /// that could not be read.
    pub fn range(&self, diagnostic: &Diagnostic) -> FileRange {
        match &diagnostic.finding.target {
            Target::Site(site) => self.source(site).place(site.at.span),
            Target::Path(..) => FileRange::start_of_file(),
        }
    }

    /// The file at a site.
    pub(crate) fn source(&self, site: &Site) -> &SourceFile {
        &self[site.home].model.file(site.at.file).source
    }

    /// Whether findings for the file at `path` in `home` were requested. They are for all files, unless single files were named.
    pub fn is_requested(&self, home: HomeId, path: &Path) -> bool {
        let only = self.requested(home);
        only.is_empty() || only.contains(path)
    }

    /// The files of `home` to report findings for; empty for all.
    pub(crate) fn requested(&self, home: HomeId) -> &BTreeSet<PathBuf> {
        &self.only[home.0]
    }

    /// The number of files to report on.
    pub fn file_count(&self) -> usize {
        let wanted =
            |(home, only): (&Home, &BTreeSet<PathBuf>)| if only.is_empty() { home.model.files.len() } else { only.len() };
        self.homes.iter().zip(&self.only).map(wanted).sum()
    }
}

impl Index<HomeId> for Workspace {
    type Output = Home;

    /// # Panics
    ///
    /// If the index belongs to another workspace.
    fn index(&self, home: HomeId) -> &Home {
        &self.homes[home.0]
    }
}

/// Whether `target` is a home, and one of `paths`.
fn is_named_home(target: &FoundHome, paths: &[PathBuf]) -> bool {
    let layout = &target.layout;
    layout.single_file.is_none() && !layout.has_no_home() && paths.iter().any(|path| path == layout.path())
}

/// The caller's assumptions for what is at `path`, a real path. If they name no product, that of carbonlint.toml is used.
fn assumptions_for(path: &Path, assumptions: &Assumptions, config: Option<&(PathBuf, Arc<Config>)>) -> Assumptions {
    let mut assumptions = assumptions.clone();
    if let (None, Some((folder, config))) = (&assumptions.product, config) {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let named = config.products.iter().find(|(glob, _)| glob.matches(below)).map(|(_, product)| product.clone());
        assumptions.product = named.or_else(|| config.product.clone());
        assumptions.product_is_configured = true;
    }
    assumptions
}

/// The homes that are known to run on one machine, by machine; each of the other homes alone.
pub(crate) fn machines(homes: &[Home]) -> Vec<Vec<usize>> {
    let mut machines: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut alone = Vec::new();
    for (number, home) in homes.iter().enumerate() {
        match home.machine {
            Some(machine) => machines.entry(machine).or_default().push(number),
            None => alone.push(vec![number]),
        }
    }
    machines.into_values().chain(alone).collect()
}
