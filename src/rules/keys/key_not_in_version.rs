//! `key-not-in-version`: a key that nothing reads here, and that another version of the product reads.

use super::key_elsewhere::{for_each, product_of, versions_that_read};
use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::confidence::name_of;
use crate::rules::context::HomeContext;
use crate::server::mapper::schema::{Fit, SchemaSource};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((product, version)) = product_of(context) else { return };
    for_each(context, findings, |context, file, schema, dead| {
        let reading = versions_that_read(product, &dead.entry.key);
        let (first, last) = (reading.first()?, reading.last()?);
        let name = name_of(product).trim_start_matches("WSO2 ");
        let (when, help) = if first.compare(&version).is_gt() {
            (format!("{name} reads `{}` since {first} only", dead.entry.key), "update the server, or remove the key".to_owned())
        } else if last.compare(&version).is_lt() {
            (format!("{name} reads `{}` up to {last} only", dead.entry.key), "remove the key".to_owned())
        } else {
            return None;
        };
        let at = Location { file, span: dead.entry.key_span };
        let finding = context.finding_at(at, format!("{when}, and this is {version}")).help(help).key(&dead.entry.key);
        // An update may have added the key.
        let is_released = matches!(schema.source(), SchemaSource::Catalogue { fit: Fit::Released, .. });
        Some(if is_released { finding.severity(Severity::Info) } else { finding })
    });
}
