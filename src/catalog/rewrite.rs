//! Changes that servers make to their own rendered files: the rows of `rules/catalog/rewritten.toml`.

use serde::Deserialize;

use super::version::Versions;

/// A change that a server makes to a file after rendering it: it serializes the XML again, and some elements name another file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// The products.
    pub products: Vec<String>,
    /// Their versions.
    #[serde(default)]
    pub versions: Versions,
    /// The rendered file, below the home.
    pub file: String,
    /// The elements whose text it replaces: local names from the root, with `/`.
    pub at: String,
    /// The names of the files that it writes there; the folder stays the same.
    pub names: Vec<String>,
    /// What the server does, as a sentence.
    pub what: String,
    /// The evidence.
    pub source: String,
}

impl Rewrite {
    /// The folder of the file that `text` names, if the server wrote the name.
    pub(crate) fn folder_of<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (folder, name) = text.rsplit_once(['/', '\\']).unwrap_or(("", text));
        self.names.iter().any(|known| known == name).then_some(folder)
    }
}
