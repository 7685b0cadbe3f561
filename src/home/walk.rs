//! Walks through folders as ripgrep does: without hidden files and without what `.gitignore` and `.ignore` leave out. Links are followed,
//! but no folder is entered twice.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use ignore::{IncrementalIgnore, WalkBuilder};
use walkdir::{DirEntry, WalkDir};

use super::read_error::ReadError;

/// Folders that are never searched: what version control and the mapper keep for themselves.
const NEVER: [&str; 4] = [".git", ".hg", ".svn", ".metadata"];

/// Folders that hold what was built or downloaded. They are searched only with `--no-ignore`.
const BUILT: [&str; 2] = ["node_modules", "target"];

/// How folders are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Search {
    /// Also search what `.gitignore` and `.ignore` leave out.
    pub no_ignore: bool,
    /// Also search hidden files and folders.
    pub hidden: bool,
}

impl Search {
    /// Searches everything.
    pub const EVERYTHING: Self = Self { no_ignore: true, hidden: true };
}

/// A file or folder on the way.
#[derive(Debug)]
pub(super) enum Entry {
    /// A folder, which is entered next unless [`Walk::leave`] is called.
    Folder(PathBuf),
    /// A file, or a link to one.
    File(PathBuf),
    /// A file or a folder that is hidden or ignored. It is not entered.
    Ignored(PathBuf),
}

/// A walk through a folder and everything below it, in the order of the names; links to folders come last.
pub(super) struct Walk {
    search: Search,
    tree: Option<Tree>,
    links: VecDeque<PathBuf>,
    /// The real paths of the folders that were entered.
    entered: BTreeSet<PathBuf>,
    /// The real path of the last folder, as long as it can still be skipped.
    last: Option<PathBuf>,
}

/// A folder with what is below it, without links.
struct Tree {
    root: PathBuf,
    real: PathBuf,
    entries: walkdir::IntoIter,
    rules: IncrementalIgnore,
}

impl Walk {
    /// A walk through `folder`, which is entered itself even if it is hidden or ignored.
    pub(super) fn new(folder: &Path, search: Search) -> Self {
        let links = VecDeque::from([folder.to_path_buf()]);
        Self { search, tree: None, links, entered: BTreeSet::new(), last: None }
    }

    /// Does not enter the folder that was returned last.
    pub(super) fn leave(&mut self) {
        if self.last.take().is_some()
            && let Some(tree) = &mut self.tree
        {
            tree.entries.skip_current_dir();
        }
    }

    /// What to make of an entry of the current tree. `None` for what is passed over without a word.
    fn look_at(&mut self, entry: &DirEntry) -> Option<Result<Entry, ReadError>> {
        let path = entry.path().to_path_buf();
        let is_root = entry.depth() == 0;
        let is_link = entry.path_is_symlink() && !is_root;
        // Whoever needs the target of a broken link finds it missing, under the name of the link.
        let is_folder = is_root || if is_link { path.is_dir() } else { entry.file_type().is_dir() };
        let tree = self.tree.as_mut()?;
        let inner = path.strip_prefix(&tree.root).unwrap_or(&path);
        let name = entry.file_name().to_str().unwrap_or_default();
        let is_never = is_folder && (NEVER.contains(&name) || BUILT.contains(&name) && !self.search.no_ignore);
        if !is_root && (is_never || tree.rules.matched(inner, is_folder).is_ignore()) {
            if is_folder && !is_link {
                tree.entries.skip_current_dir();
            }
            return (!is_never).then_some(Ok(Entry::Ignored(path)));
        }
        if !is_folder {
            return Some(Ok(Entry::File(path)));
        }
        let real = tree.real.join(inner);
        if is_link {
            let target = fs::canonicalize(&path).ok()?;
            if real.starts_with(&target) {
                return Some(Err(ReadError::of_loop(path)));
            }
            self.links.push_back(path);
            return None;
        }
        if self.entered.contains(&real) {
            tree.entries.skip_current_dir();
            return None;
        }
        self.last = Some(real);
        Some(Ok(Entry::Folder(path)))
    }
}

impl Tree {
    fn new(root: PathBuf, search: Search) -> Option<Self> {
        let entries = WalkDir::new(&root).sort_by_file_name().into_iter();
        let real = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
        let rules = !search.no_ignore;
        let mut builder = WalkBuilder::new(&root);
        builder.ignore(rules).git_ignore(rules).git_exclude(rules).git_global(rules).parents(rules).hidden(!search.hidden);
        // One matcher for each path.
        builder.build_matchers().pop().map(|rules| Self { root, real, entries, rules })
    }
}

impl Iterator for Walk {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.entered.extend(self.last.take());
        loop {
            let Some(tree) = &mut self.tree else {
                let root = self.links.pop_front()?;
                self.tree = Tree::new(root, self.search);
                continue;
            };
            match tree.entries.next() {
                None => self.tree = None,
                Some(Err(error)) => return Some(Err(ReadError::of_walk(&error))),
                Some(Ok(entry)) => {
                    if let Some(seen) = self.look_at(&entry) {
                        return Some(seen);
                    }
                }
            }
        }
    }
}
