//! Holds the layering of src/: imports run downward only, and no files import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use walkdir::WalkDir;

use crate::support::repository;

/// The rooms from the ground up. A file may import from its own room and from rooms further down.
const FLOORS: &[&[&str]] = &[
    &["printable"],
    &["disk", "parallel", "paths", "shell", "suggest"],
    &["source"],
    &["catalog", "edit", "rule_examples", "server/cava_toml", "server/java"],
    &["compose", "home", "rule_info", "server/jinjava"],
    &["policy"],
    &["config", "server/mapper"],
    &["machines"],
    &["model"],
    &["ports"],
    &["diagnostic"],
    &["workspace"],
    &["rules"],
    &["baseline", "coverage", "lint", "port_overview"],
    &["fix", "render"],
    &["example_check"],
    &["get"],
    &["trace"],
    &["report"],
    &["cli"],
    &["commands", "internals"],
];

/// The module tree of src/, by module path: `["model", "load"]` is src/model/load.rs.
struct Tree {
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    file: PathBuf,
    syntax: syn::File,
    /// Names that `pub use` takes from elsewhere: where they come from.
    reexports: BTreeMap<String, Vec<String>>,
}

impl Tree {
    fn read() -> Self {
        let src = repository().join("src");
        let mut modules = BTreeMap::new();
        for entry in WalkDir::new(&src).sort_by_file_name() {
            let path = entry.expect("readable").into_path();
            let name = path.strip_prefix(&src).expect("below src").with_extension("");
            let mut segments: Vec<String> = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let is_test = segments.last().is_some_and(|last| last == "tests");
            if path.extension().is_none_or(|ending| ending != "rs") || is_test || segments == ["main"] {
                continue;
            }
            if segments.last().is_some_and(|last| last == "mod" || last == "lib") {
                segments.pop();
            }
            let syntax = syn::parse_file(&fs::read_to_string(&path).expect("text")).expect("valid Rust");
            let file = path.strip_prefix(repository()).expect("below the crate").to_path_buf();
            modules.insert(segments, Module { file, syntax, reexports: BTreeMap::new() });
        }
        let mut tree = Self { modules };
        let reexports: Vec<(Vec<String>, Vec<Import>)> = tree
            .modules
            .iter()
            .map(|(path, module)| (path.clone(), imports(path, module).into_iter().filter(|import| import.is_public).collect()))
            .collect();
        for (path, imports) in reexports {
            let module = tree.modules.get_mut(&path).expect("a module");
            module.reexports.extend(imports.into_iter().filter_map(|import| Some((import.path.last()?.clone(), import.path))));
        }
        tree
    }

    /// The module that defines what `path` names; `None` where it is outside of the crate.
    fn defining(&self, path: &[String]) -> Option<&[String]> {
        let known = (0..=path.len()).rev().find_map(|len| self.modules.get_key_value(&path[..len]));
        let (module, content) = known?;
        let item = path.get(module.len());
        match item.and_then(|item| content.reexports.get(item)) {
            Some(origin) if origin != path => self.defining(origin),
            _ => Some(module),
        }
    }

    /// What each module imports.
    fn arrows(&self) -> BTreeMap<&[String], BTreeSet<&[String]>> {
        let targets = |(path, module)| {
            let wanted = imports(path, module).into_iter().filter(|import| !import.is_public);
            let targets = wanted.filter_map(|import| self.defining(&import.path));
            targets.filter(|target| *target != path && !target.is_empty()).collect()
        };
        self.modules.iter().map(|(path, module)| (path.as_slice(), targets((path.as_slice(), module)))).collect()
    }

    fn file(&self, module: &[String]) -> String {
        self.modules[module].file.display().to_string()
    }
}

struct Import {
    /// From the crate's root.
    path: Vec<String>,
    is_public: bool,
}

/// Every path into the crate that a module names outside of its tests.
fn imports(module: &[String], content: &Module) -> Vec<Import> {
    let children = content.syntax.items.iter().filter_map(|item| match item {
        syn::Item::Mod(child) => Some(child.ident.to_string()),
        _ => None,
    });
    let mut collector = Collector { module, children: children.collect(), is_public: false, imports: Vec::new() };
    collector.visit_file(&content.syntax);
    collector.imports
}

struct Collector<'a> {
    module: &'a [String],
    children: BTreeSet<String>,
    is_public: bool,
    imports: Vec<Import>,
}

impl Collector<'_> {
    /// Notes a path as it is written, if it leads into the crate.
    fn note(&mut self, written: &[String]) {
        let Some((first, rest)) = written.split_first() else { return };
        let mut path: Vec<String> = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.module.to_vec(),
            "super" => self.module[..self.module.len().saturating_sub(1)].to_vec(),
            child if self.children.contains(child) => [self.module, &[child.to_owned()]].concat(),
            _ => return,
        };
        for segment in rest {
            match segment.as_str() {
                "super" => _ = path.pop(),
                "self" => {}
                segment => path.push(segment.to_owned()),
            }
        }
        self.imports.push(Import { path, is_public: self.is_public });
    }

    fn note_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.note_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.note(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.note(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.note(prefix),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.note_tree(prefix, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = module.attrs.iter().any(|attribute| match &attribute.meta {
            syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string().contains("test"),
            _ => false,
        });
        if !is_test {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.is_public = !matches!(item.vis, syn::Visibility::Inherited);
        self.note_tree(&[], &item.tree);
        self.is_public = false;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let written: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if written.len() > 1 {
            self.note(&written);
        }
        syn::visit::visit_path(self, path);
    }
}

/// The floor of a module's room.
fn floor(module: &[String]) -> usize {
    let room = match module {
        [server, wing, ..] if server == "server" => format!("server/{wing}"),
        [room, ..] => room.clone(),
        [] => return usize::MAX,
    };
    FLOORS.iter().position(|rooms| rooms.contains(&room.as_str())).unwrap_or_else(|| panic!("`{room}` has no floor"))
}

fn room(module: &[String]) -> &[String] {
    let is_wing = module.first().is_some_and(|first| first == "server");
    &module[..module.len().min(if is_wing { 2 } else { 1 })]
}

#[test]
fn imports_run_downward() {
    let tree = Tree::read();
    let mut upward = Vec::new();
    for (module, targets) in tree.arrows() {
        if module.is_empty() || module == ["server"] {
            continue;
        }
        for target in targets {
            if room(target) != room(module) && floor(target) >= floor(module) {
                upward.push(format!("{} imports {}", tree.file(module), tree.file(target)));
            }
        }
    }
    assert!(upward.is_empty(), "{} imports run upward:\n{}", upward.len(), upward.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let tree = Tree::read();
    let arrows = tree.arrows();
    let mut circles = BTreeSet::new();
    for module in arrows.keys() {
        let circle: Vec<String> = reached_from(module, &arrows)
            .into_iter()
            .filter(|other| reached_from(other, &arrows).contains(module))
            .map(|other| tree.file(other))
            .collect();
        if !circle.is_empty() {
            circles.insert(circle.join(", "));
        }
    }
    let circles: Vec<String> = circles.into_iter().collect();
    assert!(circles.is_empty(), "{} circles:\n{}", circles.len(), circles.join("\n"));
}

/// The modules that `module` imports, themselves or through others.
fn reached_from<'a>(module: &'a [String], arrows: &BTreeMap<&'a [String], BTreeSet<&'a [String]>>) -> BTreeSet<&'a [String]> {
    let mut reached = BTreeSet::new();
    let mut open = vec![module];
    while let Some(next) = open.pop() {
        open.extend(arrows[next].iter().copied().filter(|target| reached.insert(*target)));
    }
    reached
}

#[test]
fn modules_are_short_and_say_what_they_own() {
    let mut wrong = Vec::new();
    for module in Tree::read().modules.values() {
        let text = fs::read_to_string(repository().join(&module.file)).expect("text");
        let lines = text.lines().count();
        if lines > 400 {
            wrong.push(format!("{}: {lines} lines", module.file.display()));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{}: the first line does not say what it owns", module.file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_has_one_name_and_category_in_data_and_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stems = |folder: &Path, ending: &str| {
        let files = WalkDir::new(folder).min_depth(2).max_depth(3).into_iter().map(|entry| entry.expect("readable").into_path());
        let files = files.filter(|path| path.extension().is_some_and(|found| found == ending));
        let stem =
            |path: PathBuf| path.strip_prefix(folder).expect("below").with_extension("").to_string_lossy().replace('-', "_");
        files.map(stem).collect::<BTreeSet<String>>()
    };
    let checks = stems(&root.join("src/rules"), "rs");
    let mut alone = Vec::new();
    for entry in WalkDir::new(root.join("rules")).min_depth(2).max_depth(2) {
        let path = entry.expect("readable").into_path();
        let is_rule = path.extension().is_some_and(|ending| ending == "toml")
            && !path.parent().is_some_and(|folder| folder.ends_with("catalog"));
        let is_data = |text: String| text.contains("\n[when]\n") || text.contains("\n[[when]]\n");
        if !is_rule || is_data(fs::read_to_string(&path).expect("text")) {
            continue;
        }
        let name = path.strip_prefix(root.join("rules")).expect("below").with_extension("").to_string_lossy().replace('-', "_");
        if !checks.contains(&name) && !checks.contains(&format!("{name}/mod")) {
            alone.push(format!("{} has no src/rules/{name}.rs", path.display()));
        }
    }
    assert!(!checks.is_empty() && alone.is_empty(), "{}", alone.join("\n"));
}
