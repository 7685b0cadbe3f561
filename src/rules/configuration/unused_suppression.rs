//! `unused-suppression`: a comment that suppresses nothing. What comments suppress is known only when every other rule has run.

use std::collections::BTreeSet;

use super::removal;
use crate::diagnostic::{Diagnostic, Finding, Site, Target};
use crate::model::{Covering, FileId, Location, Model};
use crate::rule_info::{rule, rules};
use crate::source::Span;
use crate::workspace::Home;

/// Removes the suppressed findings of `home` from `diagnostics`. Returns a finding for each name in a comment that suppresses nothing although its
/// rules have run.
pub(crate) fn apply(diagnostics: &mut Vec<Diagnostic>, home: &Home, runs: impl Fn(&str) -> bool) -> Vec<Finding> {
    let covering = home.model.suppressions();
    let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
    if covering.is_empty() {
        return Vec::new();
    }
    diagnostics.retain(|diagnostic| {
        let mut is_suppressed = false;
        for (number, covering) in covering.iter().enumerate().filter(|(_, covering)| covers(covering, diagnostic, home)) {
            let text = text_of(&home.model, covering.file);
            for (name, span) in covering.suppression.names.iter().enumerate() {
                if [&diagnostic.rule.name, &diagnostic.rule.category].iter().any(|own| *own == span.of(text)) {
                    used.insert((number, name));
                    is_suppressed = true;
                }
            }
        }
        !is_suppressed
    });
    let mut unused = Vec::new();
    for (number, covering) in covering.iter().enumerate() {
        let text = text_of(&home.model, covering.file);
        let names = covering.suppression.names.iter().enumerate();
        for (_, span) in names.filter(|(name, span)| !used.contains(&(number, *name)) && has_run(span.of(text), &runs)) {
            let message = format!("`{}` finds nothing here that this comment could suppress", span.of(text));
            let at = Location { file: covering.file, span: *span };
            let fix = removal(&home.model, covering, *span);
            unused.push(Finding::new(home.id, at, message).help("remove it").fix(Some(fix)));
        }
    }
    unused
}

fn text_of(model: &Model, file: FileId) -> &str {
    model.file(file).source.text_of_server()
}

/// Whether a comment is for the place of a diagnostic.
fn covers(covering: &Covering, diagnostic: &Diagnostic, home: &Home) -> bool {
    match (&diagnostic.finding.target, covering.covered) {
        (Target::Site(Site { home: own, at }), covered) => {
            let is_inside = |covered: Span| covered.start <= at.span.start && at.span.start <= covered.end;
            *own == home.id && at.file == covering.file && covered.is_none_or(is_inside)
        }
        (Target::Path(path, own), None) => *own == Some(home.id) && *path == home.model.file(covering.file).source.path,
        (Target::Path(..), Some(_)) => false,
    }
}

/// Whether every rule that `name` is for has run.
fn has_run(name: &str, runs: impl Fn(&str) -> bool) -> bool {
    if rule(name).is_some() {
        return runs(name);
    }
    let mut of_category = rules().iter().filter(|rule| rule.category == name).peekable();
    of_category.peek().is_some() && of_category.all(|rule| runs(&rule.name))
}
