//! Writes into rule files what their examples should state, and leaves every other byte as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use carbonlint::ExampleFile;
use carbonlint::internals::{Outcome, hex_of};

/// The longest line of a rule file.
const WIDTH: usize = 130;

/// What each example of a list states, in their order; `None` for one that states the right thing already.
pub type Corrections = Vec<Option<Outcome>>;

/// Corrects the examples of one rule file.
pub fn update(path: &Path, fails: Corrections, passes: Corrections) {
    let text = fs::read_to_string(path).expect("readable");
    let mut document: DocumentMut = text.parse().expect("TOML");
    for (list, corrections) in [("fails", fails), ("passes", passes)] {
        let Some(examples) = document.get_mut(list).and_then(Item::as_array_of_tables_mut) else { continue };
        correct_all(examples, corrections);
    }
    fs::write(path, document.to_string()).expect("written");
}

fn correct_all(examples: &mut ArrayOfTables, corrections: Corrections) {
    for (example, correction) in examples.iter_mut().zip(corrections) {
        let Some(outcome) = correction else { continue };
        set_lines(example, "findings", &outcome.findings);
        set_lines(example, "also", &outcome.also);
        match outcome.fix {
            Some(fix) => example.insert("fix", toml_edit::value(fix.as_str())),
            None => example.remove("fix"),
        };
        set_files(example, outcome.after);
    }
}

/// Sets a list of strings, in one line if they fit.
fn set_lines(example: &mut Table, key: &str, lines: &[String]) {
    if lines.is_empty() {
        example.remove(key);
        return;
    }
    let mut array: Array = lines.iter().map(String::as_str).collect();
    if key.len() + " = ".len() + array.to_string().len() > WIDTH || lines.len() > 2 {
        for value in array.iter_mut() {
            value.decor_mut().set_prefix("\n    ");
        }
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    example.insert(key, Item::Value(array.into()));
}

/// Sets the texts of `[….after]`; those that are right stay as they are written.
fn set_files(example: &mut Table, files: BTreeMap<String, ExampleFile>) {
    if files.is_empty() {
        example.remove("after");
        return;
    }
    let table = example.entry("after").or_insert_with(|| Item::Table(Table::new())).as_table_mut().expect("a table");
    table.retain(|name, _| files.contains_key(name));
    for (name, content) in files {
        let written = table.get(&name).and_then(|item| {
            let written: toml::Table = toml::from_str(&format!("content = {}", item.to_string().trim())).ok()?;
            written["content"].clone().try_into::<ExampleFile>().ok()
        });
        if written.as_ref() != Some(&content) {
            table.insert(&name, Item::Value(literal(&content)));
        }
    }
}

/// A content as a person would write it.
fn literal(content: &ExampleFile) -> Value {
    let text = match content {
        ExampleFile::Text(text) => text,
        other => return format!("{{ hex = \"{}\" }}", hex_of(&other.bytes())).parse().expect("an inline table"),
    };
    let is_plain = !text.contains(|character: char| character.is_control() && !matches!(character, '\n' | '\t'));
    let written = if is_plain && !text.contains('\\') && !text.contains("\"\"\"") && !text.ends_with('"') {
        format!("\"\"\"\n{text}\"\"\"")
    } else if is_plain && !text.contains("'''") && !text.ends_with('\'') {
        format!("'''\n{text}'''")
    } else {
        // With every control character escaped.
        let escaped: String = text.chars().map(escaped).collect();
        format!("\"{escaped}\"")
    };
    written.parse().expect("a string")
}

fn escaped(character: char) -> String {
    match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        character if character.is_control() || character == '\u{feff}' => format!("\\u{:04x}", u32::from(character)),
        character => character.to_string(),
    }
}
