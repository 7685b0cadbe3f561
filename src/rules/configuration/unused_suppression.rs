//! `unused-suppression`: a comment that suppresses nothing. What comments suppress is known only when every other rule has run.

use std::collections::{BTreeMap, BTreeSet};

use super::removal;
use crate::diagnostic::{Diagnostic, Finding, Site, Target};
use crate::model::{FileId, HomeId, Location, Model};
use crate::rule_info::RuleSet;
use crate::source::Span;
use crate::workspace::Home;

/// Removes the suppressed findings from `diagnostics`. Returns a finding for each name in a comment that suppresses nothing although its rules have
/// run in that home.
pub(crate) fn apply(diagnostics: &mut Vec<Diagnostic>, homes: &[Home], runs: impl Fn(HomeId, &str) -> bool) -> Vec<Finding> {
    let with_comments = homes.iter().filter(|home| !home.model.suppressions().is_empty());
    let mut indexes: BTreeMap<HomeId, Index> = with_comments.map(|home| (home.id, Index::of(&home.model))).collect();
    if indexes.is_empty() {
        return Vec::new();
    }
    diagnostics.retain(|diagnostic| {
        let index = diagnostic.home().and_then(|home| indexes.get_mut(&home));
        index.is_none_or(|index| !index.suppresses(diagnostic))
    });
    let mut unused = Vec::new();
    for (home, index) in &indexes {
        for (number, covering) in index.model.suppressions().iter().enumerate() {
            let text = text_of(index.model, covering.file);
            for (name, span) in covering.suppression.names.iter().enumerate() {
                if index.used.contains(&(number, name))
                    || !has_run(span.of(text), homes[home.0].rules(), |name| runs(*home, name))
                {
                    continue;
                }
                let message = format!("`{}` finds nothing here that this comment could suppress", span.of(text));
                let at = Location { file: covering.file, span: *span };
                let fix = removal(index.model, covering, *span);
                unused.push(Finding::new(*home, at, message).help("remove it").fix(Some(fix)));
            }
        }
    }
    unused
}

/// The comments of a home, by what they are for.
struct Index<'a> {
    model: &'a Model,
    files: BTreeMap<FileId, OfFile>,
    /// The names that have suppressed something, as the numbers of the comment and of the name in it.
    used: BTreeSet<(usize, usize)>,
}

/// The comments of a file, by their numbers.
#[derive(Default)]
struct OfFile {
    whole: Vec<usize>,
    /// Those for a part of the file, by where it begins, each with the end that it and those before it reach.
    parts: Vec<(Span, usize, usize)>,
}

impl<'a> Index<'a> {
    fn of(model: &'a Model) -> Self {
        let mut files: BTreeMap<FileId, OfFile> = BTreeMap::new();
        for (number, covering) in model.suppressions().iter().enumerate() {
            let file = files.entry(covering.file).or_default();
            match covering.covered {
                Some(covered) => file.parts.push((covered, number, covered.end)),
                None => file.whole.push(number),
            }
        }
        for file in files.values_mut() {
            file.parts.sort_unstable();
            let mut reach = 0;
            for (_, _, end) in &mut file.parts {
                reach = reach.max(*end);
                *end = reach;
            }
        }
        Self { model, files, used: BTreeSet::new() }
    }

    /// Whether a comment suppresses `diagnostic`. The comments that do are used then.
    fn suppresses(&mut self, diagnostic: &Diagnostic) -> bool {
        let numbers: Vec<usize> = match &diagnostic.finding.target {
            Target::Site(Site { at, .. }) => self.files.get(&at.file).map(|file| file.around(at.span.start)).unwrap_or_default(),
            Target::Path(path, _) => {
                let is_of = |file: &&FileId| self.model.file(**file).source.path == *path;
                self.files.keys().filter(is_of).flat_map(|file| &self.files[file].whole).copied().collect()
            }
        };
        let mut is_suppressed = false;
        for number in numbers {
            let covering = &self.model.suppressions()[number];
            let text = text_of(self.model, covering.file);
            for (name, span) in covering.suppression.names.iter().enumerate() {
                if [&diagnostic.rule.name, &diagnostic.rule.category].iter().any(|own| *own == span.of(text)) {
                    self.used.insert((number, name));
                    is_suppressed = true;
                }
            }
        }
        is_suppressed
    }
}

impl OfFile {
    /// The comments that are for the place `at`.
    fn around(&self, at: usize) -> Vec<usize> {
        let begun = self.parts.partition_point(|(covered, ..)| covered.start <= at);
        let reaching = self.parts[..begun].iter().rev().take_while(|(.., reach)| at <= *reach);
        let around = reaching.filter(|(covered, ..)| at <= covered.end).map(|(_, number, _)| *number);
        self.whole.iter().copied().chain(around).collect()
    }
}

fn text_of(model: &Model, file: FileId) -> &str {
    model.file(file).source.text_of_server()
}

/// Whether every one of `rules` that `name` is for has run.
fn has_run(name: &str, rules: &RuleSet, runs: impl Fn(&str) -> bool) -> bool {
    if rules.rule(name).is_some() {
        return runs(name);
    }
    let mut of_category = rules.iter().filter(|rule| rule.category == name).peekable();
    of_category.peek().is_some() && of_category.all(|rule| runs(&rule.name))
}
