//! Faults of a template: what is wrong, where, and what the server does about it.

use std::collections::HashSet;

use crate::source::Span;

/// Something wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateFault {
    /// Where.
    pub span: Span,
    /// What is wrong: lower case, without values.
    pub message: String,
    /// What the server does about it.
    pub effect: Effect,
}

/// What the server does about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It goes on and prints nothing for the expression.
    Ignored,
    /// It does not start.
    Fatal,
    /// Unknown: carbonlint does not support the construct, or the template exceeds the limits.
    Unsupported,
}

impl TemplateFault {
    pub(super) fn ignored(span: Span, message: &str) -> Self {
        EvaluationError::ignored(message).at(span)
    }

    pub(super) fn fatal(span: Span, message: &str) -> Self {
        EvaluationError::fatal(message).at(span)
    }

    /// A construct that this emulator does not support.
    pub(super) fn unsupported(span: Span, construct: &str) -> Self {
        EvaluationError::unsupported(construct).at(span)
    }

    /// A template that exceeds a limit of this emulator.
    pub(crate) fn over_limit(span: Span, message: &str) -> Self {
        Self { span, message: message.to_owned(), effect: Effect::Unsupported }
    }
}

/// The faults of a template, each once.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<TemplateFault>,
    known: HashSet<TemplateFault>,
    /// Whether there is one that the server does not ignore.
    has_error: bool,
}

/// How many faults are kept. Only a hostile template has more.
const MAX_FAULTS: usize = 1000;

impl Faults {
    /// Adds a fault, unless it is known or there are too many. The first that the server does not ignore always has a place.
    pub(super) fn add(&mut self, fault: TemplateFault) {
        let is_first_error = fault.effect != Effect::Ignored && !self.has_error;
        if (self.list.len() < MAX_FAULTS || is_first_error) && self.known.insert(fault.clone()) {
            self.has_error |= fault.effect != Effect::Ignored;
            self.list.push(fault);
        }
    }

    /// The faults in the order in which they were added.
    pub(super) fn into_list(self) -> Vec<TemplateFault> {
        self.list
    }
}

impl From<&[TemplateFault]> for Faults {
    fn from(faults: &[TemplateFault]) -> Self {
        let mut all = Self::default();
        for fault in faults {
            all.add(fault.clone());
        }
        all
    }
}

/// Why an operation on values has no result: a fault that has no place yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EvaluationError {
    message: String,
    effect: Effect,
}

impl EvaluationError {
    pub(super) fn ignored(message: &str) -> Self {
        Self { message: message.to_owned(), effect: Effect::Ignored }
    }

    pub(super) fn fatal(message: &str) -> Self {
        Self { message: message.to_owned(), effect: Effect::Fatal }
    }

    /// A construct that this emulator does not support.
    pub(super) fn unsupported(construct: &str) -> Self {
        Self { message: format!("carbonlint does not support {construct}"), effect: Effect::Unsupported }
    }

    /// The fault of the expression at `span`.
    pub(super) fn at(self, span: Span) -> TemplateFault {
        TemplateFault { span, message: self.message, effect: self.effect }
    }

    #[cfg(test)]
    pub(super) fn effect(&self) -> Effect {
        self.effect
    }
}

impl From<String> for EvaluationError {
    fn from(message: String) -> Self {
        Self { message, effect: Effect::Fatal }
    }
}

impl From<&str> for EvaluationError {
    fn from(message: &str) -> Self {
        Self::fatal(message)
    }
}
