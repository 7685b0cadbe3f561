//! `ref-cycle`: `$ref{}`s that form a cycle (config-mapper ReferenceResolver.java).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::{UserToml, WrittenAt};
use crate::server::mapper::{FaultKind, placeholders};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else { return };
    // The references that the server cannot resolve: which key refers to which.
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for fault in settings.faults(FaultKind::CircularReference) {
        let (Some(key), Some(placeholder)) = (fault.key.as_deref(), fault.placeholder.as_deref()) else { continue };
        names.entry(key).or_default().extend(placeholders(placeholder, "ref"));
    }
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    for start in names.keys() {
        let Some(cycle) = cycle_from(start, &names) else { continue };
        if !cycle.iter().all(|key| reported.insert(key)) {
            continue;
        }
        let next = |at: usize| cycle[(at + 1) % cycle.len()];
        let mut places: Vec<WrittenAt> = cycle
            .iter()
            .enumerate()
            .map(|(at, key)| settings.locate(Some(key), Some(&format!("$ref{{{}}}", next(at)))))
            .collect();
        places.sort_by_key(|at| (at.key.is_none(), at.span));
        let path: Vec<String> = cycle.iter().chain(cycle.first()).map(|key| format!("`{key}`")).collect();
        let message = format!("references form a cycle ({}): the server does not start", path.join(" -> "));
        let Some((first, others)) = places.split_first() else { continue };
        let mut finding = settings.finding(context, first, message).help("replace one of the references with the value itself");
        for other in others.iter().filter(|other| other.key.is_some()) {
            finding = finding.related(context.id, Location { file: settings.file, span: other.span }, "the cycle continues here");
        }
        findings.push(finding);
    }
}

/// The shortest path of references from a key back to itself.
fn cycle_from<'a>(start: &'a str, names: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    let mut paths: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while !paths.is_empty() {
        let mut further = Vec::new();
        for path in paths {
            for next in path.last().and_then(|last| names.get(last)).into_iter().flatten() {
                if *next == start {
                    return Some(path);
                }
                if seen.insert(next) {
                    let mut path = path.clone();
                    path.push(next);
                    further.push(path);
                }
            }
        }
        paths = further;
    }
    None
}
