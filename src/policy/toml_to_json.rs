//! Writes TOML as JSON with one value per line, so that a rule of a policy is read by the same code as the built-in ones, which are JSON, and the line
//! of a fault leads back to the TOML.

use std::fmt::Write;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML document as JSON.
pub(super) struct Converted {
    pub json: String,
    /// Where each line of the JSON comes from in the TOML, in bytes.
    lines: Vec<usize>,
    /// Where a number is that JSON cannot hold.
    refused: Option<usize>,
}

impl Converted {
    /// Converts `text`. Fails with where it is not TOML, in bytes, and why.
    pub(super) fn of(text: &str) -> Result<Self, (usize, String)> {
        let failed = |error: toml::de::Error| (error.span().map_or(0, |span| span.start), error.message().to_owned());
        let table = DeTable::parse(text).map_err(failed)?;
        let mut converted = Self { json: String::new(), lines: vec![0], refused: None };
        converted.table(table.get_ref(), 0);
        match converted.refused {
            Some(start) => Err((start, "carbonlint cannot use this number".to_owned())),
            None => Ok(converted),
        }
    }

    /// Where the line with this 1-based number comes from.
    pub(super) fn start_of_line(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or(0)
    }

    fn table(&mut self, table: &DeTable, start: usize) {
        self.json.push('{');
        for (number, (key, value)) in table.iter().enumerate() {
            self.line(number, key.span().start);
            let _ = write!(self.json, "{}: ", Json::from(&**key.get_ref()));
            self.value(value);
        }
        // A key that is missing is missed here.
        self.line(0, start);
        self.json.push('}');
    }

    fn value(&mut self, value: &Spanned<DeValue>) {
        let start = value.span().start;
        let scalar = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, start),
            DeValue::Array(items) => {
                self.json.push('[');
                for (number, item) in items.iter().enumerate() {
                    self.line(number, item.span().start);
                    self.value(item);
                }
                self.json.push(']');
                return;
            }
            DeValue::String(text) => Json::from(&**text),
            DeValue::Boolean(boolean) => Json::from(*boolean),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).map_or(Json::Null, Json::from),
            DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Json::Null, Json::from),
            DeValue::Datetime(moment) => Json::from(moment.to_string()),
        };
        if scalar.is_null() {
            self.refused = self.refused.or(Some(start));
        }
        let _ = write!(self.json, "{scalar}");
    }

    /// Begins a line for what is at `start`, the item with this number of a list.
    fn line(&mut self, number: usize, start: usize) {
        self.json.push_str(if number > 0 { ",\n" } else { "\n" });
        self.lines.push(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_leads_back() {
        let text = "a = 'x\"'\nb = [0x10, 1.5, { c = true }]\n[t]\nd = 1979-05-27\n";
        let converted = Converted::of(text).expect("TOML");
        let json: Json = serde_json::from_str(&converted.json).expect("JSON");
        assert_eq!(json, serde_json::json!({ "a": "x\"", "b": [16, 1.5, { "c": true }], "t": { "d": "1979-05-27" } }));
        for (number, line) in converted.json.lines().enumerate() {
            let start = converted.start_of_line(number + 1);
            let key = line.split('"').nth(1).filter(|_| line.contains("\": "));
            assert!(key.is_none_or(|key| text[start..].starts_with(key)), "{line}");
        }
        assert_eq!(Converted::of("a = 1\nb =\n").err().map(|(at, _)| at), Some(9));
    }
}
