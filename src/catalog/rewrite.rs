//! What servers change in their rendered files themselves, as data of `rules/catalog/rewritten.toml`.

use serde::Deserialize;

use super::Versions;

/// A change that a server makes to a file after it has rendered it: it serialises the XML anew, and some elements name another file.
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
    /// The names of the files that it writes there, in the folder that was there before.
    pub names: Vec<String>,
    /// What the server does, as a sentence.
    pub what: String,
    /// Where this is known from.
    pub source: String,
}

impl Rewrite {
    /// The folder of the file that `text` names, where the server has written the name.
    pub(crate) fn folder_of<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (folder, name) = text.rsplit_once(['/', '\\']).unwrap_or(("", text));
        self.names.iter().any(|known| known == name).then_some(folder)
    }
}
