//! What methods and filters cost, which is used before they are called: their results can be much larger than what they are made of.

use super::budget::Budget;
use crate::server::jinjava::coerce::to_text;
use crate::server::jinjava::fault::TemplateFault;
use crate::server::jinjava::value::{BYTES_PER_STEP, Map, Value};
use crate::source::Span;

/// The bytes of a short string as the item of a list.
const BYTES_OF_PART: usize = size_of::<Value>() + 32;

impl Budget {
    /// Uses what `base.name(arguments)` takes.
    pub(super) fn use_method(&mut self, base: &Value, name: &str, arguments: &[Value], span: Span) -> Result<(), TemplateFault> {
        self.spend_reading(arguments, span)?;
        // Each item of the base may be compared with an argument.
        let most = arguments.iter().map(|argument| self.weight(argument)).max().unwrap_or(1);
        self.spend(item_count(base, name).saturating_mul(most), span)?;
        match (base, name, arguments) {
            (_, "toString", _) => self.spend_reading([base], span),
            (Value::Text(text), "replace", [from, to]) => self.allocate(len_replaced(text, from, to), span),
            (Value::Text(text), "split", [separator]) => {
                let separator = to_text(separator);
                self.use_parts(text.matches(separator.trim_start_matches('\\')).count(), span)
            }
            _ => Ok(()),
        }
    }

    /// Uses what `base|name(arguments)` takes.
    pub(super) fn use_filter(
        &mut self,
        base: &Value,
        name: &str,
        arguments: &[Value],
        named: &Map,
        span: Span,
    ) -> Result<(), TemplateFault> {
        self.spend_reading(arguments.iter().chain(named.values()).chain([base]), span)?;
        let count = item_count(base, name);
        let all = || arguments.iter().chain(named.values());
        match name {
            "unique" => self.spend(self.weight(base).saturating_mul(count), span),
            // Each item may be followed along a path of names.
            "map" | "join" => {
                let texts: Vec<_> = all().map(to_text).collect();
                let steps = texts.iter().map(|text| text.matches('.').count()).max().unwrap_or(0);
                self.spend(count.saturating_mul(steps as u64), span)?;
                if name == "map" {
                    return Ok(());
                }
                let separators = texts.first().map_or(0, |separator| separator.len().saturating_mul(saturated(count)));
                let items = saturated(self.weight(base).saturating_mul(BYTES_PER_STEP));
                self.allocate(items.saturating_add(separators), span)
            }
            "replace" => match (argument(arguments, 0, named, "old"), argument(arguments, 1, named, "new")) {
                (Some(from), Some(to)) => self.allocate(len_replaced(&to_text(base), from, to), span),
                _ => Ok(()),
            },
            "split" => {
                let text = to_text(base);
                let parts = match argument(arguments, 0, named, "separator") {
                    Some(separator) if !matches!(separator, Value::Null) => text.matches(&*to_text(separator)).count(),
                    _ => text.matches(char::is_whitespace).count(),
                };
                self.use_parts(parts, span)
            }
            "list" => match base {
                Value::Text(text) => self.use_parts(text.len(), span),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Uses the bytes of a list of strings with `count` separators between them.
    fn use_parts(&mut self, count: usize, span: Span) -> Result<(), TemplateFault> {
        self.allocate(count.saturating_add(1).saturating_mul(BYTES_OF_PART), span)
    }
}

/// How many items the method or filter `name` of `value` may look at.
fn item_count(value: &Value, name: &str) -> u64 {
    match value {
        Value::List(items) | Value::Array(items) => items.borrow().len() as u64,
        Value::Text(text) => text.len() as u64 / BYTES_PER_STEP,
        // The others look up a key.
        Value::Map(map) if !matches!(name, "get" | "getOrDefault" | "containsKey" | "put" | "size" | "isEmpty") => {
            map.borrow().len() as u64
        }
        _ => 1,
    }
}

fn argument<'a>(arguments: &'a [Value], at: usize, named: &'a Map, name: &str) -> Option<&'a Value> {
    arguments.get(at).or_else(|| named.get(name))
}

/// The bytes of `text` with `to` in place of each `from`.
fn len_replaced(text: &str, from: &Value, to: &Value) -> usize {
    let count = text.matches(&*to_text(from)).count();
    text.len().saturating_add(count.saturating_mul(to_text(to).len()))
}

fn saturated(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
