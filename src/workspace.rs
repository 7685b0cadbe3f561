//! The front door: the homes below some paths, with their files read and their ports determined.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::home::{Layout, ReadError, discover};
use crate::model::{Assumptions, Model, Overlays};
use crate::paths::absolute;
use crate::ports::PortTable;

/// A home with what is worked out of it.
#[derive(Debug)]
pub struct Home {
    /// Its files.
    pub model: Model,
    /// Its listeners.
    pub ports: PortTable,
    /// The folder that the paths in fingerprints are relative to: the home itself, or for files without a home the folder of the tool's
    /// configuration file, else their own.
    pub anchor: PathBuf,
}

/// The homes below some paths, read and worked out.
#[derive(Debug)]
pub struct Workspace {
    /// The homes, in the order of their paths.
    pub homes: Vec<Home>,
    /// What could not be looked at.
    pub problems: Vec<ReadError>,
    /// For each home the files whose findings are wanted; empty for all.
    only: Vec<BTreeSet<PathBuf>>,
}

impl Workspace {
    /// Reads everything below `paths`; `overlays` stand in for some of the files.
    pub fn open(paths: &[PathBuf], assumptions: &Assumptions, overlays: &Overlays) -> Self {
        let paths: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect();
        let overlays: Overlays = overlays.iter().map(|(path, bytes)| (absolute(path), bytes.clone())).collect();
        let discovery = discover(&paths, &overlays);
        let overlays = Arc::new(overlays);
        let mut workspace = Self { homes: Vec::new(), problems: discovery.problems, only: Vec::new() };
        for target in discovery.targets {
            let assumptions = workspace.assumptions_for(&target.layout.root, assumptions);
            let model = Model::load(target.layout, assumptions, &overlays, &target.only);
            if model.files.is_empty() && model.problems.is_empty() && model.too_large.is_empty() {
                continue;
            }
            let ports = PortTable::of(&model);
            let anchor = anchor_of(&model.layout);
            workspace.homes.push(Home { model, ports, anchor });
            workspace.only.push(target.only);
        }
        workspace
    }

    /// What the caller knows of the files at `root`, and where it does not know their product, what the tool's configuration file says.
    fn assumptions_for(&mut self, root: &Path, assumptions: &Assumptions) -> Assumptions {
        let mut assumptions = assumptions.clone();
        if assumptions.product.is_none() {
            match Config::nearest(root) {
                Ok(config) => assumptions.product = config.and_then(|config| config.product),
                Err(error) if self.problems.iter().any(|problem| problem.path == error.path) => {}
                Err(error) => self.problems.push(ReadError {
                    path: error.path,
                    message: error.message,
                    help: "write `product = \"api-manager@4.5.0\"` or the like in it".to_owned(),
                }),
            }
        }
        assumptions
    }

    /// Whether there was no configuration at all.
    pub fn is_empty(&self) -> bool {
        self.homes.is_empty()
    }

    /// Whether the file at `path` of the home of this number was asked for: all are, unless single files were named.
    pub fn is_requested(&self, home: usize, path: &Path) -> bool {
        let only = &self.only[home];
        only.is_empty() || only.contains(path)
    }

    /// How many files were read.
    pub fn file_count(&self) -> usize {
        let wanted =
            |(home, only): (&Home, &BTreeSet<PathBuf>)| if only.is_empty() { home.model.files.len() } else { only.len() };
        self.homes.iter().zip(&self.only).map(wanted).sum()
    }
}

fn anchor_of(layout: &Layout) -> PathBuf {
    let configured = (layout.has_no_home() || layout.single_file.is_some()).then(|| Config::folder_of(&layout.root)).flatten();
    configured.unwrap_or_else(|| layout.root.clone())
}
