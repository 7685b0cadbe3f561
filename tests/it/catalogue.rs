//! The catalogue has every product and every port that the documentation names.

use std::collections::BTreeSet;

use carbonlint::Listener;
use carbonlint::internals::{catalog, listeners_of_product};
use serde::Deserialize;

use crate::support::fixture;
use carbonlint::internals::mapper::known_keys;

#[derive(Deserialize)]
struct Documented {
    product: Vec<Page>,
    common: Vec<Common>,
}

#[derive(Deserialize)]
struct Page {
    id: String,
    document: String,
    ports: Vec<u16>,
}

#[derive(Deserialize)]
struct Common {
    ports: Vec<u16>,
}

fn documented() -> Documented {
    toml::from_str(&std::fs::read_to_string(fixture("documented-ports.toml")).expect("the documented ports")).expect("valid TOML")
}

/// Every port number in the listing of a product: with the offset, without it, and as documented.
fn listed(id: &str) -> BTreeSet<u16> {
    let product = catalog().product(id).unwrap_or_else(|| panic!("{id} is not in the catalogue"));
    let numbers = |listener: Listener| [listener.port(), listener.base, listener.documented_port.map(i64::from)];
    let listeners = listeners_of_product(product, None, None, None);
    listeners.into_iter().flat_map(numbers).flatten().filter_map(|port| u16::try_from(port).ok()).collect()
}

#[test]
fn every_documented_port_is_listed_for_its_product() {
    let mut missing = Vec::new();
    for page in documented().product {
        let listed = listed(&page.id);
        missing.extend(
            page.ports
                .iter()
                .filter(|port| !listed.contains(port))
                .map(|port| format!("{} ({}): {port}", page.id, page.document)),
        );
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn common_ports_are_listed_for_every_carbon_4_product() {
    let common: Vec<u16> = documented().common.into_iter().flat_map(|common| common.ports).collect();
    assert!(common.contains(&9443) && common.contains(&45564), "{common:?}");
    // Micro Integrator and Analytics have neither a servlet container nor Hazelcast, but list these ports as never opened.
    // Integration Control Plane is not a Carbon 4 product: it has no carbon.xml.
    for product in catalog().products.iter().filter(|product| product.id != "integration-control-plane") {
        let listed = listed(&product.id);
        let missing: Vec<&u16> = common.iter().filter(|port| !listed.contains(port)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", product.id);
    }
}

#[test]
fn random_ports_are_listed() {
    for id in ["api-manager", "identity-server", "enterprise-service-bus"] {
        let product = catalog().product(id).expect("a product");
        let random: Vec<String> = listeners_of_product(product, None, None, None)
            .into_iter()
            .filter(|listener| listener.random)
            .map(|listener| listener.id)
            .collect();
        assert_eq!(random, ["jvm-jmx", "syslog-udp"], "{id}");
    }
}

#[test]
fn conditions_are_about_keys_that_a_product_reads() {
    let schemas: Vec<_> =
        known_keys::products().into_iter().filter_map(|(product, _)| known_keys::of_product(product, None)).collect();
    let is_read = |key: &str| schemas.iter().any(|schema| schema.is_read(key));
    let mut checked = 0;
    for rule in carbonlint::rules() {
        // One that asks whether the key is read is about keys that are not.
        for key in rule.when.iter().filter(|when| when.read.is_none()).flat_map(|when| &when.key) {
            assert!([".shared_db", ".tls"].iter().any(|table| is_read(&key.replace(".*", table))), "{}: {key}", rule.name);
            checked += 1;
        }
    }
    assert!(checked >= 20, "{checked}");
}
