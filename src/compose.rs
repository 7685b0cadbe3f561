//! The services of a Docker Compose file that share the network of their machine, and the folders that their homes are in.

use std::path::{Path, PathBuf};

use crate::disk::read_text;
use crate::source::yaml::{self, YamlNode, YamlValue};

/// The names of a Compose file (Compose specification, "The Compose file").
const FILE_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// The Compose file in `folder`, if there is one.
pub(crate) fn file_in(folder: &Path) -> Option<PathBuf> {
    FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file())
}

/// The real paths that services with `network_mode: host` are built from or mount, below the folder of the Compose file. None if it cannot be
/// read: it is not configuration of a server, so nobody hears of it here.
pub(crate) fn paths_on_host_network(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let Some(Ok(Some(root))) = read_text(file).ok().map(|text| yaml::parse(&text)) else { return Vec::new() };
    let Some(YamlValue::Mapping(services)) = root.get("services").map(|services| &services.value) else { return Vec::new() };
    let on_host = services.iter().map(|(_, service)| service).filter(|service| scalar(service, "network_mode") == Some("host"));
    let paths = on_host.flat_map(paths_of).filter_map(|path| folder.join(path).canonicalize().ok());
    // The folder itself is the context of any service.
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    paths.filter(|path| !folder.starts_with(path)).collect()
}

/// The build context of a service, and the sources of what it mounts.
fn paths_of(service: &YamlNode) -> Vec<&str> {
    let context = service.get("build").and_then(|build| build.as_scalar().or_else(|| scalar(build, "context")));
    let volumes = match service.get("volumes").map(|volumes| &volumes.value) {
        Some(YamlValue::Sequence(volumes)) => volumes.iter().collect(),
        _ => Vec::new(),
    };
    let sources = volumes.into_iter().filter_map(|volume| match volume.as_scalar() {
        // A name without a slash is a volume that Docker keeps.
        Some(short) => short.split_once(':').map(|(source, _)| source).filter(|source| source.contains('/')),
        None => scalar(volume, "source").filter(|_| scalar(volume, "type") == Some("bind")),
    });
    context.into_iter().chain(sources).collect()
}

fn scalar<'a>(node: &'a YamlNode, key: &str) -> Option<&'a str> {
    node.get(key).and_then(YamlNode::as_scalar)
}
