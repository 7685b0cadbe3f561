//! `ref-cycle`: `$ref{}`s that form a cycle (config-mapper ReferenceResolver.java).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::{UserToml, WrittenAt};
use crate::server::mapper::{FaultKind, placeholders};

/// Of a longer cycle, the message and the related places leave out the middle.
const MAX_SHOWN: usize = 10;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of(context) else { return };
    // The references that the server cannot resolve: which key refers to which.
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for fault in settings.faults(FaultKind::CircularReference) {
        let (Some(key), Some(placeholder)) = (fault.key.as_deref(), fault.placeholder.as_deref()) else { continue };
        names.entry(key).or_default().extend(placeholders(placeholder, "ref"));
    }
    for cycle in cycles(&names) {
        let next = |at: usize| cycle[(at + 1) % cycle.len()];
        let locate = |at: usize| settings.locate(Some(cycle[at]), Some(&format!("$ref{{{}}}", next(at))));
        let mut places: Vec<WrittenAt> = (0..cycle.len()).map(locate).collect();
        places.sort_by_key(|at| (at.key.is_none(), at.span));
        let message = format!("references form a cycle ({}): the server does not start", path_of(&cycle));
        let Some((first, others)) = places.split_first() else { continue };
        let mut finding = settings.finding(context, first, message).help("replace one of the references with the value itself");
        for other in others.iter().filter(|other| other.key.is_some()).take(MAX_SHOWN) {
            finding = finding.related(context.id, Location { file: settings.file, span: other.span }, "the cycle continues here");
        }
        findings.push(finding);
    }
}

/// The keys of a cycle in words: `a` -> `b` -> `a`.
fn path_of(cycle: &[&str]) -> String {
    let mut keys: Vec<String> = cycle.iter().take(MAX_SHOWN).chain(cycle.first()).map(|key| format!("`{key}`")).collect();
    if let Some(left_out @ 1..) = cycle.len().checked_sub(MAX_SHOWN) {
        keys.insert(MAX_SHOWN, format!("{left_out} more"));
    }
    keys.join(" -> ")
}

/// A shortest cycle through the first key of each group of keys that all lead to each other. The other cycles of a group share keys with it, or
/// are found when it is gone.
fn cycles<'a>(names: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, targets) in names {
        for target in targets {
            users.entry(target).or_default().insert(key);
        }
    }
    // Kosaraju's algorithm: the keys by when they are finished, then, from the last one, what leads to each of them.
    let mut cycles = Vec::new();
    let mut grouped: BTreeSet<&str> = BTreeSet::new();
    for start in finished(names).into_iter().rev() {
        if !grouped.insert(start) {
            continue;
        }
        let mut group = vec![start];
        let mut at = 0;
        while let Some(key) = group.get(at) {
            group.extend(users.get(key).into_iter().flatten().copied().filter(|user| grouped.insert(user)));
            at += 1;
        }
        let group: BTreeSet<&str> = group.into_iter().collect();
        cycles.extend(group.first().and_then(|first| cycle_from(first, &group, names)));
    }
    cycles.sort_unstable();
    cycles
}

/// The keys in the order in which a search in depth is finished with them.
fn finished<'a>(names: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<&'a str> {
    let mut finished = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for start in names.keys() {
        let mut open = vec![(*start, false)];
        while let Some((key, is_done)) = open.pop() {
            if is_done {
                finished.push(key);
            } else if seen.insert(key) {
                open.push((key, true));
                open.extend(names.get(key).into_iter().flatten().map(|target| (*target, false)));
            }
        }
    }
    finished
}

/// The shortest path of references inside `group` from a key back to itself.
fn cycle_from<'a>(
    start: &'a str,
    group: &BTreeSet<&'a str>,
    names: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Option<Vec<&'a str>> {
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(key) = open.pop_front() {
        for target in names.get(key).into_iter().flatten().filter(|target| group.contains(*target)) {
            if *target == start {
                let mut path = vec![key];
                while let Some(before) = path.last().and_then(|last| from.get(last)) {
                    path.push(before);
                }
                path.reverse();
                return Some(path);
            }
            if !from.contains_key(target) {
                from.insert(target, key);
                open.push_back(target);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph<'a>(edges: &[(&'a str, &'a str)]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (key, target) in edges {
            names.entry(key).or_default().insert(target);
        }
        names
    }

    #[test]
    fn each_group_has_one_cycle_and_what_leads_to_it_has_none() {
        let names = graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "e"), ("e", "d"), ("f", "f"), ("g", "f")]);
        assert_eq!(cycles(&names), [vec!["b", "c"], vec!["d", "e"], vec!["f"]]);
    }

    #[test]
    fn the_middle_of_a_long_cycle_is_left_out() {
        let keys: Vec<String> = (0..12).map(|number| format!("k{number:02}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let path = path_of(&keys);
        assert!(path.ends_with("`k08` -> `k09` -> 2 more -> `k00`"), "{path}");
        assert!(!path_of(&keys[..10]).contains("more"));
    }
}
