//! How sure a finding about a key is: where the keys of the server are known from decides its severity, its help and its fixes.

use crate::catalog::catalog;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::rule_info::Severity;
use crate::server::mapper::schema::{Schema, SchemaSource};

/// `finding`, which rests on `schema`, as sure as the schema is: unchanged where the home's own templates or the table of its very
/// version say it. With the keys of other versions the help says of which, and no fix is safe; beyond the versions that are known, and for a
/// guessed product, it is no more than information.
pub fn with_confidence(mut finding: Finding, schema: &Schema) -> Finding {
    match schema.source() {
        SchemaSource::Home | SchemaSource::Catalogue { exact: true, .. } => finding,
        SchemaSource::Catalogue { product, versions, .. } => {
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            for fix in &mut finding.fixes {
                fix.safety = Safety::Unsafe;
            }
            let severity = if schema.source().is_authoritative() { finding.severity } else { Some(Severity::Info) };
            with_help(Finding { severity, ..finding }, &format!("so it is in {} {}", name_of(product), versions.join(" and ")))
        }
        SchemaSource::Guess { product, version } => {
            finding.fixes.clear();
            let note = format!(
                "by its keys this file seems to be of {} {version}, which is a guess: `--product {product}@VERSION` tells it",
                name_of(product)
            );
            with_help(finding.severity(Severity::Info), &note)
        }
    }
}

fn name_of(product: &str) -> &str {
    catalog().product(product).map_or(product, |product| product.name.as_str())
}

fn with_help(finding: Finding, note: &str) -> Finding {
    let help = finding.help.as_ref().map_or_else(|| note.to_owned(), |help| format!("{help}; {note}"));
    finding.help(help)
}
