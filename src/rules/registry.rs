//! Which function checks which rule.

use super::context::{HomeContext, RuleContext};
use super::{
    cluster, configuration, database, drift, keys, logging, mapper, ports, properties_structure, references, secrets, source,
    toml_structure, transport, xml_structure, yaml_structure,
};
use crate::diagnostic::Finding;
use crate::rule_info::RuleInfo;

/// The function that checks a rule.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// Looks at the text of the files of one home at a time. Runs first: for a moment it takes many times the memory of a file, and nothing else
    /// is computed yet.
    Text(fn(HomeContext, &mut Vec<Finding>)),
    /// Looks at one home at a time.
    Home(fn(HomeContext, &mut Vec<Finding>)),
    /// Looks at all homes at once.
    Run(fn(RuleContext, &mut Vec<Finding>)),
    /// Looks at what all other rules have found.
    Findings,
}

/// The rules whose condition is code. The others have a `[when]` table in their rule file.
pub(super) static CHECKS: &[(&str, Check)] = &[
    ("path-unreadable", Check::Run(source::path_unreadable::check)),
    ("file-too-large", Check::Home(source::file_too_large::check)),
    ("nesting-too-deep", Check::Home(source::nesting_too_deep::check)),
    ("encoding-invalid", Check::Home(source::encoding_invalid::check)),
    ("template-not-checked", Check::Home(source::template_not_checked::check)),
    ("toml-syntax", Check::Text(toml_structure::toml_syntax::check)),
    ("toml-refused-by-server", Check::Text(toml_structure::toml_refused_by_server::check)),
    ("supertable-after-subtable", Check::Home(toml_structure::supertable_after_subtable::check)),
    ("array-overrides-defaults", Check::Home(toml_structure::array_overrides_defaults::check)),
    ("bad-time-unit", Check::Home(toml_structure::bad_time_unit::check)),
    ("key-collision", Check::Home(toml_structure::key_collision::check)),
    ("fatal-mapped-key", Check::Home(toml_structure::fatal_mapped_key::check)),
    ("number-needs-quotes", Check::Home(toml_structure::number_needs_quotes::check)),
    ("value-refused", Check::Home(toml_structure::value_refused::check)),
    ("ref-cycle", Check::Home(references::ref_cycle::check)),
    ("ref-in-array-table", Check::Home(references::ref_in_array_table::check)),
    ("ref-replaces-whole", Check::Home(references::ref_replaces_whole::check)),
    ("ref-too-long", Check::Home(references::ref_too_long::check)),
    ("ref-unresolvable", Check::Home(references::ref_unresolvable::check)),
    ("unknown-placeholder", Check::Home(references::unknown_placeholder::check)),
    ("secret-plaintext", Check::Home(secrets::secret_plaintext::check)),
    ("secret-undefined", Check::Home(secrets::secret_undefined::check)),
    ("secret-not-string", Check::Home(secrets::secret_not_string::check)),
    ("config-update-disabled", Check::Home(drift::config_update_disabled::check)),
    ("managed-file-edited", Check::Home(drift::managed_file_edited::check)),
    ("stale-generated", Check::Home(drift::stale_generated::check)),
    ("template-edited", Check::Home(drift::template_edited::check)),
    ("toml-missing", Check::Home(drift::toml_missing::check)),
    ("mapper-file-broken", Check::Home(mapper::mapper_file_broken::check)),
    ("template-fails", Check::Home(mapper::template_fails::check)),
    ("key-in-wrong-table", Check::Home(keys::key_in_wrong_table::check)),
    ("unknown-key", Check::Home(keys::unknown_key::check)),
    ("enable-vs-enabled", Check::Home(keys::enable_vs_enabled::check)),
    ("table-vs-array", Check::Home(keys::table_vs_array::check)),
    ("quoted-boolean", Check::Home(keys::quoted_boolean::check)),
    ("unknown-value", Check::Home(keys::unknown_value::check)),
    ("xml-unescaped-value", Check::Home(keys::xml_unescaped_value::check)),
    ("xml-not-well-formed", Check::Home(xml_structure::xml_not_well_formed::check)),
    ("yaml-syntax", Check::Home(yaml_structure::yaml_syntax::check)),
    ("properties-syntax", Check::Home(properties_structure::properties_syntax::check)),
    ("http-passthru-enabled", Check::Home(transport::http_passthru_enabled::check)),
    ("http-servlet-enabled", Check::Home(transport::http_servlet_enabled::check)),
    ("http-disable-key-unsupported", Check::Home(transport::http_disable_key_unsupported::check)),
    ("jmx-started-unprotected", Check::Home(transport::jmx_started_unprotected::check)),
    ("jmx-ports-swapped", Check::Home(ports::jmx_ports_swapped::check)),
    ("offset-not-integer", Check::Home(ports::offset_not_integer::check)),
    ("double-offset", Check::Home(ports::double_offset::check)),
    ("offset-missing-in-url", Check::Home(ports::offset_missing_in_url::check)),
    ("port-conflict-in-home", Check::Home(ports::port_conflict_in_home::check)),
    ("port-out-of-range", Check::Home(ports::port_out_of_range::check)),
    ("port-conflict-across-homes", Check::Run(ports::port_conflict_across_homes::check)),
    ("mi-offset-replaces-default", Check::Run(ports::mi_offset_replaces_default::check)),
    ("rendered-file-broken", Check::Home(mapper::rendered_file_broken::check)),
    ("scalar-instead-of-table", Check::Home(keys::scalar_instead_of_table::check)),
    ("unknown-suppression", Check::Home(configuration::unknown_suppression::check)),
    ("unused-suppression", Check::Findings),
    ("jdbc-url-malformed", Check::Home(database::jdbc_url_malformed::check)),
    ("jdbc-url-mismatch", Check::Home(database::jdbc_url_mismatch::check)),
    ("key-not-in-version", Check::Home(keys::key_not_in_version::check)),
    ("key-of-other-product", Check::Home(keys::key_of_other_product::check)),
    ("log4j2-dangling", Check::Home(logging::log4j2_dangling::check)),
    ("ciphertool-destroys-file", Check::Home(secrets::ciphertool_destroys_file::check)),
    ("plaintext-secret", Check::Home(secrets::plaintext_secret::check)),
    ("gateway-label-mismatch", Check::Home(cluster::gateway_label_mismatch::check)),
    ("unknown-option", Check::Home(keys::unknown_option::check)),
    ("missing-table-member", Check::Home(keys::missing_table_member::check)),
];

/// The check of a rule; `None` if its condition is in its file.
pub(super) fn check_of(rule: &RuleInfo) -> Option<&'static Check> {
    CHECKS.iter().find(|(name, _)| *name == rule.name).map(|(_, check)| check)
}

/// A function that checks a rule in one home after all of [`CHECKS`].
type LastCheck = fn(HomeContext, &mut Vec<Finding>);

/// The rules that also report what the checks of other rules could not find out.
pub(super) static LAST_CHECKS: &[(&str, LastCheck)] = &[("template-fails", mapper::template_fails::untraced)];

#[cfg(test)]
mod tests {
    use super::CHECKS;
    use crate::rule_info::{rule, rules};

    #[test]
    fn every_rule_has_a_file_and_a_condition() {
        for (name, _) in CHECKS {
            assert!(rule(name).is_some(), "{name} has no file in rules/");
        }
        for rule in rules() {
            let has_check = CHECKS.iter().any(|(name, _)| *name == rule.name);
            assert_eq!(has_check, rule.when.is_empty(), "{}: either a check or [when]", rule.name);
        }
    }
}
