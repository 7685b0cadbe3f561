//! `jdbc-url-mismatch`: a JDBC URL of another kind of database than the type or the driver of its data source.

use super::written_url::written_urls;
use crate::catalog::{JdbcRow, catalog};
use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::context::HomeContext;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for url in written_urls(context.model()) {
        let Some(kind) = url.kind else { continue };
        let at = |span| Location { file: url.file, span };
        let of = |find: fn(&JdbcRow) -> &[String], text: &str| {
            catalog().jdbc.iter().find(|row| find(row).iter().any(|known| known == text))
        };
        let by_type = url.beside("type").map(|(entry, text)| (entry, text, of(|row| &row.types, text), kind.types.as_slice()));
        let by_driver =
            url.beside("driver").map(|(entry, text)| (entry, text, of(|row| &row.drivers, text), kind.drivers.as_slice()));
        for (what, found) in [("type", by_type), ("driver", by_driver)] {
            // What is not known may be a driver of one's own.
            let Some((entry, text, Some(other), own)) = found else { continue };
            if own.iter().any(|known| known == text) {
                continue;
            }
            let message = format!("the URL of `{}` is one of {}, and its {what} is one of {}", url.name(), kind.name, other.name);
            let help =
                format!("write `{what} = \"{}\"`, or a URL such as `{}`", own.first().map_or("", String::as_str), other.form);
            let finding = context.finding_at(at(url.entry.key_span), message).help(help).key(&url.entry.key);
            findings.push(finding.related(context.id, at(entry.key_span), format!("the {what}")));
        }
    }
}
