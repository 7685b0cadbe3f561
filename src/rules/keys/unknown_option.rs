//! `unknown-option`: a name that the server's code does not know, in a table that a template prints whole.

use crate::catalog::{OpenMap, catalog};
use crate::diagnostic::Finding;
use crate::edit::Safety;
use crate::model::Location;
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::rules::key_pattern::captures;
use crate::source::key::Key;
use crate::suggest::did_you_mean;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let model = context.model();
    let Some((file, document)) = model.toml() else { return };
    // Some products rename some of the names.
    let Some(schema) = model.schema() else { return };
    for entry in &document.entries {
        let table = Key::new(&entry.key).table();
        let Some(name) = Key::new(&entry.key).segments().last().map(|segment| segment.name) else { continue };
        let Some(map) = open_map(table.as_str(), model.product().map(|product| product.id.as_str())) else { continue };
        // A key that is renamed, or that nothing reads, is the subject of other rules.
        let is_other = schema.is_mapped(&entry.key) || !schema.is_read(&entry.key);
        if map.knows(name) || is_other {
            continue;
        }
        let at = Location { file, span: entry.key_span };
        let message = format!("`{name}` is not {}: it has no effect", map.what);
        let finding = context.finding_at(at, message).key(&entry.key);
        findings.push(if let Some(known) = map.respelled(name) {
            let new = table.child(known);
            let fix = fixes::write_as(model, entry, &new, format!("rename `{name}` to `{known}`"), Safety::Safe);
            finding.help(format!("rename it to `{known}`")).fix(fix)
        } else if let Some(elsewhere) = map.others.get(name) {
            finding.help(elsewhere)
        } else if let Some(help) = did_you_mean(name, map.names.iter().map(String::as_str), '_') {
            finding.help(help)
        } else {
            finding.severity(Severity::Info).help("check the name: a newer version of the code may know it")
        });
    }
}

/// The open map that `table` is, for a product.
fn open_map(table: &str, product: Option<&str>) -> Option<&'static OpenMap> {
    let is_for = |map: &&OpenMap| {
        map.products.is_empty() || product.is_some_and(|product| map.products.iter().any(|known| known == product))
    };
    let mut maps = catalog().open_maps.iter().filter(is_for);
    maps.find(|map| map.keys.iter().any(|pattern| captures(pattern, table).is_some()))
}
