//! The operators of expressions on Java values (JUEL BooleanOperations.java, NumberOperations.java, Jinjava's own operators).

use std::cmp::Ordering;
use std::rc::Rc;

use super::coerce::{described, to_double, to_integer, to_text, to_type_of};
use super::fault::EvaluationError;
use super::release::Release;
use super::value::{Map, Value};
use crate::server::java::hash::HashOrdered;

/// `left operator right`.
pub(super) fn apply(operator: &str, left: &Value, right: &Value, release: Release) -> Result<Value, EvaluationError> {
    match operator {
        "==" => equal(left, right).map(Value::Boolean),
        "!=" => equal(left, right).map(|equal| Value::Boolean(!equal)),
        "<" | "<=" | ">" | ">=" => compare(operator, left, right).map(Value::Boolean),
        "in" => Ok(Value::Boolean(contains(right, left, release))),
        "not in" => Ok(Value::Boolean(!contains(right, left, release))),
        "~" => Ok(Value::text(format!("{}{}", to_text(left), to_text(right)))),
        "+" => add(left, right),
        "-" => arithmetic(left, right, i64::wrapping_sub, |left, right| left - right),
        "*" => arithmetic(left, right, i64::wrapping_mul, |left, right| left * right),
        // Any arithmetic on two nulls gives 0 (NumberOperations.java).
        "/" | "%" if matches!((left, right), (Value::Null, Value::Null)) => Ok(Value::Integer(0)),
        "/" => Ok(Value::Double(to_double(left)? / to_double(right)?)),
        "%" => {
            if !is_double(left) && !is_double(right) && to_integer(right)? == 0 {
                return Err("division by zero".into());
            }
            arithmetic(left, right, i64::wrapping_rem, |left, right| left % right)
        }
        "//" => match numbers(operator, left, right)? {
            (Value::Integer(_), Value::Integer(0)) => Err("division by zero".into()),
            (Value::Integer(left), Value::Integer(right)) => Ok(Value::Integer(floor_div(*left, *right))),
            _ => Ok(Value::Double((to_double(left)? / to_double(right)?).floor())),
        },
        "**" => {
            numbers(operator, left, right)?;
            let power = to_double(left)?.powf(to_double(right)?);
            #[expect(clippy::cast_possible_truncation, reason = "Java's cast")]
            let whole = power as i64;
            Ok(if is_double(left) || is_double(right) { Value::Double(power) } else { Value::Integer(whole) })
        }
        _ => Err(EvaluationError::unsupported(&format!("the operator `{operator}`"))),
    }
}

/// `operator operand`.
pub(super) fn apply_unary(operator: &str, operand: &Value) -> Result<Value, EvaluationError> {
    match operator {
        "!" => Ok(Value::Boolean(!operand.is_true())),
        "empty" => Ok(Value::Boolean(match operand {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.borrow().is_empty(),
            Value::Map(map) => map.borrow().is_empty(),
            _ => false,
        })),
        "+" => Ok(match operand {
            Value::Integer(number) => Value::Integer(number.wrapping_abs()),
            Value::Double(number) => Value::Double(number.abs()),
            _ => return Err(format!("`+` cannot be applied to {}", described(operand)).into()),
        }),
        _ => match operand {
            Value::Null => Ok(Value::Integer(0)),
            _ if is_double(operand) => to_double(operand).map(|number| Value::Double(-number)),
            _ => to_integer(operand).map(|number| Value::Integer(number.wrapping_neg())),
        },
    }
}

/// Whether it is a number with a fraction or an exponent, or a string with one.
fn is_double(value: &Value) -> bool {
    matches!(value, Value::Double(_)) || matches!(value, Value::Text(text) if text.contains(['.', 'e', 'E']))
}

/// `left == right`.
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, EvaluationError> {
    use Value as V;
    if left.is_same(right) {
        return Ok(true);
    }
    match (left, right) {
        (V::Null, _) | (_, V::Null) => Ok(false),
        (V::Double(_), _) | (_, V::Double(_)) => Ok(to_double(left)?.to_bits() == to_double(right)?.to_bits()),
        (V::Integer(_), _) | (_, V::Integer(_)) => Ok(to_integer(left)? == to_integer(right)?),
        (V::Boolean(_), _) | (_, V::Boolean(_)) => Ok(left.is_true() == right.is_true()),
        (V::Text(_), _) | (_, V::Text(_)) => Ok(to_text(left) == to_text(right)),
        _ => Ok(left.equals(right)),
    }
}

/// Checks the operands of `//` and `**`, which must be numbers, not strings (TruncDivOperator.java, PowerOfOperator.java).
fn numbers<'a>(operator: &str, left: &'a Value, right: &'a Value) -> Result<(&'a Value, &'a Value), EvaluationError> {
    match [left, right].into_iter().find(|value| !matches!(value, Value::Integer(_) | Value::Double(_))) {
        Some(other) => Err(format!("`{operator}` cannot be applied to {}", described(other)).into()),
        None => Ok((left, right)),
    }
}

/// Java's `Math.floorDiv`.
fn floor_div(left: i64, right: i64) -> i64 {
    let quotient = left.wrapping_div(right);
    if left.wrapping_rem(right) != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
}

/// `left operator right` for an operator that compares. Null is only comparable with itself.
fn compare(operator: &str, left: &Value, right: &Value) -> Result<bool, EvaluationError> {
    use Value as V;
    // Jinjava wraps a list or a map each time it is read, so it is never the same object.
    if left.is_same(right) && !matches!(left, V::List(_) | V::Map(_)) {
        return Ok(operator.ends_with('='));
    }
    let order = match (left, right) {
        (V::Null, _) | (_, V::Null) => return Ok(false),
        (V::Double(_), _) | (_, V::Double(_)) => to_double(left)?.total_cmp(&to_double(right)?),
        (V::Integer(_), _) | (_, V::Integer(_)) => to_integer(left)?.cmp(&to_integer(right)?),
        (V::Text(_), _) | (_, V::Text(_)) => to_text(left).encode_utf16().cmp(to_text(right).encode_utf16()),
        (V::Boolean(left), V::Boolean(right)) => left.cmp(right),
        _ => return Err(format!("{} cannot be compared with {}", described(left), described(right)).into()),
    };
    Ok(match operator {
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

/// Whether `part` is in `whole`. It is converted to the type of the first item that is not null (CollectionMembershipOperator.java).
pub(super) fn contains(whole: &Value, part: &Value, release: Release) -> bool {
    match whole {
        Value::Text(text) => text.contains(&*to_text(part)),
        Value::List(items) if !release.converts_for_membership() => items.borrow().iter().any(|item| item.equals(part)),
        Value::List(items) => {
            let items = items.borrow();
            for item in items.iter() {
                match item {
                    Value::Null if matches!(part, Value::Null) => return true,
                    Value::Null => {}
                    _ => {
                        let Ok(part) = to_type_of(part, item) else { return false };
                        return items.iter().any(|item| item.equals(&part));
                    }
                }
            }
            false
        }
        Value::Map(_) if !release.converts_for_membership() => false,
        Value::Map(map) => map.borrow().contains_key(&to_text(part)),
        _ => false,
    }
}

fn add(left: &Value, right: &Value) -> Result<Value, EvaluationError> {
    match (left, right) {
        (Value::List(items), _) => {
            let mut sum = items.borrow().clone();
            match right {
                Value::List(others) => sum.extend(others.borrow().iter().cloned()),
                other => sum.push(other.clone()),
            }
            Ok(Value::list(sum))
        }
        (Value::Map(map), Value::Map(other)) => {
            // The sum is a HashMap (AdditionOperator.java).
            let entries = |map: &Map| map.iter().map(|(key, value)| (key.to_string(), value.clone())).collect::<Vec<_>>();
            let mut sum = HashOrdered::from_all(entries(&map.borrow()).into_iter().collect());
            for (key, value) in entries(&other.borrow()) {
                sum.insert(key, value);
            }
            Ok(Value::map(sum.in_order().into_iter().map(|(key, value)| (Rc::from(key), value.clone())).collect()))
        }
        (Value::Text(_), _) | (_, Value::Text(_)) => Ok(Value::text(format!("{}{}", left.to_java(), right.to_java()))),
        _ => arithmetic(left, right, i64::wrapping_add, |left, right| left + right),
    }
}

fn arithmetic(
    left: &Value,
    right: &Value,
    of_integers: fn(i64, i64) -> i64,
    of_doubles: fn(f64, f64) -> f64,
) -> Result<Value, EvaluationError> {
    if is_double(left) || is_double(right) {
        return Ok(Value::Double(of_doubles(to_double(left)?, to_double(right)?)));
    }
    Ok(Value::Integer(of_integers(to_integer(left)?, to_integer(right)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_equals_the_boolean_that_it_is_in_a_condition() {
        assert_eq!(equal(&Value::text("yes"), &Value::Boolean(true)), Ok(true));
        assert_eq!(equal(&Value::text("FALSE"), &Value::Boolean(false)), Ok(true));
        assert_eq!(equal(&Value::Null, &Value::Boolean(false)), Ok(false));
    }

    #[test]
    fn a_string_that_is_not_a_number_cannot_be_compared_with_one() {
        assert!(equal(&Value::text("abc"), &Value::Integer(5)).is_err());
        assert_eq!(equal(&Value::text("5"), &Value::Integer(5)), Ok(true));
    }

    #[test]
    fn a_sum_with_a_string_is_a_string() {
        assert_eq!(add(&Value::text("a"), &Value::Null).map(|sum| sum.printed()), Ok("anull".to_owned()));
        assert_eq!(add(&Value::Integer(1), &Value::Integer(2)).map(|sum| sum.printed()), Ok("3".to_owned()));
    }

    #[test]
    fn integer_division_rounds_down_and_accepts_only_numbers() {
        let divided = |left: Value, right: Value| apply("//", &left, &right, Release::Since27).map(|quotient| quotient.printed());
        assert_eq!(divided(Value::Integer(5), Value::Integer(-3)), Ok("-2".to_owned()));
        assert_eq!(divided(Value::Integer(-7), Value::Integer(2)), Ok("-4".to_owned()));
        assert_eq!(divided(Value::Double(7.5), Value::Integer(2)), Ok("3.0".to_owned()));
        assert!(divided(Value::text("5"), Value::Integer(2)).is_err());
        assert!(divided(Value::Null, Value::Integer(2)).is_err());
        assert!(apply("**", &Value::Null, &Value::Integer(2), Release::Since27).is_err());
    }

    #[test]
    fn null_divided_by_null_is_zero() {
        assert_eq!(apply("/", &Value::Null, &Value::Null, Release::Since27).map(|sum| sum.printed()), Ok("0".to_owned()));
        assert_eq!(apply("%", &Value::Null, &Value::Null, Release::Since27).map(|sum| sum.printed()), Ok("0".to_owned()));
    }

    #[test]
    fn a_sum_of_maps_has_the_order_of_a_hash_map() {
        let map = |entries: &[(&str, i64)]| {
            Value::map(entries.iter().map(|(key, number)| (Rc::from(*key), Value::Integer(*number))).collect())
        };
        let sum = add(&map(&[("k", 1), ("n", 2), ("o", 3)]), &map(&[("z", 4)])).map(|sum| sum.printed());
        assert_eq!(sum, Ok("{z=4, k=1, n=2, o=3}".to_owned()));
    }

    #[test]
    fn booleans_are_compared_and_lists_are_not() {
        assert_eq!(compare("<", &Value::Boolean(false), &Value::Boolean(true)), Ok(true));
        let list = Value::list(Vec::new());
        assert!(compare("<=", &list, &list).is_err());
        assert_eq!(compare("<=", &Value::Null, &Value::Null), Ok(true));
    }
}
