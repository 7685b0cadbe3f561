//! `key-of-other-product`: a key that no version of the product reads, and that another product reads.

use super::key_elsewhere::{for_each, product_of, versions_that_read};
use crate::diagnostic::Finding;
use crate::model::Location;
use crate::rules::confidence::name_of;
use crate::rules::context::HomeContext;
use crate::server::mapper::known_keys;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((product, _)) = product_of(context) else { return };
    for_each(context, findings, |context, file, _, dead| {
        let key = &dead.entry.key;
        if !versions_that_read(product, key).is_empty() {
            return None;
        }
        let reads = |other: &&str| *other != product && known_keys::shared(other, None).is_some_and(|schema| schema.is_read(key));
        let others: Vec<&str> = known_keys::products().into_iter().map(|(other, _)| other).filter(reads).collect();
        let names: Vec<&str> = others.iter().map(|other| name_of(other).trim_start_matches("WSO2 ")).collect();
        let (last, rest) = names.split_last()?;
        let names = if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
        let own = name_of(product).trim_start_matches("WSO2 ");
        let at = Location { file, span: dead.entry.key_span };
        let message = format!("`{key}` is a key of {names}; {own} does not read it");
        Some(context.finding_at(at, message).help("remove it, or look for the key of this product").key(key))
    });
}
