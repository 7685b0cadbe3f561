//! `key-collision`: two keys that are mapped to the same one, so that one value is lost (config-mapper KeyMapper.java).

use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::user_toml::UserToml;
use crate::server::mapper::Configuration;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some(settings) = UserToml::of_home(context) else { return };
    for collision in &settings.configuration.collisions {
        let (lost, kept, target) = (&collision.lost, &collision.kept, &collision.target);
        if are_equal(settings.configuration, lost, kept) {
            continue;
        }
        let message = if kept == target {
            format!("`{lost}` has no effect: it is another name for `{kept}`, which is also set")
        } else {
            format!("`{lost}` has no effect: `{kept}` also sets `{target}`, and wins")
        };
        let place = |key: &str| {
            let span = settings.document.get(key).map(|entry| entry.key_span);
            span.or_else(|| settings.configuration.settings.get(key).map(|setting| setting.key))
        };
        let (Some(span), Some(other)) = (place(lost), place(kept)) else { continue };
        let finding = context.finding(settings.file, span, message).key(lost);
        let other = Location { file: settings.file, span: other };
        findings.push(finding.help("remove one of the two").related(context.id, other, "this one takes effect"));
    }
}

fn are_equal(configuration: &Configuration, one: &str, other: &str) -> bool {
    let value = |key: &str| configuration.settings.get(key).map(|setting| setting.value.to_java());
    value(one) == value(other)
}
