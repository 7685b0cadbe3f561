//! Which home a folder or a file belongs to, and which files of a home its server reads.

use std::path::Path;

use super::identify::identify;
use super::layout::{INBOUND_ENDPOINTS, Layout, has_home_file, is_known_name};
use super::scripts::Scripts;
use crate::catalog::catalog;
use crate::paths::slashed;
use crate::source::Kind;
use crate::source::kind::without_ending;

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
pub(super) const COPIES: &str = "backup";

/// The folder of a home from which the config mapper reads.
const RESOURCES: &str = "repository/resources/conf";

/// Whether the product itself fills a folder of this name in a home.
pub(super) fn is_home_folder(name: &str) -> bool {
    HOME_FOLDERS.contains(&name) || name.starts_with("jdk")
}

/// A home that contains a folder.
pub(super) struct Outer {
    /// The home.
    pub(super) layout: Layout,
    /// Whether the folder is a part of every such home, such as its configuration folder.
    pub(super) is_part: bool,
}

/// The nearest home that `folder` belongs to without being the home itself.
pub(super) fn home_around(folder: &Path) -> Option<Outer> {
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
pub(super) fn is_whole(layout: &Layout) -> bool {
    let scripts = Scripts::of(&layout.root);
    let has_script = |script: &String| scripts.has(script);
    catalog().products.iter().flat_map(|product| &product.scripts).any(has_script) || identify(layout).product.is_some()
}

/// Whether `file` is a copy that the config mapper keeps of a rendered file before it overwrites it.
pub(super) fn is_mappers_copy(file: &Path) -> bool {
    file.ancestors().skip(1).filter(|folder| folder.ends_with(COPIES)).any(|copies| {
        let (Some(home), Ok(rendered)) = (copies.parent(), file.strip_prefix(copies)) else { return false };
        home.join(Layout::new(home, "conf").template_of(&slashed(rendered))).is_file()
    })
}

/// The layout of the home at `folder`, if it is one. Enterprise Integrator 6 has a `repository/conf` beside its `conf`. Templates are laid out
/// like a home, but are none.
pub(super) fn home_at(folder: &Path) -> Option<Layout> {
    if home_of_templates(folder).is_some() {
        return None;
    }
    let (carbon, conf) = (folder.join("repository/conf"), folder.join("conf"));
    let (has_carbon, has_conf) = (carbon.is_dir(), conf.is_dir());
    if !has_carbon && !has_conf {
        return None;
    }
    if has_conf && folder.file_name().is_some_and(|name| name == "repository") && has_home_file(&conf) {
        // The `repository` of a home has a `conf` in it.
        return None;
    }
    if has_conf && !(has_carbon && has_home_file(&carbon)) && (has_home_file(&conf) || has_runtime(&conf)) {
        return Some(Layout::new(folder, "conf"));
    }
    has_carbon.then(|| Layout::new(folder, "repository/conf"))
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

/// The home of which `file` is a part: its server reads it, runs it, or renders it.
pub(super) fn home_of(file: &Path) -> Option<Layout> {
    if is_mappers_copy(file) {
        return None;
    }
    if is_servers_template(file) {
        // What is below the templates is laid out like a home, too.
        return file.ancestors().find_map(home_of_templates).and_then(home_at);
    }
    let by_path = Layout::around(file);
    if !by_path.has_no_home() && is_part(&by_path, file) {
        return Some(by_path);
    }
    file.ancestors().skip(1).filter_map(home_at).find(|layout| is_part(layout, file))
}

/// Whether `file` is a part of the home: its server reads it, runs it, or renders it.
fn is_part(layout: &Layout, file: &Path) -> bool {
    let Ok(inner) = file.strip_prefix(&layout.root).map(slashed) else { return false };
    let inner = inner.as_str();
    is_configuration_of(layout, file)
        || is_read_by_mapper(inner)
        || is_script(inner)
        || Path::new(inner).parent() == Some(Path::new(INBOUND_ENDPOINTS)) && Kind::of(file) == Kind::Xml
        || catalog().rewrites.iter().any(|rewrite| rewrite.file == inner)
        || layout.root.join(layout.template_of(inner)).is_file()
}

/// Whether `file` is read from the configuration folder.
fn is_configuration_of(layout: &Layout, file: &Path) -> bool {
    let conf = layout.conf_folder();
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    file.starts_with(&conf)
        && match Kind::of(file) {
            Kind::Toml => file.parent() == Some(conf.as_path()) && without_ending(name) == "deployment.toml",
            Kind::Xml => true,
            Kind::Properties => is_known_name(file),
            Kind::Yaml => is_runtime_file(file),
            Kind::Script | Kind::Json | Kind::Text => false,
        }
}

/// Whether a server reads a YAML file of this name.
pub(super) fn is_runtime_file(file: &Path) -> bool {
    file.file_name().is_some_and(|name| RUNTIME_FILES.iter().any(|known| Path::new(known).file_name() == Some(name)))
}

/// Whether a server reads or runs a file of this name, wherever it is in the home.
pub(crate) fn is_known_file(file: &Path) -> bool {
    is_known_name(file) || is_runtime_file(file) || is_named_like_a_script(file)
}

/// Whether `inner`, a path below a home, is one of the mapper's JSON files or a template.
fn is_read_by_mapper(inner: &str) -> bool {
    let Some(name) = inner.strip_prefix(RESOURCES).and_then(|rest| rest.strip_prefix('/')) else { return false };
    match name.strip_prefix("templates/") {
        Some(template) => has_ending(template, "j2"),
        None => has_ending(name, "json") && !name.contains('/'),
    }
}

/// The home, complete or not, whose templates are in `folder`; `None` for any other folder.
pub(super) fn home_of_templates(folder: &Path) -> Option<&Path> {
    folder.ends_with(Path::new(RESOURCES).join("templates")).then(|| folder.ancestors().nth(4)).flatten()
}

/// Whether `file` is a template of some server, in a home or not.
pub(super) fn is_servers_template(file: &Path) -> bool {
    has_ending(&slashed(file), "j2") && file.ancestors().any(|folder| home_of_templates(folder).is_some())
}

/// Whether `inner`, a path below a home, is a start script.
fn is_script(inner: &str) -> bool {
    let plain = inner.strip_suffix(".bat").map(|name| format!("{name}.sh"));
    let inner = plain.as_deref().unwrap_or(inner);
    catalog().products.iter().flat_map(|product| &product.scripts).any(|script| script == inner)
}

/// Whether a start script has the name of `file`.
pub(super) fn is_named_like_a_script(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| is_script(&format!("bin/{name}")))
}

fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == ending)
}
