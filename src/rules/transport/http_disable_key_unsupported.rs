//! `http-disable-key-unsupported`: a key that should close a port but that this version does not read.

use super::listener_place;
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::ports::Listener;
use crate::rules::context::HomeContext;
use crate::rules::fixes;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    for listener in context.ports().listeners.iter().filter(|listener| listener.enabled) {
        let Some((row, part)) = listener.row else { continue };
        let file = row.places.first().map_or("", |place| place.file.as_str());
        for key in &part.inert_keys {
            let Some((id, entry)) = model.setting(key, &[]) else { continue };
            let is_false = entry.value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("false"));
            if !is_false || model.template_reads(file, key) == Some(true) {
                continue;
            }
            let at = Location { file: id, span: entry.key_span };
            let message = format!("{} does not read `{key}`: {}", product_of(context), stays_open(listener));
            // The fix closes the port, so it is unsafe.
            let fix = part.switch.as_ref().and_then(|switch| {
                let title = format!("rename it to `{}`", switch.key);
                fixes::write_as(model, entry, &switch.key, title, Safety::Unsafe)
            });
            let finding = context.finding_at(at, message).help(listener_place::remedy(context, listener, "its element")).key(key);
            findings.push(finding.fix(fix));
        }
    }
}

fn product_of(context: HomeContext) -> String {
    let identity = &context.model().identity;
    match (&identity.product, &identity.version) {
        (Some(product), Some(version)) => format!("{} {version}", product.name.trim_start_matches("WSO2 ")),
        (Some(product), None) => product.name.trim_start_matches("WSO2 ").to_owned(),
        _ => "this product".to_owned(),
    }
}

fn stays_open(listener: &Listener) -> String {
    match listener.port() {
        Some(port) => format!("port {port} ({}) stays open", listener.id),
        None => format!("{} stays open", listener.id),
    }
}
