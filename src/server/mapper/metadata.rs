//! What the server recorded when it last started: the MD5 of every file, and values from outside (MetaDataParser.java).

use std::collections::BTreeMap;

use crate::source::properties::Properties;

/// The folder of the records, below the home.
pub(crate) const FOLDER: &str = "repository/resources/conf/.metadata";

/// The MD5s of a `metadata_*.properties`: paths below the home, with `/`, and hexadecimal digits.
pub(crate) fn recorded(text: &str) -> BTreeMap<String, String> {
    // On Windows the server writes backslashes.
    let properties = Properties::parse(text).entries.into_iter();
    properties.map(|property| (property.key.replace('\\', "/"), property.value.trim().to_owned())).collect()
}

/// The MD5 of a file's bytes, as the server writes it.
pub(crate) fn md5_of(bytes: &[u8]) -> String {
    format!("{:x}", md5::compute(bytes))
}
