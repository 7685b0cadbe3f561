//! What the mapper reads besides deployment.toml: five JSON files and the templates of a home.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map as Json, Value as JsonValue};
use walkdir::WalkDir;

use super::key_mapping::targets;

/// Their folder, below the home.
pub(crate) const FOLDER: &str = "repository/resources/conf";

/// A JSON file that the mapper reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonFile {
    /// key-mappings.json
    KeyMappings,
    /// infer.json
    Infer,
    /// default.json
    Default,
    /// unit-resolve.json
    UnitResolve,
    /// validator.json
    Validator,
}

impl JsonFile {
    /// All five.
    pub const ALL: [Self; 5] = [Self::KeyMappings, Self::Infer, Self::Default, Self::UnitResolve, Self::Validator];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyMappings => "key-mappings.json",
            Self::Infer => "infer.json",
            Self::Default => "default.json",
            Self::UnitResolve => "unit-resolve.json",
            Self::Validator => "validator.json",
        }
    }
}

/// The JSON files and templates of a home.
#[derive(Debug, Default)]
pub struct Resources {
    json: BTreeMap<JsonFile, Json<String, JsonValue>>,
    /// JSON files that cannot be parsed, with the reason.
    pub broken: Vec<(JsonFile, String)>,
    /// The templates, sorted, each as the path of the file that it renders: below the home, with `/`, without `.j2`.
    pub templates: Vec<String>,
}

impl Resources {
    /// Reads the JSON files with `read`, which takes paths below the home, and finds the templates in the home at `root`.
    /// A linked template counts if `holds` its path.
    pub fn read(root: &Path, read: impl Fn(&str) -> Option<String>, holds: impl Fn(&Path) -> bool) -> Self {
        let mut resources = Self { templates: templates(root, holds), ..Self::default() };
        for file in JsonFile::ALL {
            let Some(text) = read(&format!("{FOLDER}/{}", file.name())) else { continue };
            match serde_json::from_str(&text) {
                Ok(object) => {
                    resources.json.insert(file, object);
                }
                Err(error) => resources.broken.push((file, error.to_string())),
            }
        }
        resources
    }

    /// The content of a JSON file; empty if it is missing or broken.
    pub fn json(&self, file: JsonFile) -> &Json<String, JsonValue> {
        static NOTHING: std::sync::LazyLock<Json<String, JsonValue>> = std::sync::LazyLock::new(Json::new);
        self.json.get(&file).unwrap_or(&NOTHING)
    }

    /// What key-mappings.json renames a key of deployment.toml to: the key itself if it is not in there.
    pub fn targets<'a>(&'a self, key: &'a str) -> Vec<&'a str> {
        targets(self.json(JsonFile::KeyMappings), key)
    }

    /// The path of a template below the home.
    pub fn path_of_template(output: &str) -> String {
        format!("{FOLDER}/templates/{output}.j2")
    }
}

fn templates(root: &Path, holds: impl Fn(&Path) -> bool) -> Vec<String> {
    let folder = root.join(FOLDER).join("templates");
    let mut found: Vec<String> = WalkDir::new(&folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() || entry.path_is_symlink() && entry.path().is_file() && holds(entry.path()))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(&folder).ok()?;
            let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
            Some(parts?.join("/").strip_suffix(".j2")?.to_owned())
        })
        .collect();
    found.sort();
    found
}
