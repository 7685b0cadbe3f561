//! `enable-vs-enabled`: `enable` where the server reads `enabled`, or the other way round.

use super::dead_key::Meant;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rules::confidence::with_confidence;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::key::Key;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, schema, dead)) = context.dead_keys() else { return };
    for dead in dead {
        let Meant::OtherEnable(read) = &dead.meant else { continue };
        let key = &dead.entry.key;
        let (wrong, right) = (Key::new(key).name(), Key::new(read).name());
        let at = Location { file, span: dead.entry.key_span };
        let message = format!("`{key}` has no effect: the server reads `{right}` here");
        let finding = context.finding_at(at, message).help(format!("write `{right}` instead of `{wrong}`")).key(key);
        let fix = fixes::write_as(context.model(), dead.entry, read, format!("rename `{key}` to `{read}`"), Safety::Safe);
        findings.push(with_confidence(finding.fix(fix), schema));
    }
}
