//! Tests of what templates are found to read.

use super::*;
use crate::server::jinjava::{Release, Template};
use crate::server::mapper::key_path;

fn read(text: &str) -> KeyUsage {
    let mut usage = KeyUsage::default();
    usage.add(0, &Template::parse(text, Release::Since27));
    usage
}

fn kinds(text: &str, key: &str) -> Vec<UseKind> {
    read(text).uses(&key_path::parse(key)).into_iter().map(|used| used.kind.clone()).collect()
}

#[test]
fn printing_and_testing_are_different_uses() {
    assert_eq!(kinds("{{ a.b }}", "a.b"), [UseKind::Printed]);
    assert_eq!(
        kinds("{% if a.b is defined and a.b is sameas true %}{% endif %}", "a.b"),
        [UseKind::Defined, UseKind::SameAs(true)]
    );
    assert_eq!(kinds("{% if not a.b %}{% endif %}", "a.b"), [UseKind::Truth]);
    assert_eq!(
        kinds("{% if a.b == 'x' %}{% elif a.b == true %}{% endif %}", "a.b"),
        [UseKind::EqualsText("x".into()), UseKind::EqualsBoolean(true)]
    );
    assert!(kinds("{{ a.b }}", "a.c").is_empty());
    assert!(kinds("{% if a is defined %}{% endif %}", "a.c").is_empty());
}

#[test]
fn a_loop_reads_elements_through_its_name() {
    let text = "{% for e in a.list %}{{ e.name }}{% for f in e.inner %}{{ f }}{% endfor %}{% endfor %}";
    assert_eq!(kinds(text, "a.list"), [UseKind::Looped]);
    assert_eq!(kinds(text, "a.list[].name"), [UseKind::Printed]);
    assert_eq!(kinds(text, "a.list[].inner[]"), [UseKind::Printed]);
    assert!(kinds(text, "a.list[].other").is_empty());
    assert!(kinds("{% for a in b %}{{ a.x }}{% endfor %}", "a.x").is_empty());
}

#[test]
fn a_loop_over_items_reads_every_key() {
    let text = "{% for k, v in a.items() %}{{ k }}={{ v }}{% endfor %}";
    assert!(kinds(text, "a.anything").contains(&UseKind::Printed));
    assert!(kinds(text, "a.anything.deeper").contains(&UseKind::Printed));
    assert!(kinds(text, "b.anything").is_empty());
    let text = "{% for k, v in a.items() %}{% if v.enable %}{{ v.port }}{% endif %}{% endfor %}";
    assert_eq!(kinds(text, "a.x.enable"), [UseKind::Truth]);
    assert!(kinds(text, "a.x.other").is_empty());
    let text = "{% for e in a.items() %}{{ e.key }}{{ e.value.port }}{% endfor %}";
    assert_eq!(kinds(text, "a.x.port"), [UseKind::Printed]);
}

#[test]
fn names_are_followed_through_set_macros_and_filters() {
    assert_eq!(kinds("{% set x = a.b %}{{ x.c }}", "a.b.c"), [UseKind::Printed]);
    assert_eq!(kinds("{% macro m(p) %}{{ p.c }}{% endmacro %}{{ m(a.b) }}", "a.b.c"), [UseKind::Printed]);
    assert_eq!(kinds("{{ a.b|default('x') }}", "a.b"), [UseKind::Printed]);
    assert_eq!(kinds("{{ a.b|join(',') }}", "a.b"), [UseKind::Listed]);
    assert_eq!(kinds("{{ a|map(attribute='n')|join(',') }}", "a[].n"), [UseKind::Listed]);
    assert_eq!(kinds("{{ a['b.c'] }}", "a.b.c"), Vec::<UseKind>::new());
    assert_eq!(read("{{ a['b.c'] }}").uses(&key_path::parse("a.'b.c'")).len(), 1);
}

#[test]
fn nested_loops_do_not_multiply_without_limit() {
    let names: Vec<String> = (0..60).map(|number| format!("n{number}")).collect();
    let heads: Vec<String> = names.windows(2).map(|pair| format!("{{% for {} in {} %}}", pair[1], pair[0])).collect();
    let open = heads.concat();
    let text = format!("{open}{{{{ n59.x }}}}{}", "{% endfor %}".repeat(59));
    assert!(read(&text).paths().len() < 10_000);
    let sets: String = (0..60).map(|_| "{% set a = [a.b, a.c] %}").collect();
    assert!(read(&format!("{sets}{{% for e in a %}}{{{{ e }}}}{{% endfor %}}")).paths().len() < 10_000);
}

#[test]
fn what_a_template_adds_to_its_own_list_can_come_out_anywhere() {
    let text = "{% set l = [] %}{% for e in a %}{% do l.append(e) %}{% endfor %}{% for e in l %}{{ e.x }}{% endfor %}";
    assert!(!kinds(text, "a[].x").is_empty());
}
