//! The limits on the work and memory of one template.

use crate::server::jinjava::fault::TemplateFault;
use crate::server::jinjava::value::Value;
use crate::source::Span;

/// How much one template may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many nodes and parts of expressions may be evaluated.
    pub steps: u64,
    /// How many bytes the printed text and all intermediate strings and lists may have.
    pub bytes: usize,
}

impl Default for Limits {
    /// Hundreds of times what the largest template of a product needs: about a second, and a few tens of megabytes.
    fn default() -> Self {
        Self { steps: 20_000_000, bytes: 32 << 20 }
    }
}

/// What is left of the limits.
pub(super) struct Budget(Limits);

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self(limits)
    }

    /// The work that reading all of `value` takes.
    pub(super) fn weight(&self, value: &Value) -> u64 {
        value.weight(self.0.steps)
    }

    /// Uses `steps` for the node or expression at `span`.
    pub(super) fn spend(&mut self, steps: u64, span: Span) -> Result<(), TemplateFault> {
        let left = self.0.steps.checked_sub(steps);
        self.0.steps = left.ok_or_else(|| TemplateFault::over_limit(span, "the template takes too many steps"))?;
        Ok(())
    }

    /// Uses the steps of an operation that may read all of `values`; one step for each value is already used.
    pub(super) fn spend_reading<'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v Value>,
        span: Span,
    ) -> Result<(), TemplateFault> {
        values.into_iter().try_for_each(|value| self.spend(self.weight(value).saturating_sub(1), span))
    }

    /// Uses `bytes` for the node or expression at `span`.
    pub(super) fn allocate(&mut self, bytes: usize, span: Span) -> Result<(), TemplateFault> {
        let left = self.0.bytes.checked_sub(bytes);
        self.0.bytes = left.ok_or_else(|| TemplateFault::over_limit(span, "the template needs too much memory"))?;
        Ok(())
    }

    /// Uses the bytes of a list with `count` items.
    pub(super) fn allocate_items(&mut self, count: usize, span: Span) -> Result<(), TemplateFault> {
        self.allocate(count * size_of::<Value>(), span)
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

/// How many items an operation on `value` may look at.
pub(super) fn item_count(value: &Value) -> u64 {
    match value {
        Value::List(items) | Value::Array(items) => items.borrow().len() as u64,
        Value::Text(text) => text.len() as u64 / 100,
        _ => 1,
    }
}
