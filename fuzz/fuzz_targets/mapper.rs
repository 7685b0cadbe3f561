//! Runs every stage of the config mapper on arbitrary TOML and JSON files and renders a template. Two runs must agree.
#![no_main]

use std::cell::Cell;
use std::path::Path;

use carbonlint::Environment;
use carbonlint::internals::mapper::{Configuration, HomeBudget, Release, Renderer, Resources};
use libfuzzer_sys::fuzz_target;

const TEMPLATE: &str =
    "{{ a }}{% for k, v in a.items() %}{{ k }}={{ v }}{% endfor %}{% for e in b %}{{ e.c }}{% endfor %}{{ a.b }}";

fuzz_target!(|data: (&str, [&str; 5], &str)| {
    let (toml, files, value) = data;
    let resources = || {
        let next = Cell::new(0);
        // `Resources::read` asks for the five files in this order.
        Resources::read(
            Path::new("/nonexistent"),
            |_| files.get(next.replace(next.get() + 1)).map(|text| (*text).to_owned()),
            |_| true,
        )
    };
    let variables = [("A".to_owned(), value.to_owned())].into();
    let properties = [("A".to_owned(), value.to_owned())].into();
    let environment = Environment::new(variables, properties);
    let release = Release::default();
    let resolve = || Configuration::resolve(toml, &resources(), &environment, &release);
    let (Some(first), Some(second)) = (resolve(), resolve()) else { return };
    assert_eq!(first.values(), second.values());
    assert_eq!(first.faults, second.faults);
    let text = |configuration: &Configuration| Renderer::new(configuration, &release, &HomeBudget::default()).render("x", TEMPLATE).text;
    assert_eq!(text(&first), text(&second));
});
