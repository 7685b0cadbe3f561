//! The limits on the work and memory of templates.

use crate::server::jinjava::fault::TemplateFault;
use crate::server::jinjava::value::{BYTES_PER_STEP, Value};
use crate::source::Span;

/// How much templates may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many nodes and parts of expressions may be evaluated. An operation on a string, a list or a map counts as many as it looks at.
    pub steps: u64,
    /// How many bytes the printed text and all intermediate strings and lists may have.
    pub bytes: usize,
}

impl Limits {
    /// What is left after `used`.
    #[must_use]
    pub fn minus(self, used: Self) -> Self {
        Self { steps: self.steps.saturating_sub(used.steps), bytes: self.bytes.saturating_sub(used.bytes) }
    }
}

/// What is left of the limits.
pub(super) struct Budget {
    given: Limits,
    left: Limits,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { given: limits, left: limits }
    }

    /// How much was used so far.
    pub(super) fn used(&self) -> Limits {
        self.given.minus(self.left)
    }

    /// The work that reading all of `value` takes.
    pub(super) fn weight(&self, value: &Value) -> u64 {
        value.weight(self.left.steps)
    }

    /// Uses `steps` for the node or expression at `span`.
    pub(super) fn spend(&mut self, steps: u64, span: Span) -> Result<(), TemplateFault> {
        let left = self.left.steps.checked_sub(steps);
        self.left.steps = left.unwrap_or(0);
        if left.is_some() { Ok(()) } else { Err(TemplateFault::over_limit(span, "the template takes too many steps")) }
    }

    /// Uses the steps of an operation that may read all of `values`; one step for each value is already used.
    pub(super) fn spend_reading<'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v Value>,
        span: Span,
    ) -> Result<(), TemplateFault> {
        values.into_iter().try_for_each(|value| self.spend(self.weight(value).saturating_sub(1), span))
    }

    /// Uses the steps of an operation that looks at every byte of `value`, if it is a string.
    pub(super) fn spend_scanning(&mut self, value: &Value, span: Span) -> Result<(), TemplateFault> {
        match value {
            Value::Text(text) => self.spend(text.len() as u64 / BYTES_PER_STEP, span),
            _ => Ok(()),
        }
    }

    /// Uses `bytes` for the node or expression at `span`, and the steps that writing them takes.
    pub(super) fn allocate(&mut self, bytes: usize, span: Span) -> Result<(), TemplateFault> {
        self.spend(bytes as u64 / BYTES_PER_STEP, span)?;
        let left = self.left.bytes.checked_sub(bytes);
        self.left.bytes = left.unwrap_or(0);
        if left.is_some() { Ok(()) } else { Err(TemplateFault::over_limit(span, "the template needs too much memory")) }
    }

    /// Uses the bytes of a list with `count` items.
    pub(super) fn allocate_items(&mut self, count: usize, span: Span) -> Result<(), TemplateFault> {
        self.allocate(count.saturating_mul(size_of::<Value>()), span)
    }

    /// Uses the bytes of a value that an operation has created.
    pub(super) fn allocate_value(&mut self, value: &Value, span: Span) -> Result<(), TemplateFault> {
        match value {
            Value::Text(text) => self.allocate(text.len(), span),
            Value::List(items) | Value::Array(items) => self.allocate_items(items.borrow().len(), span),
            Value::Map(map) => self.allocate_items(map.borrow().len() * 2, span),
            _ => Ok(()),
        }
    }
}
