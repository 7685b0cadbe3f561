//! Stage 6: times are converted to the unit that unit-resolve.json asks for (config-mapper UnitResolver.java).

use serde_json::{Map as Json, Value as JsonValue};

use super::effective::Effective;
use super::fault::{FaultKind, MappingFault};
use super::references::is_unresolved;
use super::value::Value;
use crate::server::java::hash::HashOrdered;

/// Converts the times of `units`, the object `time` of unit-resolve.json. The server stops at the first that cannot be converted; here
/// the others are converted nevertheless.
pub(super) fn convert(map: &mut HashOrdered<Effective>, units: &Json<String, JsonValue>, faults: &mut Vec<MappingFault>) {
    for (key, unit) in units {
        let Some(unit) = unit.as_str() else { continue };
        let Some(effective) = map.get_mut(key) else { continue };
        match converted(&effective.value, unit) {
            Ok(text) => effective.value = Value::Text(text),
            Err(reason) => faults.push(MappingFault::new(FaultKind::Time, Some(key), reason)),
        }
    }
}

/// A time as the mapper reads it: a number and its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time<'a> {
    /// The number with its fraction.
    pub number: &'a str,
    /// The unit; empty if there is none.
    pub unit: &'a str,
}

impl<'a> Time<'a> {
    /// The first number in `text`, with the word after it.
    pub(crate) fn find(text: &'a str) -> Option<Self> {
        let start = text.find(|character: char| character.is_ascii_digit())?;
        let rest = &text[start..];
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(rest);
        let fraction = rest[whole..].strip_prefix('.').map_or(0, digits);
        let number = &rest[..if fraction > 0 { whole + 1 + fraction } else { whole }];
        let after = rest[number.len()..].trim_start();
        let word = after.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(after.len());
        Some(Self { number, unit: &after[..word] })
    }
}

/// The milliseconds in a unit.
pub(crate) fn milliseconds(unit: &str) -> Option<i128> {
    Some(match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        "s" => 1000,
        "ms" => 1,
        _ => return None,
    })
}

fn converted(value: &Value, unit: &str) -> Result<String, String> {
    let text = match value {
        Value::Integer(_) | Value::Double(_) => return Ok(value.to_java()),
        Value::Text(text) if is_unresolved(text) => return Ok(text.clone()),
        Value::Text(text) => text,
        _ => return Err("is not a time, such as `\"15m\"` or a number".to_owned()),
    };
    let time = Time::find(text).ok_or("is not a time, because it has no number")?;
    if time.unit.is_empty() {
        return Ok(text.clone());
    }
    let no_unit = |unit: &str| format!("has the unit `{unit}`, but the server knows only d, h, m, s and ms");
    let from = milliseconds(time.unit).ok_or_else(|| no_unit(time.unit))?;
    let to = milliseconds(unit).ok_or_else(|| no_unit(unit))?;
    // The server cuts off the fraction before it converts.
    #[expect(clippy::cast_possible_truncation, reason = "Double.longValue")]
    let number = i128::from(time.number.parse::<f64>().unwrap_or_default() as i64);
    let result = (number * from / to).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    if result == 0 && number != 0 {
        return Err(format!("becomes 0 when the server converts it to `{unit}`"));
    }
    Ok(result.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_converted() {
        for (text, unit, expected) in
            [("15m", "s", "900"), ("1.5h", "m", "60"), ("900", "m", "900"), ("-1s", "ms", "1000"), ("2 d", "h", "48")]
        {
            assert_eq!(converted(&Value::Text(text.to_owned()), unit), Ok(expected.to_owned()), "{text}");
        }
        assert!(converted(&Value::Text("5min".to_owned()), "s").is_err());
        assert!(converted(&Value::Text("30s".to_owned()), "m").is_err());
        assert!(converted(&Value::Text("never".to_owned()), "m").is_err());
        assert!(converted(&Value::Boolean(true), "m").is_err());
        assert!(converted(&Value::Text("$secret{time}".to_owned()), "m").is_err());
    }

    #[test]
    fn a_time_that_is_not_resolved_is_unknown() {
        for text in ["$env{VALIDITY}", "5$sys{unit}", "$ref{a.b}"] {
            assert_eq!(converted(&Value::Text(text.to_owned()), "s"), Ok(text.to_owned()));
        }
    }
}
