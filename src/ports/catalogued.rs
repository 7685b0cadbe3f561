//! The listeners of the catalogue, for a home or for a product without a home.

use crate::catalog::{ListenerPart, ListenerRow, Product, Version, catalog};
use crate::home::Generation;
use crate::model::Model;
use crate::ports::listener::Listener;
use crate::ports::offset::Offset;
use crate::ports::profile::ServerProfile;
use crate::ports::reader::ListenerReader;

/// The catalogue's listeners that `model` could open.
pub(super) fn listeners_of(model: &Model, offset: &Offset, profile: Option<&ServerProfile>) -> Vec<Listener> {
    let version = model.catalogue_version();
    let mut listeners = Vec::new();
    for row in &catalog().listeners {
        let read = |part| ListenerReader { model, row, part, offset, profile }.read();
        if let (Some(product), Some(version)) = (model.product(), &version) {
            let parts = parts_for(row, product, version).into_iter().filter(|part| is_in_home(model, part));
            listeners.extend(parts.flat_map(read));
        } else {
            // Without a product, only ports that are set in a file are known.
            let read = row.parts.first().into_iter().flat_map(read);
            listeners.extend(read.filter(|listener| listener.source.anchor().is_some()));
        }
    }
    listeners
}

/// The listeners of a product as shipped. `flag` is an offset to use instead of the default; without `version` it is the latest.
pub fn listeners_of_product(
    product: &'static Product,
    version: Option<&Version>,
    flag: Option<i64>,
    server_profile: Option<&ServerProfile>,
) -> Vec<Listener> {
    let version = version.unwrap_or(&product.latest);
    let mut listeners = Vec::new();
    for row in &catalog().listeners {
        for part in parts_for(row, product, version) {
            let offset = flag.or(part.runtime_offset).unwrap_or(product.default_offset);
            let mut listener = Listener::blank(row, part);
            listener.base = part.port.or(row.port).map(i64::from);
            let default_flag = row.offset_flag.as_ref().is_some_and(|flag| flag.default);
            if part.offset.unwrap_or(row.offset).applies(false, true, default_flag) {
                listener.follows_offset = true;
                listener.shift(offset);
            }
            listener.enabled = part.open && server_profile.is_none_or(|profile| profile.opens(&row.id));
            listeners.push(listener);
        }
    }
    listeners
}

/// The parts of a row for this product and version: the first one for each runtime of the product.
fn parts_for(row: &'static ListenerRow, product: &Product, version: &Version) -> Vec<&'static ListenerPart> {
    let mut parts: Vec<&ListenerPart> = Vec::new();
    for part in &row.parts {
        let fits = part.products.contains(&product.id) && part.versions.contains(version);
        if fits && parts.iter().all(|known| known.profile != part.profile) {
            parts.push(part);
        }
    }
    parts
}

/// Whether this home contains the runtime of a part. Each profile of Enterprise Integrator has a separate home; the runtimes of
/// Analytics share one.
fn is_in_home(model: &Model, part: &ListenerPart) -> bool {
    let Some(runtime) = &part.profile else { return true };
    match &model.identity.profile {
        Some(profile) => profile == runtime,
        None => model.generation != Generation::Yaml || model.file_at(&format!("conf/{runtime}/deployment.yaml")).is_some(),
    }
}
