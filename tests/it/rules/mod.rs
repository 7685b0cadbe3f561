//! The examples of every rule file: all rules run on each of them, and each states what they find and what its own rule's fixes change.
//! `INSTA_UPDATE=always` writes what was found into the rule files.

mod example;
mod full;
mod update;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::{env, iter, thread};

use self::example::{Examples, assumptions, fix_in, lay_out, observe, rule_file};
use crate::fix::{hints, patches};
use crate::support::Folder;
use carbonlint::internals::{Observed, Outcome};
use carbonlint::{FixAvailability, Overlays, PortTable, RuleExample, RuleInfo, Selection, Workspace, rules, write_all};

/// An example with what the program says of it.
struct Checked {
    example: RuleExample,
    should_fail: bool,
    stated: Outcome,
    observed: Observed,
}

/// A rule with its examples, in the order of its file.
struct CheckedRule {
    rule: &'static RuleInfo,
    examples: Vec<Checked>,
    untestable: Option<String>,
}

static CHECKED: LazyLock<Vec<CheckedRule>> = LazyLock::new(|| {
    let check = |rule: &'static Arc<RuleInfo>| {
        let Examples { fails, passes, untestable } = Examples::of(rule);
        let examples = fails.into_iter().zip(iter::repeat(true)).chain(passes.into_iter().zip(iter::repeat(false)));
        let examples = examples.map(|(example, should_fail)| {
            let (stated, mut observed) = observe(rule, &example);
            // Where all fixes of a rule are equally safe, the rule itself says so.
            if rule.fix != FixAvailability::Depends {
                observed.outcome.fix = None;
            }
            Checked { example, should_fail, stated, observed }
        });
        CheckedRule { rule, examples: examples.collect(), untestable }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let parts = rules().chunks(rules().len().div_ceil(threads));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || part.iter().map(check).collect::<Vec<_>>())).collect();
        running.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
    })
});

#[test]
fn every_example_states_what_is_found_and_what_fixes_change() {
    let is_update = env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    let mut wrong = Vec::new();
    for CheckedRule { rule, examples, .. } in CHECKED.iter() {
        let is_right = |checked: &&Checked| checked.stated == checked.observed.outcome;
        if examples.iter().all(|checked| is_right(&checked)) {
            continue;
        }
        for checked in examples.iter().filter(|checked| !is_right(checked)) {
            let (stated, observed) = (&checked.stated, &checked.observed.outcome);
            wrong.push(format!("{}: {}\n  states   {stated:#?}\n  observed {observed:#?}", rule.name, checked.example.title));
        }
        if is_update {
            let corrections = |should_fail: bool| {
                let examples = examples.iter().filter(|checked| checked.should_fail == should_fail);
                examples.map(|checked| (!is_right(&checked)).then(|| checked.observed.outcome.clone())).collect()
            };
            update::update(&rule_file(rule), corrections(true), corrections(false));
        }
    }
    assert!(is_update || wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn failing_examples_fail_and_passing_ones_pass() {
    for CheckedRule { rule, examples, .. } in CHECKED.iter() {
        for Checked { example, should_fail, observed, .. } in examples {
            assert_eq!(*should_fail, !observed.outcome.findings.is_empty(), "{}: {}", rule.name, example.title);
        }
    }
}

/// A rule finds the same alone, but for what another rule supersedes when all run.
#[test]
fn a_rule_needs_no_other() {
    let superseded: BTreeSet<&String> = rules().iter().flat_map(|rule| &rule.supersedes).collect();
    for CheckedRule { rule, examples, .. } in CHECKED.iter() {
        for Checked { example, observed, .. } in examples {
            let together = observed.outcome.findings.iter().filter_map(|finding| finding.split(' ').next());
            let together: BTreeSet<String> = together.map(str::to_owned).collect();
            let about = format!("{}: {}", rule.name, example.title);
            if superseded.contains(&rule.name) {
                assert!(together.is_subset(&observed.alone), "{about}: {together:?}, alone {:?}", observed.alone);
            } else {
                assert_eq!(together, observed.alone, "{about}");
            }
        }
    }
}

/// Without the names of their rules, unsafe fixes move no offset, change no port and no secret, and edit no template.
#[test]
fn unsafe_fixes_without_names_are_not_far_reaching() {
    for CheckedRule { rule, examples, .. } in CHECKED.iter() {
        for Checked { example, .. } in examples {
            let about = format!("{}: {}", rule.name, example.title);
            let folder = lay_out(example);
            // Safe fixes may correct an offset that was meant to be one.
            let plain = fix_in(example, &folder, Selection::default(), false);
            assert!(write_all(&plain.files, None).is_empty());
            let before = open_ports(example, &folder);
            let far = fix_in(example, &folder, Selection::default(), true);
            for file in &far.files {
                assert!(file.path.extension().is_none_or(|ending| ending != "j2"), "{about}: {}", file.path.display());
            }
            assert!(write_all(&far.files, None).is_empty());
            for (home, (offset, ports)) in open_ports(example, &folder).iter().enumerate() {
                assert_eq!(*offset, before[home].0, "{about}");
                // Listeners may close, and stay where they are otherwise.
                assert!(ports.is_subset(&before[home].1), "{about}: {ports:?}, before {:?}", before[home].1);
            }
        }
    }
}

/// The listeners of a home that are open, with their ports.
type OpenPorts = BTreeSet<(String, Option<i64>)>;

/// The offset of each home, and the ports that are open.
fn open_ports(example: &RuleExample, folder: &Folder) -> Vec<(Option<i64>, OpenPorts)> {
    let workspace = Workspace::open(&[folder.path().to_path_buf()], &assumptions(example), &Overlays::new());
    let tables = workspace.homes().map(|(_, home)| home.ports());
    let open = |table: &PortTable| {
        let listeners = table.listeners.iter().filter(|listener| listener.enabled);
        listeners.map(|listener| (listener.id.clone(), listener.port())).collect()
    };
    tables.map(|table| (table.offset.value, open(table))).collect()
}

/// The commands that `lint` suggests for an example fix as many findings as they say.
#[test]
fn hints_do_what_they_say() {
    let mut checked = 0;
    for CheckedRule { examples, .. } in CHECKED.iter() {
        for Checked { example, .. } in examples.iter().filter(|checked| checked.should_fail) {
            let folder = lay_out(example);
            let product = example.product.as_deref().map(|product| ["--product", product]);
            checked += hints::check(&folder, product.as_ref().map_or(&[], |arguments| &arguments[..]));
        }
    }
    assert!(checked > 100, "{checked}");
}

/// The patch of every fix can be applied, and does what the fix does.
#[test]
fn fixes_are_patches_too() {
    let mut patched = 0;
    for CheckedRule { rule, examples, .. } in CHECKED.iter().filter(|checked| checked.rule.fix != FixAvailability::None) {
        for Checked { example, .. } in examples.iter().filter(|checked| checked.should_fail) {
            let folder = lay_out(example);
            let product = example.product.as_deref().map(|product| ["--product", product]);
            let selected = ["--select", rule.name.as_str()];
            let arguments = [&selected[..], product.as_ref().map_or(&[], |arguments| &arguments[..])].concat();
            patched += patches::check(&folder, &arguments);
        }
    }
    assert!(patched > 50, "{patched}");
}

#[test]
fn every_rule_has_examples_of_both_kinds() {
    for CheckedRule { rule, examples, untestable } in CHECKED.iter() {
        let has = |should_fail: bool| examples.iter().any(|checked| checked.should_fail == should_fail);
        match untestable {
            Some(why) => assert!(!why.is_empty() && examples.is_empty(), "{}", rule.name),
            None => assert!(has(true) && has(false), "{}", rule.name),
        }
    }
}

#[test]
fn fixes_are_as_safe_as_the_rule_declares() {
    for CheckedRule { rule, examples, .. } in CHECKED.iter() {
        for Checked { example, observed, .. } in examples {
            assert!(observed.faults.is_empty(), "{}: {}: {:?}", rule.name, example.title, observed.faults);
        }
        let is_offered =
            |examples: &[Checked], pick: fn((bool, bool)) -> bool| examples.iter().any(|checked| pick(checked.observed.offered));
        let offered = (is_offered(examples, |(safe, _)| safe), is_offered(examples, |(_, not_safe)| not_safe));
        let declared = match rule.fix {
            FixAvailability::None => (false, false),
            FixAvailability::Safe => (true, false),
            FixAvailability::Unsafe => (false, true),
            FixAvailability::Depends => (true, true),
        };
        assert_eq!(offered, declared, "{}: offers (safe, unsafe) fixes in its examples, against {:?}", rule.name, rule.fix);
    }
}
