//! How certain a finding about a key is: the source of the known keys decides its severity, its help and its fixes.

use crate::catalog::catalog;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::rule_info::Severity;
use crate::server::mapper::schema::{Fit, Schema, SchemaSource};

/// Adjusts `finding` to the certainty of `schema`. It stays unchanged if the keys come from the home's own templates or are all those of its
/// version. Otherwise the help says whose they are, and no fix is safe. With keys of other versions than its own, and for a guessed product,
/// the finding is only information.
pub(super) fn with_confidence(mut finding: Finding, schema: &Schema) -> Finding {
    match schema.source() {
        SchemaSource::Home | SchemaSource::Catalogue { fit: Fit::Released, .. } => finding,
        SchemaSource::Catalogue { product, versions, fit } => {
            for fix in &mut finding.fixes {
                fix.safety = Safety::Unsafe;
            }
            let name = name_of(product);
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            let versions = versions.join(" and ");
            match fit {
                Fit::Released | Fit::Incomplete => {
                    with_help(finding, &format!("carbonlint does not know all keys of {name} {versions}"))
                }
                Fit::AnyVersion => with_help(finding, &format!("this is true of every known version of {name}")),
                Fit::Neighbours => {
                    with_help(finding.severity(Severity::Info), &format!("this is based on the keys of {name} {versions}"))
                }
            }
        }
        SchemaSource::Guess { product, by } => {
            finding.fixes.clear();
            let (name, by) = (name_of(product), by.as_str());
            let note = format!("{name} is a guess from the {by} of the file: pass `--product {product}@VERSION` to be sure");
            with_help(finding.severity(Severity::Info), &note)
        }
    }
}

/// The name that a product prints.
pub(super) fn name_of(product: &str) -> &str {
    catalog().product(product).map_or(product, |product| product.name.as_str())
}

fn with_help(finding: Finding, note: &str) -> Finding {
    let help = finding.help.as_ref().map_or_else(
        || note.to_owned(),
        |help| {
            let join = if help.ends_with('?') { " " } else { "; " };
            format!("{help}{join}{note}")
        },
    );
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
        for (version, help, severity) in [
            (Some("4.7.0"), "write y; carbonlint does not know all keys of WSO2 API Manager 4.7.0", None),
            (None, "write y; this is true of every known version of WSO2 API Manager", None),
            (Some("5.0.0"), "write y; this is based on the keys of WSO2 API Manager 4.7.0", Some(Severity::Info)),
        ] {
            let found = of(version);
            assert_eq!((found.help.as_deref(), found.severity, found.fixes[0].safety), (Some(help), severity, Safety::Unsafe));
        }

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
        let note = "WSO2 API Manager is a guess from the keys of the file: pass `--product api-manager@VERSION` to be sure";
        assert!(guessed.help.expect("help").contains(note));
    }
}
