//! Converts the TOML files in rules/ to two JSON files that the library embeds, because JSON parses several times faster at startup. The
//! tables of keys are embedded too, in a shorter form.

#[allow(dead_code, reason = "the library uses the rest")]
#[path = "src/server/mapper/sorted_keys/index.rs"]
mod index;

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, error, fs};

use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/server/mapper/sorted_keys/index.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("rules");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("catalog.json"), catalog(&root.join("catalog"))?.to_string())?;
    fs::write(out.join("secrets.json"), Value::Object(read(&root.join("catalog").join(SECRETS))?).to_string())?;
    let (rules, examples) = rules(&root)?;
    fs::write(out.join("rules.json"), rules.to_string())?;
    fs::write(out.join("examples.json"), examples.to_string())?;
    fs::write(out.join("keys.rs"), keys(&root.join("catalog/keys"), &out)?)?;
    Ok(())
}

/// The file of the catalogue that says which names have secrets as values. It is read before everything else, apart from the others.
const SECRETS: &str = "secrets.toml";

/// Returns one object with the lists of all other catalogue files (`product`, `listener`, ...), concatenated in the order of the file names.
fn catalog(folder: &Path) -> Result<Value, Box<dyn error::Error>> {
    let mut lists: Map<String, Value> = Map::new();
    for file in toml_files_below(folder)?.into_iter().filter(|file| !file.ends_with(SECRETS)) {
        for (name, value) in read(&file)? {
            let Value::Array(mut rows) = value else {
                return Err(format!("{}: `{name}` is not a list of tables", file.display()).into());
            };
            match lists.entry(name).or_insert_with(|| json!([])) {
                Value::Array(all) => all.append(&mut rows),
                _ => unreachable!("only arrays are inserted"),
            }
        }
    }
    Ok(Value::Object(lists))
}

/// Returns a Rust expression for the text of each table of keys and its index.
fn keys(folder: &Path, out: &Path) -> Result<String, Box<dyn error::Error>> {
    let mut list = String::from("&[");
    for file in files_below(folder, "tsv")? {
        let text = with_short_names(&fs::read_to_string(&file)?)?;
        let index = index::Index::of(&text).ok_or_else(|| format!("{}: it is not sorted", file.display()))?;
        let copy = out.join(file.file_name().unwrap_or_default());
        fs::write(&copy, text)?;
        let index::Index { tables, names, keys, lookups } = index;
        writeln!(list, "(include_str!({:?}), &{tables:?}, &{names:?}, &{keys:?}, &{lookups:?}),", copy.display().to_string())?;
    }
    Ok(list + "]")
}

/// Replaces the names of files in a table of keys with numbers, which makes it a fifth smaller.
fn with_short_names(table: &str) -> Result<String, Box<dyn error::Error>> {
    let mut numbers: HashMap<&str, String> = HashMap::new();
    let mut text = String::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, path)) = line.strip_prefix("file\t").and_then(|file| file.split_once('\t')) {
            let number = numbers.len().to_string();
            writeln!(text, "file\t{number}\t{path}")?;
            numbers.insert(name, number);
            continue;
        }
        for (at, part) in line.split('\t').enumerate() {
            let used = [">", "list ", "other "].iter().find_map(|word| Some((word, part.strip_prefix(word)?)));
            text.push_str(if at > 0 { "\t" } else { "" });
            match used.and_then(|(word, name)| Some((word, numbers.get(name)?))) {
                Some((word, number)) if at > 0 => write!(text, "{word}{number}")?,
                _ => text.push_str(part),
            }
        }
        text.push('\n');
    }
    Ok(text)
}

/// Returns a list with an object for each rule, and an object with its examples. Its name and category come from the path.
fn rules(root: &Path) -> Result<(Value, Value), Box<dyn error::Error>> {
    let (mut list, mut examples) = (Vec::new(), Map::new());
    for file in toml_files_below(root)? {
        let category = file.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if file.starts_with(root.join("catalog")) {
            continue;
        }
        let mut rule = read(&file)?;
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        rule.insert("name".into(), name.clone().into());
        rule.insert("category".into(), category.into());
        // The tests use all examples, the binary shows one of each kind.
        let kinds = ["fails", "passes"].map(|kind| (kind, rule.remove(kind)));
        let shown = kinds.into_iter().filter_map(|(kind, all)| Some((kind.to_owned(), shown_example(&all?)?)));
        examples.insert(name, Value::Object(shown.collect()));
        rule.remove("untestable");
        list.push(Value::Object(rule));
    }
    Ok((Value::Array(list), Value::Object(examples)))
}

/// Returns the first example whose files are all plain text and not long, with what explains it.
fn shown_example(all: &Value) -> Option<Value> {
    let is_plain = |files: &Value| {
        files
            .as_object()
            .is_some_and(|files| files.values().all(|text| text.as_str().is_some_and(|text| text.lines().count() <= 40)))
    };
    let example = all.as_array()?.iter().find(|example| is_plain(&example["files"]))?;
    let keys = ["title", "product", "files", "after"];
    let shown = keys.iter().filter_map(|key| Some(((*key).to_owned(), example.get(*key)?.clone())));
    Some(Value::Object(shown.collect()))
}

fn read(file: &Path) -> Result<Map<String, Value>, Box<dyn error::Error>> {
    let text = fs::read_to_string(file)?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn toml_files_below(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn error::Error>> {
    files_below(folder, "toml")
}

/// Returns every file with this extension below `folder`, sorted by path so that builds are reproducible.
fn files_below(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Box<dyn error::Error>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
