//! `bad-time-unit`: times that the mapper cannot convert, or misreads (config-mapper UnitResolver.java).

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::user_toml::{UserToml, plain_string};
use crate::server::mapper::units::{Time, milliseconds};
use crate::server::mapper::value::Value;
use crate::server::mapper::{FaultKind, JsonFile, Origin};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context) else { return };
    for fault in settings.faults(FaultKind::Time) {
        let written = settings.locate_fault(fault);
        if settings.is_filled_in(written.key) {
            continue;
        }
        // The key as the user wrote it, which may be another name.
        let key = written.key.or(fault.key.as_deref()).unwrap_or_default();
        let fix = written.key.and_then(|key| known_unit(context, settings, key));
        let finding = settings.finding(context, &written, format!("`{key}` {}: the server does not start", fault.reason));
        findings.push(finding.help("write a whole number and a unit (d, h, m, s or ms), such as `\"15m\"`").fix(fix));
    }
    let Some(mapping) = context.model().mapping() else { return };
    let configuration = settings.configuration;
    let units = mapping.resources.json(JsonFile::UnitResolve).get("time").and_then(serde_json::Value::as_object);
    for (key, _) in units.into_iter().flatten() {
        let Some(Origin::User { key: own }) = configuration.get(key).map(|effective| &effective.origin) else { continue };
        let Some(Value::Text(text)) = configuration.settings.get(own).map(|setting| &setting.value) else { continue };
        let Some(read) = misread(text).filter(|_| !settings.is_filled_in(Some(own))) else { continue };
        let written = settings.locate(Some(key), None);
        let finding = settings.finding(context, &written, format!("the server reads `{text}` as `{read}`"));
        findings.push(finding.severity(Severity::Warning).help("write a whole number in a smaller unit, without a sign"));
    }
}

/// What the server reads instead of `text`, if it misreads the number: it cuts off fractions and skips what comes before the digits.
fn misread(text: &str) -> Option<String> {
    let time = Time::find(text)?;
    milliseconds(time.unit)?;
    let start = text.find(time.number)?;
    let (whole, fraction) = time.number.split_once('.').unwrap_or((time.number, ""));
    let is_cut = fraction.bytes().any(|digit| digit != b'0');
    let is_negative = text[..start].trim() == "-";
    (is_cut && whole.bytes().any(|digit| digit != b'0') || is_negative).then(|| format!("{whole}{}", time.unit))
}

/// Replaces a common synonym with the unit that it means.
fn known_unit(context: HomeContext, settings: UserToml, key: &str) -> Option<Fix> {
    fixes::toml_of(context.model())?;
    let entry = settings.document.get(key)?;
    let (quote, inner) = plain_string(entry.value_span.of(settings.text))?;
    let time = Time::find(inner)?;
    let unit = synonym(time.unit).filter(|_| milliseconds(time.unit).is_none())?;
    let is_all =
        inner.strip_prefix(time.number).and_then(|rest| rest.strip_suffix(time.unit)).is_some_and(|gap| gap.trim().is_empty());
    let written = format!("{quote}{}{unit}{quote}", time.number);
    let title = format!("write {written}");
    is_all.then(|| {
        let edit = (entry.value_span, written);
        fixes::fix_of(context.model(), settings.file, title, Safety::Safe, vec![edit], vec![key.to_owned()])
    })
}

/// The unit that a word means, if there is only one. `M` may be minutes or months.
fn synonym(unit: &str) -> Option<&'static str> {
    if unit == "M" {
        return None;
    }
    Some(match unit.to_ascii_lowercase().as_str() {
        "d" | "day" | "days" => "d",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "min" | "mins" | "minute" | "minutes" => "m",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misread_times_are_found() {
        assert_eq!(misread("1.5h").as_deref(), Some("1h"));
        assert_eq!(misread("-1s").as_deref(), Some("1s"));
        for fine in ["15m", "1.0h", "900", "-1", "5min"] {
            assert_eq!(misread(fine), None, "{fine}");
        }
    }
}
