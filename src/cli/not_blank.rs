//! Refuses blank arguments, which most often come from an unset variable in a script.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser};

/// Parses a path that is not blank.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|path: OsString| {
        if path.to_str().is_some_and(is_blank) {
            Err("a path cannot be blank; name a file or a folder, such as `.`")
        } else {
            Ok(PathBuf::from(path))
        }
    })
}

/// Parses a text that is not blank; `help` says what to write instead.
pub(super) fn not_blank(help: &'static str) -> impl TypedValueParser<Value = String> {
    StringValueParser::new()
        .try_map(move |text: String| if is_blank(&text) { Err(format!("it is blank; {help}")) } else { Ok(text) })
}

/// Parses the name of a rule or a category.
pub(super) fn rule_name() -> impl TypedValueParser<Value = String> {
    not_blank("`carbonlint rules` lists the names")
}

/// Parses `NAME[@VERSION]`.
pub(super) fn product_name() -> impl TypedValueParser<Value = String> {
    not_blank("name one such as api-manager@4.5.0")
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
