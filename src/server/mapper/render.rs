//! Stage 8: the templates are rendered.

use std::borrow::Cow;
use std::cell::Cell;

use super::configuration::Configuration;
use super::release::Release;
use crate::server::jinjava::{self, Limits, Rendered, SourceMap, Template, TemplateFault};
use crate::source::Span;

/// A rendered file.
#[derive(Debug)]
pub struct Output {
    /// Its path below the home, with `/`.
    pub path: String,
    /// What the server writes; `None` if the server fails, or if its behaviour cannot be predicted.
    pub text: Option<String>,
    /// What is wrong with the template. Spans refer to its normalized text.
    pub faults: Vec<jinjava::TemplateFault>,
}

impl Output {
    fn new(path: &str, rendered: Rendered) -> Self {
        let text = rendered.is_written().then_some(rendered.text);
        Self { path: path.to_owned(), text, faults: rendered.faults }
    }
}

/// What is left of the work and memory that all templates of a home may use together.
#[derive(Debug)]
pub struct HomeBudget(Cell<Limits>);

impl Default for HomeBudget {
    fn default() -> Self {
        Self(Cell::new(OF_HOME))
    }
}

/// Renders templates with one configuration.
#[derive(Debug)]
pub struct Renderer<'a> {
    configuration: &'a Configuration,
    release: &'a Release,
    budget: &'a HomeBudget,
}

/// The places in the normalized text of `template` where a carriage return was removed, in order.
pub(crate) fn removed_returns(template: &str) -> impl Iterator<Item = usize> {
    template.match_indices("\r\n").enumerate().map(|(number, (at, _))| at - number)
}

/// What one template may use: 70 times the steps, and 150 times the bytes, that the largest of Identity Server 7.1 takes.
const OF_TEMPLATE: Limits = Limits { steps: 1_000_000, bytes: 32 << 20 };

/// What all templates of a home may use together, each as often as it is rendered: 80 times the steps, and 50 times the bytes, that `lint`
/// takes for Identity Server 7.1. Less than a second.
const OF_HOME: Limits = Limits { steps: 4_000_000, bytes: 64 << 20 };

impl<'a> Renderer<'a> {
    /// A renderer that behaves like `release`, and uses `budget`.
    pub fn new(configuration: &'a Configuration, release: &'a Release, budget: &'a HomeBudget) -> Self {
        Self { configuration, release, budget }
    }

    /// The text of `template` as the server passes it to its engine: every line ends in a line feed, also the last (FileUtils.readFile).
    pub fn normalized(template: &str) -> Cow<'_, str> {
        if !template.contains('\r') && (template.ends_with('\n') || template.is_empty()) {
            return Cow::Borrowed(template);
        }
        let mut text = String::with_capacity(template.len() + 1);
        let mut rest = template;
        while let Some(end) = rest.find(['\n', '\r']) {
            text.push_str(&rest[..end]);
            text.push('\n');
            rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
        }
        if !rest.is_empty() {
            text.push_str(rest);
            text.push('\n');
        }
        Cow::Owned(text)
    }

    /// Converts a byte offset in the normalized text to one in `template`.
    pub fn denormalized(template: &str, offset: usize) -> usize {
        let before = removed_returns(template).take_while(|at| *at < offset).count();
        (offset + before).min(template.len())
    }

    /// Renders the template of the file at `path`.
    pub fn render(&self, path: &str, template: &str) -> Output {
        self.render_parsed(path, &Template::parse(&Self::normalized(template), self.release.of_jinjava()))
    }

    /// Renders the template of the file at `path`, which was parsed from its normalized text.
    pub(crate) fn render_parsed(&self, path: &str, template: &Template) -> Output {
        let release = self.release.of_jinjava();
        if let Some(spent) = self.spent(path, template) {
            return spent;
        }
        self.written(path, jinjava::render(template, release, &self.configuration.tree(), OF_TEMPLATE))
    }

    /// Renders the template of the file at `path`, with what decides each part of the file.
    pub fn render_with_source_map(&self, path: &str, template: &str) -> (Output, SourceMap) {
        self.render_parsed_with_source_map(path, &Template::parse(&Self::normalized(template), self.release.of_jinjava()))
    }

    /// The same for a template that was parsed from its normalized text.
    pub(crate) fn render_parsed_with_source_map(&self, path: &str, template: &Template) -> (Output, SourceMap) {
        let release = self.release.of_jinjava();
        if let Some(spent) = self.spent(path, template) {
            return (spent, SourceMap::default());
        }
        let (rendered, map) = jinjava::render_with_source_map(template, release, &self.configuration.tree(), OF_TEMPLATE);
        (self.written(path, rendered), map)
    }

    fn written(&self, path: &str, rendered: Rendered) -> Output {
        self.budget.0.set(self.budget.0.get().minus(rendered.used));
        Output::new(path, rendered)
    }

    /// The output of a template that is not rendered, because the budget of the home is used up.
    fn spent(&self, path: &str, template: &Template) -> Option<Output> {
        let left = self.budget.0.get();
        let message = match (left.steps, left.bytes) {
            (0, _) => "the templates of this home take too many steps altogether",
            (_, 0) => "the templates of this home need too much memory altogether",
            _ => return None,
        };
        let at = template.nodes.first().map_or(Span::default(), |node| node.span);
        Some(Output { path: path.to_owned(), text: None, faults: vec![TemplateFault::over_limit(at, message)] })
    }
}
