//! Reads numbers, dates, times and escapes as the server's parser does, and rejects those that it rejects.

use super::reason::Reason;

/// Why a value is rejected, and the server's message.
pub(super) type ValueRejection = (Reason, String);

fn rejection(reason: Reason, message: impl Into<String>) -> ValueRejection {
    (reason, message.into())
}

/// Checks a whole number whose digits have this base and follow a prefix of `prefix` bytes.
pub(super) fn integer(written: &str, prefix: usize, base: u32) -> Result<(), ValueRejection> {
    let digits = written.get(prefix..).unwrap_or_default().replace('_', "");
    let rejected = || rejection(Reason::NumberTooLarge, "Integer is too large");
    i64::from_str_radix(&digits, base).map(|_| ()).map_err(|_| rejected())
}

pub(super) fn float(written: &str) -> Result<(), ValueRejection> {
    let written = written.replace('_', "");
    // What the lexer reads as a float always parses.
    let value: f64 = written.parse().unwrap_or(0.0);
    let mantissa = written.split(['e', 'E']).next().unwrap_or_default();
    if value.is_infinite() {
        Err(rejection(Reason::NumberTooLarge, "Float is too large"))
    } else if value == 0.0 && mantissa.contains(|digit| matches!(digit, '1'..='9')) {
        Err(rejection(Reason::NumberTooSmall, "Float is too small"))
    } else {
        Ok(())
    }
}

/// The characters that an escape represents, in UTF-16.
pub(super) fn escape(written: &str) -> Result<Vec<u16>, ValueRejection> {
    let one = |character: char| Ok(vec![u16::try_from(u32::from(character)).unwrap_or_default()]);
    match written.as_bytes().get(1) {
        Some(b'"') => one('"'),
        Some(b'\\') => one('\\'),
        Some(b'b') => one('\u{8}'),
        Some(b'f') => one('\u{c}'),
        Some(b'n') => one('\n'),
        Some(b'r') => one('\r'),
        Some(b't') => one('\t'),
        Some(b'u' | b'U') => {
            let code = u32::from_str_radix(written.get(2..).unwrap_or_default(), 16).ok();
            // Unlike TOML, the server accepts half a surrogate pair.
            let half = |code: u32| u16::try_from(code).map(|unit| vec![unit]).ok();
            let whole = |code: u32| char::from_u32(code).map(|character| character.encode_utf16(&mut [0; 2]).to_vec());
            let units = code.and_then(|code| whole(code).or_else(|| half(code)));
            units.ok_or_else(|| rejection(Reason::Escape, "Invalid unicode escape sequence"))
        }
        _ => Err(rejection(Reason::Escape, format!("Invalid escape sequence '{written}'"))),
    }
}

/// The value of a field of a date or a time, which must have `len` digits and be in `range`.
fn field(written: &str, len: usize, range: std::ops::RangeInclusive<u32>, what: &str) -> Result<u32, ValueRejection> {
    let value = if written.len() == len { written.parse().ok() } else { None };
    value.filter(|value| range.contains(value)).ok_or_else(|| rejection(Reason::Date, format!("Invalid {what}")))
}

pub(super) fn year(written: &str) -> Result<u32, ValueRejection> {
    field(written, 4, 0..=9999, "year (valid range 0000..9999)")
}

pub(super) fn month(written: &str) -> Result<u32, ValueRejection> {
    field(written, 2, 1..=12, "month (valid range 01..12)")
}

pub(super) fn day(written: &str, year: u32, month: u32) -> Result<(), ValueRejection> {
    const MONTHS: [&str; 12] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    let day = field(written, 2, 1..=31, "day (valid range 01..28/31)")?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day <= last {
        return Ok(());
    }
    Err(rejection(
        Reason::Date,
        if day == 29 {
            format!("Invalid date 'February 29' as '{year}' is not a leap year")
        } else {
            let name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
            format!("Invalid date '{name} {day}'")
        },
    ))
}

pub(super) fn hour(written: &str) -> Result<u32, ValueRejection> {
    field(written, 2, 0..=23, "hour (valid range 00..23)")
}

pub(super) fn minute(written: &str) -> Result<u32, ValueRejection> {
    field(written, 2, 0..=59, "minutes (valid range 00..59)")
}

pub(super) fn second(written: &str) -> Result<u32, ValueRejection> {
    field(written, 2, 0..=59, "seconds (valid range 00..59)")
}

pub(super) fn fraction(written: &str) -> Result<u32, ValueRejection> {
    if written.len() > 9 {
        return Err(rejection(Reason::Date, "Invalid nanoseconds (valid range 0..999999999)"));
    }
    Ok(0)
}

/// The hours of an offset from UTC, with their sign.
pub(super) fn offset_hours(written: &str) -> Result<i32, ValueRejection> {
    let hours: i32 = written.parse().map_err(|_| rejection(Reason::Date, "Invalid zone offset"))?;
    let rejected = || rejection(Reason::Date, "Invalid zone offset hours (valid range -18..+18)");
    Some(hours).filter(|hours| (-18..=18).contains(hours)).ok_or_else(rejected)
}

/// Checks the minutes of an offset from UTC with these hours. The error is `true` if only both together are out of range.
pub(super) fn offset_minutes(written: &str, hours: i32) -> Result<(), (ValueRejection, bool)> {
    let minutes: i32 = written.parse().map_err(|_| (rejection(Reason::Date, "Invalid zone offset"), false))?;
    if minutes > 59 {
        return Err((rejection(Reason::Date, "Invalid zone offset minutes (valid range 0..59)"), false));
    }
    if hours.abs() == 18 && minutes != 0 {
        return Err((rejection(Reason::Date, "Invalid zone offset (valid range -18:00..+18:00)"), true));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_represent_utf_16() {
        assert_eq!(escape("\\n"), Ok(vec![10]));
        assert_eq!(escape("\\ud800"), Ok(vec![0xd800]));
        assert_eq!(escape("\\U0001f600"), Ok(vec![0xd83d, 0xde00]));
        for rejected in ["\\U00110000", "\\u", "\\Uffffffff", "\\e", "\\é"] {
            assert!(escape(rejected).is_err(), "{rejected}");
        }
    }

    #[test]
    fn days_end_with_their_month() {
        assert!(day("29", 2000, 2).is_ok());
        assert_eq!(day("29", 2100, 2).expect_err("not a leap year").1, "Invalid date 'February 29' as '2100' is not a leap year");
        assert_eq!(day("31", 2020, 4).expect_err("30 days").1, "Invalid date 'APRIL 31'");
    }

    #[test]
    fn numbers_have_their_bounds() {
        assert!(integer("-9223372036854775808", 0, 10).is_ok());
        assert!(integer("9_223_372_036_854_775_808", 0, 10).is_err());
        assert!(integer("0x7fffffffffffffff", 2, 16).is_ok());
        assert!(float("1e400").is_err());
        assert!(float("0.0e999").is_ok());
        assert!(float("1e-400").is_err());
    }
}
