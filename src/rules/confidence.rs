//! How certain a finding about a key is: the source of the known keys decides its severity, its help and its fixes.

use crate::catalog::catalog;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::rule_info::Severity;
use crate::server::mapper::schema::{Schema, SchemaSource};

/// Adjusts `finding` to the certainty of `schema`. It stays unchanged if the keys come from the home's own templates or from the table of
/// exactly its version. If they come from other versions, the help names these and no fix is safe. Outside the known versions, and for a
/// guessed product, the finding is only information.
pub(super) fn with_confidence(mut finding: Finding, schema: &Schema) -> Finding {
    match schema.source() {
        SchemaSource::Home | SchemaSource::Catalogue { exact: true, .. } => finding,
        SchemaSource::Catalogue { product, versions, .. } => {
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            for fix in &mut finding.fixes {
                fix.safety = Safety::Unsafe;
            }
            let severity = if schema.source().is_authoritative() { finding.severity } else { Some(Severity::Info) };
            with_help(
                Finding { severity, ..finding },
                &format!("this is based on the keys of {} {}", name_of(product), versions.join(" and ")),
            )
        }
        SchemaSource::Guess { product, version } => {
            finding.fixes.clear();
            let note = format!(
                "the keys suggest {} {version}, which is a guess: pass `--product {product}@VERSION` to be sure",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::*;
    use crate::catalog::Version;
    use crate::diagnostic::Target;
    use crate::edit::Fix;
    use crate::server::mapper::known_keys;

    #[test]
    fn a_finding_is_as_certain_as_the_keys() {
        let finding = || {
            let fix = |safety| Fix { title: String::new(), safety, edits: Vec::new(), scope: Vec::new(), follow_up: None };
            Finding::at(Target::Path(PathBuf::new(), None), "x").help("write y").fix(Some(fix(Safety::Safe)))
        };
        let of = |wanted: Option<&str>| {
            with_confidence(
                finding(),
                &known_keys::of_product("api-manager", wanted.and_then(Version::parse).as_ref()).expect("keys"),
            )
        };
        let exact = of(Some("4.5.0"));
        assert_eq!((exact.help.as_deref(), exact.severity, exact.fixes[0].safety), (Some("write y"), None, Safety::Safe));
        let near = of(Some("4.3.0"));
        let help = "write y; this is based on the keys of WSO2 API Manager 4.2.0 and 4.5.0";
        assert_eq!((near.help.as_deref(), near.severity, near.fixes[0].safety), (Some(help), None, Safety::Unsafe));

        let keys = BTreeSet::from([
            "apim.cors.enable",
            "apim.cors.allow_origins",
            "apim.devportal.url",
            "apim.gateway.environment[].name",
            "apim.gateway.environment[].type",
            "apim.throttling.username",
        ]);
        let guessed = with_confidence(finding(), &known_keys::guess(&keys).expect("a guess"));
        assert_eq!((guessed.severity, guessed.fixes.len()), (Some(Severity::Info), 0));
        assert!(guessed.help.expect("help").contains("a guess: pass `--product api-manager@VERSION`"));
    }
}
