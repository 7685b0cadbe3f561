//! The items and methods of lists (PyList.java).

use crate::server::jinjava::coerce::to_integer;
use crate::server::jinjava::fault::EvaluationError;
use crate::server::jinjava::value::Value;

/// The methods that Jinjava 2.5 added to lists to resemble Python.
pub(super) const PYTHON_METHODS: [&str; 7] = ["insert", "extend", "pop", "count", "reverse", "copy", "index"];

/// The item at `index`, or null.
pub(super) fn item(items: &[Value], index: i64) -> Value {
    position(items, index).map(|at| items[at].clone()).unwrap_or_default()
}

/// The position of `index`, which counts from the end if it is negative.
fn position(items: &[Value], index: i64) -> Option<usize> {
    let from_end = usize::try_from(index.unsigned_abs()).ok()?;
    let at = if index < 0 { items.len().checked_sub(from_end)? } else { from_end };
    (at < items.len()).then_some(at)
}

/// The methods of a list.
pub(super) fn call(base: &Value, name: &str, arguments: &[Value]) -> Result<Option<Value>, EvaluationError> {
    let Value::List(list) = base else { return Ok(None) };
    let find = |wanted: &Value| list.borrow().iter().position(|item| item.equals(wanted));
    let index_of = |found: Option<usize>| Value::Integer(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1));
    Ok(Some(match (name, arguments) {
        ("append" | "add", [item]) => {
            if base.is_same(item) {
                return Err("a list cannot contain itself".into());
            }
            list.borrow_mut().push(item.clone());
            Value::Boolean(true)
        }
        ("extend" | "addAll", [Value::List(items)]) => {
            let items = items.borrow().clone();
            list.borrow_mut().extend(items);
            Value::Boolean(true)
        }
        ("insert", [at, item]) => {
            let at = to_integer(at)?;
            let mut items = list.borrow_mut();
            let at = if at < 0 {
                items.len().saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX))
            } else {
                usize::try_from(at).unwrap_or(usize::MAX)
            };
            if at >= items.len() {
                return Err(out_of_range());
            }
            items.insert(at, item.clone());
            Value::Null
        }
        ("pop", []) => list.borrow_mut().pop().ok_or_else(out_of_range)?,
        ("pop", [at]) => {
            let at = to_integer(at)?;
            let mut items = list.borrow_mut();
            // A negative index cannot name the first item (PyList.java).
            let is_there = usize::try_from(at.unsigned_abs()).is_ok_and(|at| at < items.len());
            let at = position(&items, at).filter(|_| is_there).ok_or_else(out_of_range)?;
            items.remove(at)
        }
        ("toList" | "copy", []) => {
            if name == "toList" {
                base.clone()
            } else {
                Value::list(list.borrow().clone())
            }
        }
        ("reverse", []) => {
            list.borrow_mut().reverse();
            Value::Null
        }
        ("clear", []) => {
            list.borrow_mut().clear();
            Value::Null
        }
        ("index" | "indexOf", [item]) => index_of(find(item)),
        ("contains", [item]) => Value::Boolean(find(item).is_some()),
        ("count", [item]) => {
            Value::Integer(i64::try_from(list.borrow().iter().filter(|other| other.equals(item)).count()).unwrap_or(i64::MAX))
        }
        ("get", [at]) => {
            let at = to_integer(at)?;
            list.borrow().get(usize::try_from(at).unwrap_or(usize::MAX)).cloned().ok_or("index out of range")?
        }
        ("size", []) => Value::Integer(i64::try_from(list.borrow().len()).unwrap_or(i64::MAX)),
        ("isEmpty", []) => Value::Boolean(list.borrow().is_empty()),
        _ => return Ok(None),
    }))
}

/// The server reports it and goes on (IndexOutOfRangeException.java).
fn out_of_range() -> EvaluationError {
    EvaluationError::ignored("index out of range")
}
