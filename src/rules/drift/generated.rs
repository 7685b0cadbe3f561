//! What the server has recorded of its last start, held against the files as they are.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::server::mapper::metadata::{FOLDER, md5_of, recorded};

/// The MD5s of a file of the last start's records, by paths below the home; `None` where the home has not recorded any.
pub(super) fn records(model: &Model, file: &str) -> Option<BTreeMap<String, String>> {
    let records = recorded(&model.text_of(&format!("{FOLDER}/{file}"))?);
    (!records.is_empty()).then_some(records)
}

/// The recorded configuration files.
pub(super) const CONFIGURATION: &str = "metadata_config.properties";

/// The recorded templates and JSON files.
pub(super) const TEMPLATES: &str = "metadata_template.properties";

/// Whether bytes are those of a recorded MD5. A checkout may have changed nothing but the line ends: that counts as the same.
pub(super) fn is_same(bytes: &[u8], md5: &str) -> bool {
    md5_of(bytes) == md5 || {
        let unix = with_line_feeds(bytes);
        md5_of(&unix) == md5 || md5_of(&with_carriage_returns(&unix)) == md5
    }
}

/// `\r\n` as `\n`.
pub(super) fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let is_kept = |at: &usize| !(bytes[*at] == b'\r' && bytes.get(at + 1) == Some(&b'\n'));
    (0..bytes.len()).filter(is_kept).map(|at| bytes[at]).collect()
}

fn with_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| if *byte == b'\n' { b"\r\n".as_slice() } else { std::slice::from_ref(byte) }).copied().collect()
}

/// Whether an option of the start script is switched on: the server asks `Boolean.getBoolean`.
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
    fn line_ends_make_no_difference() {
        let md5 = md5_of(b"a\r\nb\r\n");
        assert!(is_same(b"a\nb\n", &md5) && is_same(b"a\r\nb\r\n", &md5));
        assert!(is_same(b"a\r\nb\r\n", &md5_of(b"a\nb\n")));
        assert!(!is_same(b"a\nc\n", &md5));
    }
}
