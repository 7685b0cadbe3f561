//! Source maps of the files that the fixture homes render: complete, and without effect on the text.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use carbonlint::internals::mapper::{HomeBudget, Renderer, Resources};
use carbonlint::internals::{TomlDocument, TomlFile, model_of};
use carbonlint::{
    Assumptions, EffectiveValue, Environment, Origin, Overlays, Rendering, Trace, Value, Workspace, get, render, trace_file,
};
use similar::{DiffOp, TextDiff};

use crate::support::{fixture, open};

/// The fixture homes that render from templates.
pub fn homes_with_templates() -> Vec<PathBuf> {
    let folders = ["homes", "started"].into_iter().flat_map(|folder| fs::read_dir(fixture(folder)).expect("fixtures"));
    let mut roots: Vec<PathBuf> = folders.map(|entry| entry.expect("readable").path()).collect();
    roots.retain(|root| root.join("repository/resources/conf/templates").is_dir());
    roots.sort();
    roots
}

#[test]
fn recording_changes_no_file() {
    let mut files = 0;
    for root in homes_with_templates() {
        let workspace = open(&root);
        let model = model_of(workspace.only_home().expect("a home"));
        let (mapping, configuration) = model.configuration().expect("a configuration");
        let budget = HomeBudget::default();
        let renderer = Renderer::new(configuration, &mapping.release, &budget);
        for path in &mapping.resources.templates {
            let template = model.text_of(&Resources::path_of_template(path)).expect("a template");
            let plain = renderer.render(path, &template);
            let (recorded, _) = renderer.render_with_source_map(path, &template);
            assert_eq!(recorded.text, plain.text, "{path} in {}", root.display());
            assert_eq!(recorded.faults, plain.faults, "{path} in {}", root.display());
            files += 1;
        }
    }
    assert!(files > 100, "only {files} files");
}

/// A home with its deployment.toml replaced.
fn home_with(root: &Path, toml: &str) -> Workspace {
    let overlays = Overlays::from([(toml_of(root), toml.as_bytes().to_vec())]);
    Workspace::open(&[root.to_path_buf()], &Assumptions::default(), &overlays)
}

fn toml_of(root: &Path) -> PathBuf {
    let files = ["repository/conf/deployment.toml", "conf/deployment.toml"].map(|name| root.join(name));
    files.into_iter().find(|file| file.is_file()).expect("a deployment.toml")
}

/// Another value of the same type, in TOML syntax.
fn changed(value: &Value) -> Option<String> {
    match value {
        Value::Boolean(boolean) => Some((!boolean).to_string()),
        Value::Integer(number) => Some((number + 1).to_string()),
        Value::Double(number) => Some(format!("{:.0}", number + 1.0)),
        Value::Text(text) if text == "true" => Some("\"false\"".to_owned()),
        Value::Text(text) if text == "false" => Some("\"true\"".to_owned()),
        Value::Text(text) => match text.parse::<u32>() {
            Ok(number) => Some(format!("\"{}\"", number + 1)),
            Err(_) => Some(Value::Text(format!("{text}x")).to_toml()),
        },
        Value::List(_) | Value::Table(_) | Value::Null => None,
    }
}

/// Whether a trace names one of `keys`: as a printed or tested value, or as what such a value follows from.
fn names(trace: &Trace, keys: &[String]) -> bool {
    let values = trace.keys.iter().chain(trace.conditions.iter().flat_map(|condition| &condition.keys));
    values.into_iter().any(|value: &EffectiveValue| {
        let from = match &value.origin {
            Some(Origin::Inferred { from }) => Some(from),
            _ => None,
        };
        let all = [Some(&value.key), value.written.as_ref(), from];
        all.into_iter().flatten().any(|name| {
            keys.iter().any(|key| key == name || name.starts_with(&format!("{key}.")) || key.starts_with(&format!("{name}.")))
        })
    })
}

/// What a home renders, by path.
fn rendered<'a>(rendering: &'a Rendering) -> BTreeMap<&'a str, String> {
    rendering.paths().iter().filter_map(|path| Some((path.as_str(), rendering.render(path).text?))).collect()
}

/// Whether the traces of these lines of a file, from 0, all name one of `keys`. There must be lines. Lines that were added or removed can be
/// told from equal lines around them in several ways; one is enough.
fn all_name(rendering: &Rendering, path: &str, text: &str, lines: Range<usize>, keys: &[String]) -> bool {
    let trace = |line: usize| trace_file(rendering, path, Some(line + 1)).expect("rendered").lines.remove(0).trace;
    let all: Vec<&str> = text.lines().collect();
    let up = (1..=lines.start).take_while(|by| all[lines.start - by] == all[lines.end - by]).map(|by| lines.start - by);
    let down = (1..=all.len() - lines.end).take_while(|by| all[lines.start + by - 1] == all[lines.end + by - 1]);
    let starts = std::iter::once(lines.start).chain(up).chain(down.map(|by| lines.start + by));
    !lines.is_empty() && starts.into_iter().any(|start| (start..start + lines.len()).all(|line| names(&trace(line), keys)))
}

#[test]
fn the_trace_of_a_changed_line_names_the_changed_key() {
    let (mut changes, mut hunks) = (0, 0);
    for root in homes_with_templates() {
        let toml = fs::read_to_string(toml_of(&root)).expect("text");
        let before = home_with(&root, &toml);
        let before = render(before.only_home().expect("a home"), &Environment::unknown()).expect("a rendering");
        let texts = rendered(&before);
        let document = TomlDocument::parse(&toml).expect("valid");
        for entry in get(&before, None) {
            let Some(literal) = entry.effective.value.as_ref().and_then(changed) else { continue };
            let key = entry.mapped_from().unwrap_or(&entry.effective.key).to_owned();
            let Some(edits) = (TomlFile { text: &toml, document: &document }).set(&key, &literal) else { continue };
            let mut edited = toml.clone();
            for (span, text) in edits.into_iter().rev() {
                edited.replace_range(span.start..span.end, &text);
            }
            let after = home_with(&root, &edited);
            let Ok(after) = render(after.only_home().expect("a home"), &Environment::unknown()) else { continue };
            let keys = [key.clone(), entry.effective.key.clone()];
            let mut is_live = false;
            for (path, new) in rendered(&after) {
                let old = &texts[path];
                for operation in TextDiff::from_lines(old.as_str(), new.as_str()).ops() {
                    if matches!(operation, DiffOp::Equal { .. }) {
                        continue;
                    }
                    is_live = true;
                    hunks += 1;
                    let is_named = all_name(&after, path, &new, operation.new_range(), &keys)
                        || all_name(&before, path, old, operation.old_range(), &keys);
                    assert!(is_named, "{path} in {} does not name {key} = {literal}: {operation:?}", root.display());
                }
            }
            changes += usize::from(is_live);
        }
    }
    assert!(changes > 300 && hunks > changes, "only {changes} live keys and {hunks} changed places");
}
