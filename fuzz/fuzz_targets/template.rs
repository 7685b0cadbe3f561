//! Parses an arbitrary template, collects its key usage and renders it. Rendering must keep to its limits, and two runs must agree.
#![no_main]

use std::rc::Rc;

use carbonlint::internals::jinjava::{Limits, Map, Release, Template, Value, render};
use carbonlint::internals::mapper::KeyUsage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for release in [Release::Until24, Release::Since26, Release::Since27] {
        let template = Template::parse(text, release);
        let mut reading = KeyUsage::default();
        reading.add(0, &template);
        let limits = Limits { steps: 20_000, bytes: 1 << 20 };
        let first = render(&template, release, &values(), limits);
        let second = render(&template, release, &values(), limits);
        assert_eq!(first.text, second.text);
        assert_eq!(first.faults, second.faults);
        assert!(first.text.len() <= limits.bytes);
        for fault in &first.faults {
            assert!(fault.span.start <= fault.span.end, "{fault:?}");
        }
    }
});

/// One value of each kind under the names `a` to `f`. A template can change them, so each rendering gets new ones.
fn values() -> Value {
    let name = |name: &str| Rc::from(name);
    let inner = Map::from([(name("x"), Value::Integer(1)), (name("y"), Value::text("{{ a }}"))]);
    let list = vec![Value::text("p"), Value::Null, Value::map(inner.clone())];
    Value::map(Map::from([
        (name("a"), Value::text("text")),
        (name("b"), Value::Boolean(true)),
        (name("c"), Value::Double(1.0e7)),
        (name("d"), Value::list(list)),
        (name("e"), Value::map(inner)),
        (name("f"), Value::Integer(-3)),
    ]))
}
