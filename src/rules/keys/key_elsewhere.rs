//! Keys that nothing reads here, and that another version or another product reads.

use super::dead_key::{DeadKey, Meant};
use crate::catalog::Version;
use crate::diagnostic::Finding;
use crate::model::FileId;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::server::mapper::known_keys;
use crate::server::mapper::schema::Schema;

/// The product and version of the home, if both are known.
pub(super) fn product_of(context: HomeContext<'_>) -> Option<(&str, Version)> {
    let identity = &context.model().identity;
    Some((identity.product?.id.as_str(), identity.version.clone()?))
}

/// Adds what `find` makes of each key that nothing reads and that resembles no known one for certain.
pub(super) fn for_each<'a>(
    context: HomeContext<'a>,
    findings: &mut Vec<Finding>,
    find: impl Fn(HomeContext<'a>, FileId, &Schema, &DeadKey) -> Option<Finding>,
) {
    let Some((file, schema, dead)) = context.dead_keys() else { return };
    let is_clear = |dead: &DeadKey| {
        matches!(dead.meant, Meant::Respelled(_) | Meant::OtherEnable(_) | Meant::InElements(_) | Meant::InTable(_))
    };
    let of_keys = dead.iter().filter(|dead| !is_clear(dead) && !schema.is_mapped(&dead.entry.key));
    findings.extend(of_keys.filter_map(|dead| find(context, file, schema, dead)).map(|finding| with_confidence(finding, schema)));
}

/// The versions of a product that read `key`, oldest first.
pub(super) fn versions_that_read(product: &str, key: &str) -> Vec<Version> {
    let is_read = |version: &Version| known_keys::shared(product, Some(version)).is_some_and(|schema| schema.is_read(key));
    let known = known_keys::products().into_iter().find(|(known, _)| *known == product);
    // Most keys are read by no version at all.
    if known_keys::shared(product, None).is_none_or(|schema| !schema.is_read(key)) {
        return Vec::new();
    }
    known.map(|(_, versions)| versions.into_iter().filter(is_read).collect()).unwrap_or_default()
}
