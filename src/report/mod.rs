//! What is printed: a folder per command, a file per format. No format knows a rule.

pub(crate) mod diff;
pub(crate) mod files;
pub(crate) mod get;

pub(crate) mod lint;
pub(crate) mod notes;
pub(crate) mod patch;
pub(crate) mod ports;
pub(crate) mod render;
pub(crate) mod rule_page;
pub(crate) mod trace;
pub(crate) mod wrap;

use serde::Serialize;

use crate::model::{Location, Model};
use crate::paths::DisplayPaths;
use crate::printable::{is_hidden, on_one_line, printable};
use crate::source::SourceFile;
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::secrets::Masked;

/// The product's display name and its version, as far as they are known.
fn product_name(model: &Model) -> String {
    let name = model.product().map_or("unknown product", |product| product.name.trim_start_matches("WSO2 "));
    let profile = model.identity.profile.as_ref().map(|profile| format!(", {profile} profile")).unwrap_or_default();
    match &model.identity.version {
        Some(version) => format!("{name} {version}{profile}"),
        None if model.product().is_some() => format!("{name}, unknown version{profile}"),
        None => name.to_owned(),
    }
}

/// `path:line` of a location in a home.
fn place(model: &Model, at: Location, shown: &DisplayPaths) -> String {
    let source = &model.file(at.file).source;
    format!("{}:{}", shown.path(&source.path), source.position(at.span.start).line)
}

/// The text of a file as it may be shown: secrets are masked, and dots replace hidden characters, so that a terminal does not act on
/// them.
fn displayed(file: &SourceFile) -> Masked {
    let mut masked = Masked::of(&file.text, file.secrets());
    masked.text = without_hidden(&masked.text);
    masked
}

/// The text with a dot for each byte of a hidden character.
fn without_hidden(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let is_harmless = match character {
            '\n' | '\t' | BYTE_ORDER_MARK => true,
            // Without a line feed it moves the cursor to the start of the line.
            '\r' => characters.peek() == Some(&'\n'),
            other => !is_hidden(other),
        };
        if is_harmless {
            shown.push(character);
        } else {
            shown.extend(std::iter::repeat_n('.', character.len_utf8()));
        }
    }
    shown
}

/// `text` in a colour of the terminal; as it is if `code` is empty.
fn colored(text: &str, code: &str) -> String {
    if code.is_empty() { text.to_owned() } else { format!("\u{1b}[{code}m{text}\u{1b}[0m") }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A document as indented JSON with a line break at its end.
fn json_text(document: &impl Serialize) -> String {
    // Only maps with keys other than strings cannot be serialized, and there are none.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
