//! What the server recorded at its last start: the MD5s of the files that it rendered, and of what it rendered them from.

use std::collections::BTreeMap;

use super::Model;
use crate::server::mapper::metadata::{FOLDER, md5_of, recorded};

/// The records of configuration files.
pub(crate) const CONFIGURATION: &str = "metadata_config.properties";

/// The records of templates and of the mapper's JSON files.
pub(crate) const TEMPLATES: &str = "metadata_template.properties";

impl Model {
    /// The MD5s that the last start recorded in `file`, by path below the home; empty if there are none.
    pub(crate) fn recorded(&self, file: &str) -> BTreeMap<String, String> {
        self.text_of(&format!("{FOLDER}/{file}")).map(|text| recorded(&text)).unwrap_or_default()
    }

    /// Whether the file at `path`, relative to the home, has another MD5 than `md5`. `false` if it cannot be read.
    pub(crate) fn has_changed(&self, path: &str, md5: &str) -> bool {
        self.read_once(path).is_some_and(|file| !is_same(file.as_bytes(), md5))
    }

    /// The templates and JSON files of the mapper that have changed since the last start, as paths relative to the home.
    pub(crate) fn changed_templates(&self) -> Vec<String> {
        let recorded = self.recorded(TEMPLATES).into_iter();
        recorded.filter(|(path, md5)| self.has_changed(path, md5)).map(|(path, _)| path).collect()
    }
}

/// Whether `bytes` have the recorded MD5. Line endings do not count, since a checkout may have changed them.
pub(crate) fn is_same(bytes: &[u8], md5: &str) -> bool {
    md5_of(bytes) == md5 || {
        let unix = with_line_feeds(bytes);
        md5_of(&unix) == md5 || md5_of(&with_carriage_returns(&unix)) == md5
    }
}

/// `bytes` with `\n` in place of `\r\n`.
fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let is_kept = |at: &usize| !(bytes[*at] == b'\r' && bytes.get(at + 1) == Some(&b'\n'));
    (0..bytes.len()).filter(is_kept).map(|at| bytes[at]).collect()
}

fn with_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| if *byte == b'\n' { b"\r\n".as_slice() } else { std::slice::from_ref(byte) }).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_make_no_difference() {
        let md5 = md5_of(b"a\r\nb\r\n");
        assert!(is_same(b"a\nb\n", &md5) && is_same(b"a\r\nb\r\n", &md5));
        assert!(is_same(b"a\r\nb\r\n", &md5_of(b"a\nb\n")));
        assert!(!is_same(b"a\nc\n", &md5));
    }
}
