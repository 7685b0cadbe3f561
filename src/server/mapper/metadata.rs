//! What the server has written down at its last start: the MD5 of every file, and the values from outside (MetaDataParser.java).

use std::collections::BTreeMap;

use crate::source::properties::Properties;

/// Where it lies below the home.
pub const FOLDER: &str = "repository/resources/conf/.metadata";

/// The MD5s of a `metadata_*.properties`: paths below the home, with `/`, and hexadecimal digits.
pub fn recorded(text: &str) -> BTreeMap<String, String> {
    // A server on Windows writes its own separator.
    let properties = Properties::parse(text).properties.into_iter();
    properties.map(|property| (property.key.replace('\\', "/"), property.value.trim().to_owned())).collect()
}

/// The MD5 of a file's bytes, as the server writes it.
pub fn md5_of(bytes: &[u8]) -> String {
    format!("{:x}", md5::compute(bytes))
}
