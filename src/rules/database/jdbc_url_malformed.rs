//! `jdbc-url-malformed`: a URL of a data source that no driver takes.

use super::written_url::{WrittenUrl, written_urls};
use crate::catalog::catalog;
use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for url in written_urls(context.model()) {
        let Some((message, help, severity)) = fault(&url) else { continue };
        let at = Location { file: url.file, span: url.entry.key_span };
        let finding = context.finding_at(at, message).help(help).key(&url.entry.key);
        findings.push(Finding { severity, ..finding });
    }
}

/// What is wrong with a URL, and what to write.
fn fault(url: &WrittenUrl) -> Option<(String, String, Option<Severity>)> {
    let (text, name) = (url.text.trim(), url.name());
    if !text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("jdbc:")) {
        let form = url
            .beside("type")
            .and_then(|(_, kind)| catalog().jdbc.iter().find(|row| row.types.iter().any(|known| known == kind)));
        let form = form.map_or("jdbc:mysql://HOST:3306/NAME", |row| &row.form);
        return Some((format!("the URL of `{name}` does not begin with `jdbc:`"), format!("write it as `{form}`"), None));
    }
    let kind = url.kind?;
    // Descriptors of Oracle and names of SQL Server can have blanks.
    let before_query = text.split('?').next().unwrap_or(text);
    if kind.has_query && before_query.contains(char::is_whitespace) {
        let help = "remove the space, or write `%20` if it belongs to a name".to_owned();
        return Some((format!("the URL of `{name}` has a space before its parameters"), help, Some(Severity::Warning)));
    }
    if kind.has_query && !text.contains('?') && text.contains('&') {
        let help = format!("write `?` before the first parameter: `{}`", kind.form);
        return Some((format!("the URL of `{name}` has parameters, but no `?` before them"), help, None));
    }
    let parameters = text.split_once('?').map_or("", |(_, query)| query).split(['&', ';']);
    let pool = catalog().open_maps.iter().find(|map| map.keys.iter().any(|key| key == "datasource[].pool_options"))?;
    let names = parameters.filter_map(|parameter| parameter.trim_start_matches("amp;").split_once('=')).map(|(name, _)| name);
    let is_of_pool =
        |name: &&str| pool.names.iter().any(|known| known == name) && !["username", "password", "url"].contains(name);
    let option = names.into_iter().find(is_of_pool)?;
    let help = format!("write it as `pool_options.{option}` of the data source");
    Some((
        format!("`{option}` in the URL of `{name}` is an option of the connection pool, which the driver ignores"),
        help,
        Some(Severity::Warning),
    ))
}
