//! Slices of lists and strings (AstRangeBracket.java).

use super::text::{utf16_len, utf16_slice};
use crate::server::jinjava::coerce::{described, to_integer};
use crate::server::jinjava::fault::EvaluationError;
use crate::server::jinjava::release::Release;
use crate::server::jinjava::value::Value;

/// `base[from:to]`.
pub(in crate::server::jinjava) fn slice(
    base: &Value,
    from: Option<&Value>,
    to: Option<&Value>,
    release: Release,
) -> Result<Value, EvaluationError> {
    // The bound in the template, or `default` if it has none.
    let bound = |written: Option<&Value>, default: usize| match written {
        None => Ok(Some(i64::try_from(default).unwrap_or(i64::MAX))),
        Some(Value::Null) => Ok(None),
        Some(number @ (Value::Integer(_) | Value::Double(_))) => to_integer(number).map(Some),
        Some(_) => Err(EvaluationError::from("a slice bound must be a number")),
    };
    let within = |bound: i64, length: usize| {
        let from_end = usize::try_from(bound.unsigned_abs()).unwrap_or(usize::MAX);
        if bound < 0 { length.checked_sub(from_end) } else { Some(from_end.min(length)) }
    };
    match base {
        Value::List(items) | Value::Array(items) => {
            let items = items.borrow();
            if !release.slices_lists() {
                return Err(EvaluationError::unsupported("slices of lists before Jinjava 2.5"));
            }
            // A null bound gives an empty list, and a bound before the first item is 0.
            let (Some(from), Some(to)) = (bound(from, 0)?, bound(to, items.len())?) else { return Ok(Value::list(Vec::new())) };
            let (from, to) = (within(from, items.len()).unwrap_or(0), within(to, items.len()).unwrap_or(0));
            Ok(Value::list(items.get(from..to).unwrap_or_default().to_vec()))
        }
        Value::Text(text) if text.is_empty() && release.slices_empty_text() => Ok(base.clone()),
        Value::Text(text) => {
            let length = utf16_len(text);
            let default = |written: Option<i64>, default: usize| written.unwrap_or(i64::try_from(default).unwrap_or(i64::MAX));
            let (from, to) = (default(bound(from, 0)?, 0), default(bound(to, length)?, length));
            let to = within(to, length);
            let from = match usize::try_from(from) {
                Ok(from) => Some(from),
                Err(_) => within(from, length),
            };
            match (from, to) {
                (Some(from), Some(to)) if from > to => Ok(Value::text("")),
                (Some(from), Some(to)) => Ok(Value::text(utf16_slice(text, from..to))),
                (Some(_), None) => Ok(Value::text("")),
                (None, _) => Err("index out of range".into()),
            }
        }
        // The whole expression has no value then (PropertyNotFoundException).
        Value::Null => Err(EvaluationError::ignored("a missing value cannot be sliced")),
        _ => Err(format!("{} cannot be sliced", described(base)).into()),
    }
}
