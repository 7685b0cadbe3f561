//! Comments in configuration files that suppress findings, and the rule `unused-suppression` about those that suppress nothing.

use std::collections::BTreeMap;

use super::fixes::fix_of;
use super::{SelectedRules, complete};
use crate::diagnostic::{Diagnostic, Finding, Site, Target};
use crate::edit::{Fix, Safety};
use crate::model::suppressions::{Covering, line_around};
use crate::model::{FileId, Location, Model};
use crate::rule_info::{rule, rules};
use crate::source::Span;
use crate::source::suppression::Suppression;
use crate::workspace::Home;

/// Removes the suppressed findings of `homes` from `diagnostics`, and adds one for each name that suppresses nothing although its rules ran.
pub(super) fn apply(diagnostics: &mut Vec<Diagnostic>, homes: &[Home], selected: &SelectedRules) {
    for home in homes {
        let covering = home.model.suppressions();
        if covering.is_empty() {
            continue;
        }
        let mut used: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        diagnostics.retain(|diagnostic| {
            let mut is_suppressed = false;
            for (number, covering) in covering.iter().enumerate().filter(|(_, covering)| covers(covering, diagnostic, home)) {
                let text = text_of(&home.model, covering.file);
                for (name, span) in covering.suppression.names.iter().enumerate() {
                    if [&diagnostic.rule.name, &diagnostic.rule.category].iter().any(|own| *own == span.of(text)) {
                        used.insert((number, name), true);
                        is_suppressed = true;
                    }
                }
            }
            !is_suppressed
        });
        let Some((info, severity)) = selected.rule(UNUSED) else { continue };
        for (number, covering) in covering.iter().enumerate() {
            let text = text_of(&home.model, covering.file);
            let names = covering.suppression.names.iter().enumerate();
            for (_, span) in names.filter(|(name, span)| !used.contains_key(&(number, *name)) && has_run(span.of(text), selected)) {
                let message = format!("`{}` finds nothing here that this comment could suppress", span.of(text));
                let at = Location { file: covering.file, span: *span };
                let finding = Finding::new(home.id, at, message).help("remove it");
                let fix = removal(&home.model, covering, *span);
                diagnostics.push(complete(info, severity, finding.fix(Some(fix)), &home.model));
            }
        }
    }
}

const UNUSED: &str = "unused-suppression";

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
fn has_run(name: &str, selected: &SelectedRules) -> bool {
    match rule(name) {
        Some(_) => selected.rule(name).is_some(),
        None => {
            let mut of_category = rules().iter().filter(|rule| rule.category == name).peekable();
            of_category.peek().is_some() && of_category.all(|rule| selected.rule(&rule.name).is_some())
        }
    }
}

/// Removes a name from a comment, and the comment with its last name.
pub(super) fn removal(model: &Model, covering: &Covering, name: Span) -> Fix {
    let text = text_of(model, covering.file);
    let Suppression { comment, names, is_alone, .. } = &covering.suppression;
    let span = match names.iter().position(|other| *other == name) {
        Some(0) if names.len() > 1 => Span::new(name.start, names[1].start),
        Some(number) if number > 0 => Span::new(names[number - 1].end, name.end),
        _ if *is_alone => {
            let (first, last) = (line_around(text, comment.start), line_around(text, comment.end));
            Span::new(first.start, text.len().min(last.end + 1))
        }
        _ => Span::new(text[..comment.start].trim_end_matches([' ', '\t']).len(), comment.end),
    };
    let title = format!("remove `{}` from the comment", name.of(text));
    fix_of(model, covering.file, title, Safety::Safe, vec![(span, String::new())], vec![comment.of(text).to_owned()])
}
