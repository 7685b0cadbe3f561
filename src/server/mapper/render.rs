//! Stage 8: the templates are rendered.

use super::configuration::Configuration;
use super::release::Release;
use crate::server::jinjava::{self, Limits, Rendered, SourceMap, Template};

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

/// Renders templates with one configuration.
#[derive(Debug)]
pub struct Renderer<'a> {
    configuration: &'a Configuration,
    release: &'a Release,
    limits: Limits,
}

/// 200 times what any template of API Manager 4.5 or Identity Server 7.1 takes: a third of a second.
const MAX_STEPS: u64 = 4_000_000;

impl<'a> Renderer<'a> {
    /// A renderer that behaves like `release`.
    pub fn new(configuration: &'a Configuration, release: &'a Release) -> Self {
        Self { configuration, release, limits: Limits { steps: MAX_STEPS, ..Limits::default() } }
    }

    /// The text of `template` as the server passes it to its engine: every line ends in a line feed, also the last (FileUtils.readFile).
    pub fn normalized(template: &str) -> String {
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
        text
    }

    /// Converts a byte offset in the normalized text to one in `template`.
    pub fn denormalized(template: &str, offset: usize) -> usize {
        let pairs = template.match_indices("\r\n").enumerate();
        let before = pairs.take_while(|(number, (at, _))| at - number < offset).count();
        (offset + before).min(template.len())
    }

    /// Renders the template of the file at `path`.
    pub fn render(&self, path: &str, template: &str) -> Output {
        let release = self.release.of_jinjava();
        let template = Template::parse(&Self::normalized(template), release);
        Output::new(path, jinjava::render(&template, release, &self.configuration.tree, self.limits))
    }

    /// The same, with what decides each part of the file.
    pub fn render_with_source_map(&self, path: &str, template: &str) -> (Output, SourceMap) {
        let release = self.release.of_jinjava();
        let template = Template::parse(&Self::normalized(template), release);
        let (rendered, map) = jinjava::render_with_source_map(&template, release, &self.configuration.tree, self.limits);
        (Output::new(path, rendered), map)
    }
}
