//! Renders a template with the values of a configuration, within limits on work, memory and nesting.

mod budget;
mod calls;
mod cost;
mod evaluate;
mod state;
mod statements;

#[cfg(test)]
mod tests;

pub use budget::Limits;

use self::state::Interpreter;
use super::ast::Template;
use super::fault::{Effect, Faults, TemplateFault};
use super::release::Release;
use super::source_map::{Recorder, SourceMap};
use super::value::Value;

/// A rendered template.
#[derive(Debug)]
pub struct Rendered {
    /// The text that it prints.
    pub text: String,
    /// What went wrong, in the order of rendering.
    pub faults: Vec<TemplateFault>,
    /// How much of the limits was used.
    pub used: Limits,
}

impl Rendered {
    /// Whether the server writes the text: no fault is fatal, and the emulator supports everything in the template.
    pub fn is_written(&self) -> bool {
        self.faults.iter().all(|fault| fault.effect == Effect::Ignored)
    }
}

/// Renders `template`, whose names are the properties of `root`.
pub fn render(template: &Template, release: Release, root: &Value, limits: Limits) -> Rendered {
    run(template, Interpreter::new(root, release, limits, Faults::from(&template.faults[..]))).0
}

/// Renders `template`, and records what decides each part of the text.
pub(crate) fn render_with_source_map(
    template: &Template,
    release: Release,
    root: &Value,
    limits: Limits,
) -> (Rendered, SourceMap) {
    let mut interpreter = Interpreter::new(root, release, limits, Faults::from(&template.faults[..]));
    interpreter.recorder = Some(Box::default());
    let (rendered, recorder) = run(template, interpreter);
    (rendered, recorder.unwrap_or_default().finish())
}

fn run(template: &Template, mut interpreter: Interpreter) -> (Rendered, Option<Box<Recorder>>) {
    let mut text = String::new();
    if let Err(fault) = interpreter.nodes(&template.nodes, &mut text) {
        interpreter.faults.add(fault);
    }
    let used = interpreter.budget.used();
    (Rendered { text, faults: interpreter.faults.into_list(), used }, interpreter.recorder)
}
