//! Hostile templates: each command ends at a limit that is a number of steps, says where, and goes on with the rest.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::support::Folder;

const TEMPLATES: &str = "repository/resources/conf/templates/repository/conf";

/// A million steps: each slice reads a string of a kilobyte.
const SLICES: &str = "{% for x in range(1000) %}{% for y in range(1000) %}{% set t = s[0:1] %}{% endfor %}{% endfor %}";

fn doubled(times: usize) -> String {
    format!("{{% set s = 'x' %}}{}", "{% set s = s ~ s %}".repeat(times))
}

/// The texts for all numbers, one after the other.
fn each(numbers: RangeInclusive<usize>, text: impl Fn(usize) -> String) -> String {
    numbers.map(text).collect::<Vec<_>>().concat()
}

/// A home of API Manager with these keys and templates.
fn home(toml: &str, templates: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    folder.write("home/bin/api-manager.sh", "#!/bin/sh\n$JAVACMD -Dcarbon.home=x org.wso2.carbon.bootstrap.Bootstrap $*\n");
    folder.write("home/bin/wso2carbon-version.txt", "WSO2 API Manager v4.5.0\n");
    folder.write("home/repository/conf/deployment.toml", toml);
    for (name, text) in templates {
        folder.write(format!("home/{TEMPLATES}/{name}.j2"), text);
    }
    folder
}

/// The findings of `template-fails` as `lint` shows them: the template without its folders, and the message.
fn findings(folder: &Folder) -> Vec<String> {
    let report = folder.json(&["lint", "home", "--select", "template-fails,unknown-key,xml-unescaped-value"]);
    let diagnostics = report["diagnostics"].as_array().expect("a list").iter();
    let shown = diagnostics.map(|found| {
        let file = found["file"].as_str().expect("a path").rsplit('/').next().unwrap_or_default();
        let start = &found["range"]["start"];
        format!("{file}:{}:{}: {}", start["line"], start["column"], found["message"].as_str().expect("a text"))
    });
    shown.collect()
}

/// The states of the files that `render` renders.
fn states(folder: &Folder) -> BTreeMap<String, String> {
    let report = folder.json(&["render", "home"]);
    let files = report["files"].as_array().expect("a list").iter();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    files.map(|file| (text(&file["path"]).replace("repository/conf/", ""), text(&file["state"]))).collect()
}

const TOML: &str = "[server]\nhostname = \"localhost\"\n";

#[test]
fn all_templates_of_a_home_have_one_budget() {
    let hostile = doubled(10) + SLICES;
    let names: Vec<String> = (1..=8).map(|number| format!("hostile{number}.xml")).collect();
    let mut templates: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), hostile.as_str())).collect();
    templates.extend([("carbon.xml", "<a>{{ server.hostname }}</a>\n"), ("last.xml", "<a>{{ server.hostname }}</a>\n")]);
    let folder = home(TOML, &templates);
    let unknown = "what the server writes here is unknown";
    let column = doubled(10).len() + SLICES.find("s[0:1]").expect("a slice") + 1;
    let expected: Vec<String> = (1..=4)
        .map(|number| format!("hostile{number}.xml.j2:1:{column}: {unknown}: the template takes too many steps"))
        .chain((5..=8).map(|number| {
            format!("hostile{number}.xml.j2:1:1: {unknown}: the templates of this home take too many steps altogether")
        }))
        .chain([format!("last.xml.j2:1:1: {unknown}: the templates of this home take too many steps altogether")])
        .collect();
    assert_eq!(findings(&folder), expected);
    let states = states(&folder);
    assert_eq!(states["carbon.xml"], "new", "{states:?}");
    assert!(states.iter().all(|(file, state)| file == "carbon.xml" || state == "failed"), "{states:?}");
}

#[test]
fn a_template_in_a_value_has_the_limits_of_its_template() {
    let toml = format!("[server]\nhostname = \"{}{SLICES}\"\n", doubled(10));
    let folder = home(&toml, &[("carbon.xml", "<a>{{ server.hostname }}</a>\n"), ("other.xml", "<a>b</a>\n")]);
    // The tags can also be those of a deployment tool, so the rules take the value for unknown.
    assert_eq!(findings(&folder), [""; 0]);
    let states = states(&folder);
    assert_eq!((states["carbon.xml"].as_str(), states["other.xml"].as_str()), ("failed", "new"));
    for command in [&["get", "home"][..], &["get", "home", "server.hostname"], &["ports", "home"], &["schema", "home"]] {
        let run = folder.run(command);
        assert!(run.code.is_some_and(|code| code < 2), "{command:?}: {run:?}");
    }
    let run = folder.run(&["trace", "home", "carbon.xml:1"]);
    assert!(run.err.starts_with("error: `repository/conf/carbon.xml` cannot be traced: the printed value"), "{run:?}");
}

#[test]
fn what_a_template_reads_is_followed_up_to_a_limit() {
    // Each loop doubles what its name can refer to.
    let loops = each(1..=8, |depth| format!("{{% for x{depth} in x{} %}}", depth - 1));
    let text = format!("{loops}{}{}", "{{ x8.a.b.c.d.e.f }}".repeat(2000), "{% endfor %}".repeat(8));
    let folder =
        home("[server]\nhostname = \"localhost\"\nhostnam = \"x\"\n", &[("a.xml", &text), ("b.xml", "{{ server.hostname }}")]);
    let found = findings(&folder);
    assert_eq!(found.len(), 1, "no key is called unknown: {found:?}");
    assert!(found[0].starts_with("a.xml.j2:1:"), "{found:?}");
    assert!(found[0].ends_with("which keys the template reads from here on is unknown: it takes too many steps"), "{found:?}");
    let run = folder.run(&["schema", "home"]);
    assert_eq!(
        run.err,
        format!("warning: home/{TEMPLATES}/a.xml.j2: takes too many steps, so keys that it reads can be missing\n")
    );
    assert!(run.out.contains("\"hostname\""), "{}", run.out);
    // Parts inside parts are looked at once.
    let nested = format!("{{{{ {}server.hostname{} }}}}", "(".repeat(40), " in ['a', 'b'])".repeat(40));
    let added = format!("{{% do l.append({}server.hostname{}) %}}", "l.append(".repeat(40), ")".repeat(40));
    let folder = home(TOML, &[("a.xml", &nested), ("b.xml", &added)]);
    assert!(!folder.run(&["lint", "home"]).out.contains("too many steps"));
}

#[test]
fn what_decides_a_text_is_recorded_up_to_a_limit() {
    let keys = each(0..=1299, |number| format!("k{number} = \"a&b\"\n"));
    let text = each(0..=1299, |number| format!("{{% set v = v ~ q.k{number} %}}"));
    let folder =
        home(&format!("[q]\n{keys}"), &[("a.xml", &format!("{text}<a>{{{{ v }}}}</a>\n")), ("b.xml", "<a>{{ q.k1 }}</a>\n")]);
    let message = "what decides the lines of `repository/conf/a.xml` is unknown: too many values decide the text, which takes too much memory";
    let found = findings(&folder);
    assert_eq!(found.iter().filter(|found| found.ends_with(message)).count(), 1, "{found:?}");
    assert!(found.iter().any(|found| found.starts_with("deployment.toml:3:")), "the other file is checked: {found:?}");
    assert_eq!(states(&folder)["a.xml"], "new");
    let run = folder.run(&["trace", "home", "q.k1"]);
    let unsearched = "not searched: repository/conf/a.xml: too many values decide the text, which takes too much memory\n";
    assert!(run.out.contains("repository/conf/b.xml:1") && run.out.ends_with(unsearched), "{}", run.out);
    let report = folder.json(&["trace", "home", "q.k1"]);
    assert_eq!(report["untraced"][0]["file"], "home/repository/conf/a.xml");
}

#[test]
fn a_whole_file_is_traced_up_to_a_number_of_values() {
    let keys = each(0..=199, |number| format!("k{number} = \"v\"\n"));
    let joined = each(0..=199, |number| format!("{{% set v = v ~ q.k{number} %}}"));
    let lines = "{{ v }}\n".repeat(200);
    let folder = home(&format!("[q]\n{keys}"), &[("a.txt", &format!("{joined}\n{lines}"))]);
    let run = folder.run(&["trace", "home", "a.txt"]);
    let last = "the lines from 101 on are left out: name one of them, such as repository/conf/a.txt:101\n";
    assert!(run.out.starts_with("repository/conf/a.txt: 100 lines have values\n") && run.out.ends_with(last), "{}", run.out);
    let report = folder.json(&["trace", "home", "a.txt"]);
    assert_eq!((report["lines"].as_array().map(Vec::len), &report["left_off"]), (Some(100), &101.into()));
    // `v` itself is a key too, before it is set.
    assert_eq!(folder.json(&["trace", "home", "a.txt:150"])["keys"].as_array().map(Vec::len), Some(201));
}
