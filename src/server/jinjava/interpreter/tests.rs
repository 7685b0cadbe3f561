//! Tests of whole templates.

use std::rc::Rc;

use super::*;
use crate::server::jinjava::value::Map;

const LIMITS: Limits = Limits { steps: 1_000_000, bytes: 4 << 20 };

fn root() -> Value {
    let list = |texts: &[&str]| Value::list(texts.iter().map(|text| Value::text(*text)).collect());
    let entry = |name: &str, value: Value| (Rc::from(name), value);
    Value::map(Map::from([
        entry("t", Value::Boolean(true)),
        entry("s", Value::text("abc")),
        entry("csv", Value::text("a,b,,c,,")),
        entry("ls", list(&["a", "b", "c"])),
        entry("m", Value::map(Map::from([entry("k", Value::text("v"))]))),
    ]))
}

/// The printed text, or the effect of the worst fault.
fn shown(template: &str, release: Release) -> Result<String, Effect> {
    let rendered = render(&Template::parse(template, release), release, &root(), LIMITS);
    match rendered.faults.iter().map(|fault| fault.effect).max() {
        Some(effect @ (Effect::Fatal | Effect::Unsupported)) => Err(effect),
        _ => Ok(rendered.text),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (template, expected) in cases {
        assert_eq!(shown(template, Release::Since27).as_deref(), Ok(*expected), "{template}");
    }
}

#[test]
fn a_test_before_if_or_else_has_no_argument() {
    check(&[
        ("{{ 'a' if undef is defined else s }}", "abc"),
        ("{{ s if s is defined else undef }}", "abc"),
        ("{{ t ? 1 else 2 }}", "1"),
    ]);
    assert_eq!(shown("{{ 1 if t : 2 }}", Release::Since27), Err(Effect::Fatal));
}

#[test]
fn an_unknown_test_or_filter_is_null_and_the_expression_goes_on() {
    check(&[
        ("{{ not (s is nosuch) }}{{ (s is not nosuch) ~ 'a' }}", "truea"),
        ("{{ s|nosuch|default('q') }}{{ (s|nosuch) or 'x' }}", "qx"),
    ]);
}

#[test]
fn a_recursive_call_does_not_evaluate_its_arguments() {
    check(&[("{% macro f(n) %}{{ n }}{{ f(-ls) }}{% endmacro %}{{ f(1) }}", "1")]);
}

#[test]
fn before_2_6_a_comma_in_parentheses_makes_a_tuple() {
    let template = "{{ (s.replace('a','b')) }}";
    assert_eq!(shown(template, Release::Since25).as_deref(), Ok("[bbc]"));
    assert_eq!(shown(template, Release::Since26).as_deref(), Ok("bbc"));
}

#[test]
fn comparisons_do_not_chain() {
    check(&[("{{ 1 < 2 == true }}{{ (1 < 2) in [true] }}", "truetrue")]);
    for template in ["{{ 1 < 2 < 3 }}", "{{ 1 in [1] in [true] }}", "{{ 1 in [1] not in [true] }}", "{{ 1 not in [1] > 2 }}"] {
        assert_eq!(shown(template, Release::Since27), Err(Effect::Fatal), "{template}");
    }
}

#[test]
fn defaults_are_evaluated_where_the_macro_is_defined() {
    check(&[
        ("{% macro f(a=s) %}{{ a }}{% endmacro %}{% set s = 'new' %}{{ f() }}", "abc"),
        ("{% macro f(a=[1,2]) %}{{ a }}{% endmacro %}{{ f() }}", "[1, 2]"),
        ("{% macro f(a, b) %}{{ a }}-{{ b }}{% endmacro %}{{ f(b=1) }}{{ f(1,a=2) }}", "-12-"),
        ("{% for x in ls %}{% macro f() %}{{ x }}{% endmacro %}{{ f() }}{% endfor %}", "abc"),
    ]);
    let outside = "{% for x in ls %}{% macro f() %}{{ x }}{% endmacro %}{% endfor %}{{ f() }}";
    assert_eq!(shown(outside, Release::Since27), Err(Effect::Fatal));
    assert_eq!(shown("{% macro f(a=')') %}{{ a }}{% endmacro %}{{ f() }}", Release::Since27), Err(Effect::Fatal));
}

#[test]
fn a_macro_of_the_outermost_scope_prefers_the_configuration_to_a_loop_variable() {
    check(&[("{% macro f() %}{{ s }}{% endmacro %}{% for s in ls %}{{ f() }}{{ s }}{% endfor %}", "abcaabcbabcc")]);
}

#[test]
fn only_the_outermost_scope_overrides_the_configuration_with_null() {
    check(&[("{% set s = null %}{{ s }}|", "|"), ("{% for x in ls %}{% set s = null %}{{ s }}{% endfor %}", "abcabcabc")]);
}

#[test]
fn only_a_namespace_can_be_changed_by_set() {
    check(&[("{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ ns.a }}", "2"), ("{% set m.k = 1 %}{{ m.k }}", "v")]);
}

#[test]
fn negative_slice_bounds_count_from_the_end() {
    check(&[
        ("{{ ls[-1:] }}{{ ls[0:-1] }}{{ ls[:2] }}{{ ls[2:9] }}", "[c][a, b][a, b][c]"),
        ("{{ s[-1:] }}{{ s[0:-1] }}|{{ s[2:1] }}|", "cab||"),
        ("{{ ls[undef:2] }}", "[]"),
        ("{{ undef['a':] }}{{ not undef[0:1] }}", ""),
    ]);
    assert_eq!(shown("{{ m[0:1] }}", Release::Since27), Err(Effect::Fatal));
}

#[test]
fn the_method_split_returns_an_array() {
    check(&[
        ("{{ csv.split(',')[1] }}{{ csv.split(',')|length }}{{ csv.split(',')|join('-') }}", "b4a-b--c"),
        ("{{ 'b' in csv.split(',') }}{{ 'b' in csv.split(',')|list }}", "falsetrue"),
        ("{% for x in csv.split(',') %}{{ x }};{% endfor %}", "a;b;;c;"),
    ]);
    assert_eq!(shown("{{ csv.split(',').toList() }}", Release::Since27), Err(Effect::Fatal));
    assert_eq!(shown("{{ csv.split(',') }}", Release::Since27), Err(Effect::Unsupported));
}

#[test]
fn filters_for_strings_do_not_change_other_values() {
    check(&[
        ("{{ ls|upper }}{{ t|capitalize }}{{ s|upper }}", "[a, b, c]trueABC"),
        ("{{ undef|trim }}{{ t|reverse }}{{ '2.5'|int }}{{ '2.5'|float }}", "nulltrue22.5"),
        ("{{ '<\"'|escape }}{{ 'aaa'|replace('a','b',2) }}", "&lt;&quot;bba"),
    ]);
    assert_eq!(shown("{{ s|abs }}", Release::Since27), Err(Effect::Fatal));
}

#[test]
fn faults_in_a_printed_value_do_not_quote_it() {
    for value in [
        "{{ hunter hunter2 }}",
        "{% hunter2 %}",
        "{{ hunter2() }}",
        "{% if hunter2 %}",
        "{% cycle hunter2 %}",
        "{{ ''|hunter2 }}",
    ] {
        let root = Value::map(Map::from([(Rc::from("password"), Value::text(value))]));
        let template = Template::parse("x {{ password }}", Release::Since27);
        let faults = render(&template, Release::Since27, &root, LIMITS).faults;
        assert!(!faults.is_empty(), "{value}");
        for fault in faults {
            assert!(!fault.message.contains("hunter"), "{}", fault.message);
            assert_eq!((fault.span.start, fault.span.end), (2, 16));
        }
    }
}

#[test]
fn tags_can_be_misspelled_or_incomplete() {
    check(&[
        ("{% IF t %}a{% EndIf %}", "a"),
        ("{% for in ls %}a{% endfor %}", "aaa"),
        ("{% for x in %}a{% endfor %}", ""),
        ("{% if undef %}a{% elif %}b{% endif %}", ""),
        ("a{% endif %}b", "ab"),
    ]);
    for template in ["{% endnosuch %}", "{% block %}x{% endblock %}", "{% set = 1 %}", "{{ () }}", "{{ range() }}"] {
        assert_eq!(shown(template, Release::Since27), Err(Effect::Fatal), "{template}");
    }
}

#[test]
fn whitespace_control_of_tags_without_an_end_depends_on_the_release() {
    for (template, before, since) in [
        ("{% if undef -%}  x{% else -%}  y{% endif %}", "  y", "y"),
        ("a  {%- print s -%}  b", "aabc  b", "aabcb"),
        ("a {%- endif -%} b", "a b", "ab"),
        ("a\n {# c #} {%- if t %}{% endif %}", "a", "a"),
    ] {
        assert_eq!(shown(template, Release::Since26).as_deref(), Ok(before), "{template}");
        assert_eq!(shown(template, Release::Since27).as_deref(), Ok(since), "{template}");
    }
    // Before 2.6, a comment separates texts.
    assert_eq!(shown("a\n {# c #} {%- if t %}{% endif %}", Release::Since25).as_deref(), Ok("a\n "));
    check(&[("x\u{a0} {%- if t %}y{% endif %}", "x\u{a0}y")]);
}

#[test]
fn before_2_6_comparisons_chain_and_in_2_4_tests_take_the_rest() {
    assert_eq!(shown("{{ 3 > 2 == true }}{{ 1 in [1] in [true] }}", Release::Since25).as_deref(), Ok("truetrue"));
    let template = "{% for x in ls + undef.a %}{{ x }};{% endfor %}";
    assert_eq!(shown(template, Release::Until24).as_deref(), Ok("a;b;c;;"));
    assert_eq!(shown("{% for x in ls if t else ls %}{{ x }}{% endfor %}", Release::Until24), Err(Effect::Unsupported));
    let template = "{{ t is not sameas true && undef }}";
    assert_eq!(shown(template, Release::Until24).as_deref(), Ok("true"));
    assert_eq!(shown(template, Release::Since25).as_deref(), Ok("false"));
}

#[test]
fn jinjava_2_4_lacks_tests_methods_and_tags() {
    for template in
        ["{{ 1 not in ls }}", "{{ s is eq 'abc' }}", "{{ ls.pop() }}", "{{ namespace() }}", "{% set x %}a{% endset %}"]
    {
        assert_eq!(shown(template, Release::Until24), Err(Effect::Fatal), "{template}");
        assert!(shown(template, Release::Since27).is_ok(), "{template}");
    }
    let cases =
        [("{{ 'k' in m }}", "false"), ("{{ 1 is integer }}", ""), ("{% for a,b in [['p','q']] %}{{ a }};{% endfor %}", ";")];
    for (template, expected) in cases {
        assert_eq!(shown(template, Release::Until24).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn hostile_templates_reach_a_limit() {
    let deep =
        |open: &str, middle: &str, close: &str, times: usize| format!("{}{middle}{}", open.repeat(times), close.repeat(times));
    let towers = "{% set a = [] %}{% set b = [] %}".to_owned() + &"{% set a = [a,a] %}{% set b = [b,b] %}".repeat(60);
    let thousands = "{% for x in range(1000) %}{% for y in range(1000) %}{% for z in range(1000) %}";
    let loops = |body: &str| format!("{thousands}{body}{}", "{% endfor %}".repeat(3));
    let defined = |at: usize| {
        let call = deep("(1 + ", &format!("f{}()", at + 1), ")", 38);
        format!("{{% macro f{at}() %}}{{{{ {call} }}}}{{% endmacro %}}")
    };
    let macros = (0..200).map(defined).collect::<Vec<_>>().concat();
    for template in [
        format!("{{{{ {} }}}}", deep("(", "1", ")", 5000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(5000)),
        deep("{% if t %}", "x", "{% endif %}", 5000),
        format!("{macros}{{{{ f0() }}}}"),
        format!("{towers}{{{{ a == b }}}}{{{{ a.contains(b) }}}}{{{{ a|unique|length }}}}"),
        "{% set l = ['x'] %}".to_owned() + &loops("{% do l.extend(l) %}"),
        "{% set l = [] %}".to_owned() + &loops("{% do l.append(l.size()) %}{% if l.contains(-1) %}{% endif %}"),
        "{% set s = 'x' %}".to_owned() + &loops("{% set s = s ~ s %}"),
        "{% set e = {'a': 1} %}".to_owned() + &loops("{% set e = {'a': e.items()} %}"),
        "{% set e = [1] %}".to_owned() + &loops("{% set e = [e]|reverse %}"),
        "{% set m = {} %}".to_owned() + &loops("{% do m.put(x ~ y ~ z, [m.size()]) %}"),
    ] {
        let rendered = render(&Template::parse(&template, Release::Since27), Release::Since27, &root(), LIMITS);
        let worst = rendered.faults.iter().map(|fault| fault.effect).max();
        assert_eq!(worst, Some(Effect::Unsupported), "{}", &template[..template.len().min(120)]);
    }
}

/// The text that a template sets `s` to: `unit` doubled this many times.
fn doubled(unit: &str, times: usize) -> String {
    format!("{{% set s = '{unit}' %}}{}", "{% set s = s ~ s %}".repeat(times))
}

#[test]
fn every_operation_counts_in_proportion_to_what_it_reads() {
    let map = "{% set m = {} %}{% for x in range(N) %}{% do m.put(x ~ '', x) %}{% endfor %}";
    let list = "{% set l = [] %}{% for x in range(N) %}{% do l.append(x) %}{% endfor %}";
    for (unit, operation) in [
        ("x", "s[0:1]"),
        ("x", "s[-1:]"),
        ("x", "s < r"),
        ("x", "s == r"),
        ("x", "r in s"),
        ("x", "'y' in s"),
        ("x", "s is lower"),
        ("x", "s is eq r"),
        (" ", "s.blank"),
        (" ", "s['blank']"),
        ("1", "-s"),
        ("x", "s.length()"),
        ("x", "s.contains('y')"),
        ("x", "s.equals(r)"),
        ("x", "s|length"),
        ("x", "s|upper"),
        ("x", "m[s]"),
    ] {
        let steps = |times| {
            let template = format!("{}{{% set r = s ~ '' %}}{{% do {operation} %}}", doubled(unit, times));
            let all = render(&Template::parse(&template, Release::Since27), Release::Since27, &root(), LIMITS).used.steps;
            let without = template.replace(&format!("{{% do {operation} %}}"), "");
            all - render(&Template::parse(&without, Release::Since27), Release::Since27, &root(), LIMITS).used.steps
        };
        let (short, long) = (steps(10), steps(17));
        assert!(long - short >= 1200, "{operation}: {short} steps, {long} for 129 thousand bytes more");
    }
    for (collection, operation) in [
        (map, "m.containsValue('q')"),
        (map, "m.remove('q')"),
        (map, "m.items()"),
        (map, "m == {}"),
        (list, "null in l"),
        (list, "l.contains('q')"),
        (list, "l[0:900]"),
        (list, "l|first"),
        (list, "l|map(attribute='a.b')"),
    ] {
        let steps = |count: &str| {
            let template = format!("{collection}{{% do {operation} %}}").replace('N', count);
            let all = render(&Template::parse(&template, Release::Since27), Release::Since27, &root(), LIMITS).used.steps;
            let without = template.replace(&format!("{{% do {operation} %}}"), "");
            all - render(&Template::parse(&without, Release::Since27), Release::Since27, &root(), LIMITS).used.steps
        };
        let (short, long) = (steps("10"), steps("1000"));
        assert!(long - short >= 130, "{operation}: {short} steps, {long} for 990 items more");
    }
}

#[test]
fn what_would_be_too_large_is_not_made() {
    for (times, operation) in [
        (17, "s.replace('x', s)"),
        (17, "s|replace('x', s)"),
        (17, "range(1000)|join(s)"),
        (17, "range(1000)|map(attribute=s.replace('x', 'a.'))"),
        (12, "[s, s, s, s, s, s, s, s, s, s]|join(s)|replace('x', s)"),
        (20, "s|list"),
        (20, "s.split('')"),
        (20, "s.split('x')"),
        (20, "s|split('x')"),
    ] {
        let template = format!("{}{{% set t = {operation} %}}", doubled("x", times));
        let rendered = render(&Template::parse(&template, Release::Since27), Release::Since27, &root(), LIMITS);
        let messages: Vec<&str> = rendered.faults.iter().map(|fault| fault.message.as_str()).collect();
        let is_stopped = messages == ["the template needs too much memory"] || messages == ["the template takes too many steps"];
        assert!(is_stopped, "{operation}: {messages:?}");
    }
}

#[test]
fn tags_that_are_nested_too_deeply_are_one_fault() {
    for (open, close) in [("{% if t %}", "{% endif %}"), ("{% for x in ls %}", "{% endfor %}"), ("{% raw2 %}{% if t %}", "")] {
        for closed in [0, 1] {
            let text = format!("{}x{}y", open.repeat(5000), close.repeat(5000 * closed));
            let template = Template::parse(&text, Release::Since27);
            let deep = template.faults.iter().filter(|fault| fault.message.contains("too deeply")).count();
            assert_eq!(deep, 1, "{open}");
            assert!(template.faults.len() <= 101, "{open}: {}", template.faults.len());
        }
    }
    // What follows the tags is read again.
    let text = format!("{}{}{{{{ s }}}}", "{% if t %}".repeat(200), "{% endif %}".repeat(200));
    assert_eq!(Template::parse(&text, Release::Since27).nodes.len(), 2);
}

#[test]
fn faults_are_kept_up_to_a_limit_with_the_first_that_counts() {
    let template = Template::parse(&("{% endif %}".repeat(3000) + "{% endif %}{% block %}{% if t %}"), Release::Since27);
    let rendered = render(&template, Release::Since27, &root(), LIMITS);
    assert_eq!(rendered.faults.len(), 1001);
    assert_eq!(rendered.faults.last().map(|fault| fault.effect), Some(Effect::Fatal));
}

#[test]
fn a_template_in_a_value_counts_too() {
    let value = format!(
        "{}{{% for x in range(1000) %}}{{% for y in range(1000) %}}{{% set t = s[0:1] %}}{{% endfor %}}{{% endfor %}}",
        doubled("x", 10)
    );
    let root = Value::map(Map::from([(Rc::from("v"), Value::text(value))]));
    let rendered = render(&Template::parse("a {{ v }}", Release::Since27), Release::Since27, &root, LIMITS);
    assert_eq!(rendered.faults.len(), 1);
    assert_eq!((rendered.faults[0].span.start, rendered.faults[0].effect), (2, Effect::Unsupported));
    // Its text is parsed each time.
    let steps = |len: usize| {
        let root = Value::map(Map::from([(Rc::from("v"), Value::text(format!("{{# {} #}}{{{{ 1 }}}}", "x".repeat(len))))]));
        render(&Template::parse("{{ v }}", Release::Since27), Release::Since27, &root, LIMITS).used.steps
    };
    assert!(steps(100_000) - steps(1000) >= 24_000);
}
