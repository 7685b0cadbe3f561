//! `ref-cycle`: `$ref{}`s that lead back to where they began (config-mapper ReferenceResolver.java).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::{Part, UserToml};
use crate::server::mapper::{FaultKind, placeholders};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context.model()) else { return };
    // Which keys refer to which, as far as the server has not resolved it.
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for fault in settings.faults(FaultKind::CircularReference) {
        let (Some(key), Some(placeholder)) = (fault.key.as_deref(), fault.placeholder.as_deref()) else { continue };
        names.entry(key).or_default().extend(placeholders(placeholder, "ref"));
    }
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for start in names.keys() {
        let Some(circle) = circle_from(start, &names) else { continue };
        if !circle.iter().all(|key| told.insert(key)) {
            continue;
        }
        let next = |at: usize| circle[(at + 1) % circle.len()];
        let mut parts: Vec<Part> =
            circle.iter().enumerate().map(|(at, key)| settings.part(Some(key), Some(&format!("$ref{{{}}}", next(at))))).collect();
        parts.sort_by_key(|part| (part.key.is_none(), part.span));
        let path: Vec<String> = circle.iter().chain(circle.first()).map(|key| format!("`{key}`")).collect();
        let message = format!("references lead in a circle, which stops the start: {}", path.join(" -> "));
        let Some((first, others)) = parts.split_first() else { continue };
        let mut finding = settings.finding(context, first, message).help("write one of the values itself");
        for other in others.iter().filter(|other| other.key.is_some()) {
            finding = finding.related(context.id, Location { file: settings.file, span: other.span }, "and refers on here");
        }
        findings.push(finding);
    }
}

/// The shortest way from a key over references back to it.
fn circle_from<'a>(start: &'a str, names: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while !ways.is_empty() {
        let mut further = Vec::new();
        for way in ways {
            for next in way.last().and_then(|last| names.get(last)).into_iter().flatten() {
                if *next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    let mut way = way.clone();
                    way.push(next);
                    further.push(way);
                }
            }
        }
        ways = further;
    }
    None
}
