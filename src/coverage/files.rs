//! The files of a home that are checked, and what each of them is.

use std::path::PathBuf;

use crate::model::Model;
use crate::server::mapper::Resources;
use crate::server::mapper::resources::{FOLDER, JsonFile};
use crate::source::Kind;
use crate::source::kind::without_ending;
use crate::workspace::Home;

/// A file that is checked.
#[derive(Debug)]
pub(crate) struct FoundFile {
    /// Its path.
    pub path: PathBuf,
    /// What it is.
    pub role: Role,
}

/// What a file is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A configuration file of this kind.
    Configuration(Kind),
    /// A deployment tool's template of a configuration file of this kind.
    ToolTemplate(Kind),
    /// A template from which the server renders a file.
    ServerTemplate,
}

impl Role {
    /// Its name in JSON.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Configuration(kind) | Self::ToolTemplate(kind) => match kind {
                Kind::Toml => "toml",
                Kind::Xml => "xml",
                Kind::Properties => "properties",
                Kind::Yaml => "yaml",
                Kind::Script => "script",
                Kind::Json => "json",
                Kind::Text => "text",
            },
            Self::ServerTemplate => "server-template",
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Configuration(kind) | Self::ToolTemplate(kind) => match kind {
                Kind::Toml => "deployment.toml",
                Kind::Xml => "XML",
                Kind::Properties => "properties",
                Kind::Yaml => "YAML",
                Kind::Script => "start script",
                Kind::Json => "JSON of the config mapper",
                Kind::Text => "text",
            },
            Self::ServerTemplate => "template of the server",
        }
    }

    /// Whether a deployment tool fills it in.
    pub(crate) fn is_tool_template(self) -> bool {
        matches!(self, Self::ToolTemplate(_))
    }
}

/// The files of a home that are checked, in the order of their paths.
pub(crate) fn files_of(home: &Home) -> Vec<FoundFile> {
    let model = &home.model;
    let mut files: Vec<FoundFile> = model
        .files
        .iter()
        .map(|file| {
            let name = file.source.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_template = name != without_ending(name);
            let role = if is_template { Role::ToolTemplate } else { Role::Configuration };
            FoundFile { path: file.source.path.clone(), role: role(file.source.kind) }
        })
        .chain(read_by_mapper(model))
        .filter(|file| model.is_requested(&file.path))
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    files
}

/// What the config mapper reads besides deployment.toml.
fn read_by_mapper(model: &Model) -> Vec<FoundFile> {
    let Some(mapping) = model.mapping() else { return Vec::new() };
    let at = |path: String| model.layout.root.join(path);
    let json = JsonFile::ALL.iter().map(|file| at(format!("{FOLDER}/{}", file.name()))).filter(|path| path.is_file());
    let json = json.map(|path| FoundFile { path, role: Role::Configuration(Kind::Json) });
    let templates = mapping.resources.templates.iter().map(|output| at(Resources::path_of_template(output)));
    json.chain(templates.map(|path| FoundFile { path, role: Role::ServerTemplate })).collect()
}
