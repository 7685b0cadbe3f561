//! The ports of every fixture home, compared with values determined by hand from its files.

use std::collections::{BTreeMap, BTreeSet};

use carbonlint::Listener;
use serde::Deserialize;

use crate::support::{fixture, open};

#[derive(Deserialize)]
struct Expected {
    offset: i64,
    open: Vec<Open>,
    #[serde(default)]
    closed: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Open {
    id: String,
    port: i64,
}

fn expectations() -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(fixture("expected-ports.toml")).expect("the expectations");
    toml::from_str(&text).expect("valid TOML")
}

/// The offset and every open port that is not random of the home that an expectation names.
fn found(path: &str) -> (Option<i64>, BTreeSet<(String, i64)>) {
    // A runtime of a Carbon 5 home is named by its folder below conf/.
    let (home, runtime) = match path.split_once("/conf/") {
        Some((home, runtime)) => (home, Some(format!("conf/{runtime}/deployment.yaml"))),
        None => (path, None),
    };
    let root = fixture("homes").join(home);
    let outer = if home.contains('/') { root.ancestors().nth(2).expect("the outer home").to_path_buf() } else { root.clone() };
    let workspace = open(&outer);
    let home =
        workspace.homes().map(|(_, home)| home).find(|home| home.path() == root).unwrap_or_else(|| panic!("{path} is not found"));
    let of_runtime = |listener: &&Listener| {
        let Some(file) = &runtime else { return true };
        let places = listener.row.map(|(row, part)| part.places.as_deref().unwrap_or(&row.places)).unwrap_or_default();
        places.iter().any(|place| place.file == *file)
    };
    let listeners: Vec<&Listener> = home.ports().listeners.iter().filter(of_runtime).collect();
    let open = listeners.iter().filter(|listener| listener.enabled && !listener.random);
    let open = open.map(|listener| (listener.id.clone(), listener.port().expect("a known port"))).collect();
    let offset = match listeners.first() {
        Some(listener) if runtime.is_some() => Some(listener.offset),
        _ => home.ports().offset.value,
    };
    (offset, open)
}

#[test]
fn every_fixture_home_opens_what_its_files_say() {
    let mut wrong = Vec::new();
    for (path, expected) in expectations() {
        let (offset, open) = found(&path);
        let expected_open: BTreeSet<(String, i64)> = expected.open.into_iter().map(|open| (open.id, open.port)).collect();
        let mut note = |what: &str, listeners: Vec<&(String, i64)>| {
            if !listeners.is_empty() {
                wrong.push(format!("{path}: {what} {listeners:?}"));
            }
        };
        note("missing", expected_open.difference(&open).collect());
        note("unexpected", open.difference(&expected_open).collect());
        note("should be closed", open.iter().filter(|(id, _)| expected.closed.contains(id)).collect());
        if !path.contains("/conf/") && offset != Some(expected.offset) {
            wrong.push(format!("{path}: offset {offset:?} instead of {}", expected.offset));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
