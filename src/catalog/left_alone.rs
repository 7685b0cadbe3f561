//! Files that look like configuration and that no server reads: the rows of `rules/catalog/left-alone.toml`.

use std::path::Path;

use serde::Deserialize;

/// A reason to leave files alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftAloneRow {
    /// Its name in JSON.
    pub id: String,
    /// What such a file is.
    pub what: String,
    /// The same for several files.
    pub many: String,
    /// The names of the files. `*` is the name of the configuration file that such a file was made from.
    #[serde(default)]
    pub names: Vec<String>,
    /// The folders that hold them, with `/` between their parts.
    #[serde(default)]
    pub folders: Vec<String>,
    /// The evidence.
    pub source: String,
}

impl LeftAloneRow {
    /// The name of the configuration file that a file called `name` was made from, if this is the reason to leave it alone.
    pub(crate) fn original<'a>(&self, name: &'a str) -> Option<&'a str> {
        self.names.iter().find_map(|pattern| match pattern.split_once('*') {
            Some((before, after)) => name.strip_prefix(before)?.strip_suffix(after).filter(|original| !original.is_empty()),
            None => (pattern == name).then_some(name),
        })
    }

    /// Whether `folder` is one of the folders, or in one.
    pub(crate) fn covers(&self, folder: &Path) -> bool {
        folder.ancestors().any(|folder| self.folders.iter().any(|known| folder.ends_with(known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_a_copy_was_made_from() {
        let row = LeftAloneRow {
            id: String::new(),
            what: String::new(),
            many: String::new(),
            names: ["*~", "#*#", "whole.toml"].map(str::to_owned).to_vec(),
            folders: vec!["src/test".to_owned()],
            source: String::new(),
        };
        for (name, original) in [
            ("a.xml~", Some("a.xml")),
            ("#a.xml#", Some("a.xml")),
            ("whole.toml", Some("whole.toml")),
            ("~", None),
            ("a.xml", None),
        ] {
            assert_eq!(row.original(name), original, "{name}");
        }
        assert!(row.covers(Path::new("x/src/test")) && row.covers(Path::new("src/test/resources")));
        assert!(!row.covers(Path::new("src/tests")) && !row.covers(Path::new("test")));
    }
}
