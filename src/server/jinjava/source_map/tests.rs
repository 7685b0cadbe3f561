//! Tests of source maps on small templates.

use super::*;
use crate::server::jinjava::value::{Map, Value};
use crate::server::jinjava::{Limits, Release, Template, render, render_with_source_map};

const LIMITS: Limits = Limits { steps: 1_000_000, bytes: 4 << 20 };

/// `a = 1`, `b = 2`, `on = true`, `off = false`, `list = ["x", "y"]`, `table.k = 3`, `table.l = 4`, and two elements with names and tags.
fn root() -> Value {
    let map =
        |entries: Vec<(&str, Value)>| Value::map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<Map>());
    let element =
        |name: &str| map(vec![("name", Value::text(name)), ("tags", Value::list(vec![Value::text(format!("{name}-tag"))]))]);
    map(vec![
        ("a", Value::Integer(1)),
        ("b", Value::Integer(2)),
        ("on", Value::Boolean(true)),
        ("off", Value::Boolean(false)),
        ("list", Value::list(vec![Value::text("x"), Value::text("y")])),
        ("table", map(vec![("k", Value::Integer(3)), ("l", Value::Integer(4))])),
        ("elements", Value::list(vec![element("one"), element("two")])),
    ])
}

fn path(steps: &[PathStep]) -> String {
    let parts: Vec<String> = steps
        .iter()
        .map(|step| match step {
            PathStep::Key(name) => name.to_string(),
            PathStep::Item(index) => index.to_string(),
        })
        .collect();
    parts.join(".")
}

fn paths(paths: &[Vec<PathStep>]) -> String {
    paths.iter().map(|steps| path(steps)).collect::<Vec<_>>().join("+")
}

fn mapped(template: &str) -> (String, SourceMap) {
    let release = Release::default();
    let parsed = Template::parse(template, release);
    let plain = render(&parsed, release, &root(), LIMITS);
    let (rendered, map) = render_with_source_map(&parsed, release, &root(), LIMITS);
    assert_eq!((&rendered.text, &rendered.faults), (&plain.text, &plain.faults), "recording changes nothing");
    (rendered.text, map)
}

/// Each stretch of the text, with the paths of its values, and its conditions after `if` or `for`.
fn sources(template: &str) -> Vec<String> {
    let (text, map) = mapped(template);
    let mut at = 0;
    let found = map.sources(Span::new(0, text.len())).map(|source| {
        assert_eq!(source.span.start, at, "no gaps");
        at = source.span.end;
        let mut described = source.span.of(&text).to_owned();
        if !source.printed.is_empty() {
            described = format!("{described} <- {}", paths(&source.printed));
        }
        for condition in source.conditions {
            let word = match (condition.is_loop, condition.holds) {
                (true, _) => "for",
                (false, true) => "if",
                (false, false) => "unless",
            };
            described = format!("{described} {word} {}", paths(&condition.tested));
        }
        described
    });
    let found = found.collect();
    assert_eq!(at, text.len(), "the whole text");
    found
}

#[test]
fn values_have_the_paths_that_they_are_read_from() {
    assert_eq!(sources("x{{ a }}y{{ table.k }}{{ list[1] }}"), ["x", "1 <- a", "y", "3 <- table.k", "y <- list.1"]);
    assert_eq!(sources("{{ a + b }}{{ a ~ 'x' }}"), ["3 <- a+b", "1x <- a"]);
    assert_eq!(sources("{{ missing.x|default(b) }}{{ a|default(b) }}"), ["2 <- missing.x+b", "1 <- a"]);
    assert_eq!(sources("{{ list|join(',') }}{{ list|length }}"), ["x,y <- list", "2 <- list"]);
    assert_eq!(sources("{{ a if on else b }}"), ["1 <- on+a"]);
}

#[test]
fn the_conditions_around_a_text_are_known() {
    assert_eq!(sources("{% if on %}x{% else %}y{% endif %}z"), ["x if on", "z"]);
    assert_eq!(sources("{% if off %}x{% elif a == 1 %}y{% endif %}"), ["y unless off if a"]);
    assert_eq!(sources("{% if missing is defined %}x{% else %}y{% endif %}"), ["y unless missing"]);
    assert_eq!(sources("{% if on %}{% if a == 1 %}{{ b }}{% endif %}{% endif %}"), ["2 <- b if on if a"]);
}

#[test]
fn items_of_loops_have_their_own_paths() {
    assert_eq!(sources("{% for x in list %}{{ x }}{% endfor %}"), ["x <- list.0 for list", "y <- list.1 for list"]);
    assert_eq!(
        sources("{% for k, v in table.items() %}{{ k }}{{ v }}{% endfor %}"),
        ["k <- table.k for table", "3 <- table.k for table", "l <- table.l for table", "4 <- table.l for table"]
    );
    assert_eq!(
        sources("{% for e in table.items() %}{{ e.value }}{% endfor %}"),
        ["3 <- table.k for table", "4 <- table.l for table"]
    );
    assert_eq!(
        sources("{% for e in elements %}{{ e.name }}{% for t in e.tags.toList() %}{{ t }}{% endfor %}{% endfor %}")[..2],
        ["one <- elements.0.name for elements", "one-tag <- elements.0.tags.0 for elements for elements.0.tags"]
    );
}

#[test]
fn assigned_values_keep_their_paths() {
    assert_eq!(sources("{% set x = table.k %}{{ x }}"), ["3 <- table.k"]);
    assert_eq!(sources("{% set e = elements[1] %}{{ e.name }}"), ["two <- elements.1.name"]);
    assert_eq!(sources("{% set l = [] %}{% do l.append(a) %}{{ l|join('') }}"), ["1 <- a"]);
    assert_eq!(
        sources("{% set l = [] %}{% for e in elements %}{% do l.append(e) %}{% endfor %}{{ l[1].name }}"),
        ["two <- elements.1.name+elements+elements.0+elements.1"]
    );
}

#[test]
fn conditions_around_an_assignment_decide_the_value() {
    assert_eq!(sources("{% if on %}{% set x = 'p' %}{% endif %}{{ x }}"), ["p <- on"]);
    assert_eq!(sources("{% set x = 'p' %}{% if off %}{% set x = 'q' %}{% endif %}{{ x }}"), ["p <- off"]);
    assert_eq!(sources("{% if off %}{% set x = 'q' %}{% endif %}{% if x %}1{% else %}2{% endif %}"), ["2 unless off+x"]);
}

#[test]
fn the_text_of_a_macro_keeps_its_parts() {
    assert_eq!(
        sources("{% macro m(p) %}<{{ p }}>{% endmacro %}{{ m(a) }}{{ m(table.k) }}"),
        ["<", "1 <- a", ">", "<", "3 <- table.k", ">"]
    );
    assert_eq!(sources("{% macro m(p) %}{% if p %}x{% endif %}{% endmacro %}{% if m(a) == 'x' %}y{% endif %}"), ["y if a"]);
    assert_eq!(sources("{% set s %}x{{ a }}{% endset %}{{ s }}"), ["x", "1 <- a"]);
}

#[test]
fn spans_of_the_template_are_those_of_the_text() {
    let template = "p\n  {%- if on -%}  q {{ a }}{% endif %}";
    let (text, map) = mapped(template);
    let written: Vec<&str> = map.sources(Span::new(0, text.len())).map(|source| source.template.of(template)).collect();
    assert_eq!(written, ["p", "q ", "{{ a }}"]);
}

#[test]
fn a_key_is_found_where_it_is_printed_and_where_it_decides() {
    let (text, map) = mapped("{{ a }}{% if a == 1 %}yes{% endif %}{% if off %}no{% endif %}");
    let found = |key: &str| {
        let places = map.places(|steps, _| path(steps) == key);
        places.into_iter().map(|place| (place.span.of(&text).to_owned(), place.effect)).collect::<Vec<_>>()
    };
    assert_eq!(found("a"), [("1".to_owned(), Effect::Printed), ("yes".to_owned(), Effect::Decides)]);
    assert_eq!(found("off"), [(String::new(), Effect::Decides)]);
    assert_eq!(found("b"), []);
}
