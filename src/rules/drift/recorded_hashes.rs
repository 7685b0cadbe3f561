//! Compares the files of a home with the hashes that the server recorded at its last start.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::server::mapper::metadata::{FOLDER, md5_of, recorded};

/// The MD5s that the last start recorded in `file`, by path below the home. `None` if there are none.
pub(super) fn records(model: &Model, file: &str) -> Option<BTreeMap<String, String>> {
    let records = recorded(&model.text_of(&format!("{FOLDER}/{file}"))?);
    (!records.is_empty()).then_some(records)
}

/// The records of configuration files.
pub(super) const CONFIGURATION: &str = "metadata_config.properties";

/// The records of templates and of the mapper's JSON files.
pub(super) const TEMPLATES: &str = "metadata_template.properties";

/// Whether `bytes` have the recorded MD5. Line endings do not count, since a checkout may have changed them.
pub(super) fn is_same(bytes: &[u8], md5: &str) -> bool {
    md5_of(bytes) == md5 || {
        let unix = with_line_feeds(bytes);
        md5_of(&unix) == md5 || md5_of(&with_carriage_returns(&unix)) == md5
    }
}

/// `bytes` with `\n` in place of `\r\n`.
pub(super) fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let is_kept = |at: &usize| !(bytes[*at] == b'\r' && bytes.get(at + 1) == Some(&b'\n'));
    (0..bytes.len()).filter(is_kept).map(|at| bytes[at]).collect()
}

fn with_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| if *byte == b'\n' { b"\r\n".as_slice() } else { std::slice::from_ref(byte) }).copied().collect()
}

/// Whether the start script sets `option` to true. The server reads it with `Boolean.getBoolean`.
pub(super) fn is_on(model: &Model, option: &str) -> bool {
    let options = model.script().map(|(_, options)| options).unwrap_or_default();
    options
        .iter()
        .any(|given| given.name == option && given.value.as_ref().is_some_and(|value| value.eq_ignore_ascii_case("true")))
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
