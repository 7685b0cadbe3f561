//! What must be true of a rule file beyond its types.

use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::catalog::{catalog, product_of};
use crate::rule_info::{Change, Condition, FixAvailability, Pattern, RuleInfo, RuleSet, placeholders, unknown_placeholder};
use crate::source::key::{Key, Segment};
use crate::suggest::did_you_mean;

/// What is wrong with a rule, and the part of its file that it is about: keys and indexes from the top.
#[derive(Debug)]
pub(super) struct PolicyFault {
    pub at: Vec<String>,
    pub message: String,
    pub help: Option<String>,
}

/// More conditions inside each other are refused.
const MAX_CONDITIONS: usize = 100;

/// Deeper conditions are refused.
const MAX_DEPTH: usize = 8;

/// What is wrong with the names that a rule has by its path.
pub(super) fn name(own: &RuleInfo, name: &str, category: &str) -> Option<PolicyFault> {
    let is_name = |name: &str| {
        let is_part = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(is_part)
    };
    let form = "use lower case letters, digits and hyphens, such as `host-name-form`";
    if !own.name.is_empty() || !own.category.is_empty() {
        let key = if own.name.is_empty() { "category" } else { "name" };
        let help = "the name of a rule is that of its file, and its category that of its folder";
        return fault(&[key], format!("`{key}` cannot be set"), help);
    }
    if !is_name(name) {
        return fault(&[], format!("`{name}` is not a name for a rule"), form);
    }
    if !is_name(category) {
        return fault(&[], format!("`{category}` is not a name for a category"), form);
    }
    if RuleSet::default().has_rule_or_category(name) {
        return fault(&[], format!("a built-in rule or category is called `{name}`"), "give the file another name");
    }
    None
}

/// What is wrong with a rule; `None` if nothing is.
pub(super) fn check(rule: &RuleInfo) -> Option<PolicyFault> {
    if rule.when.is_empty() {
        return fault(&[], "the rule has no condition", "add a table `[when]` with `key`, `listener`, or `file` and `path`");
    }
    if rule.summary.trim().is_empty() {
        return fault(&["summary"], "`summary` is empty", "say in one line what is wrong");
    }
    for profile in rule.severity_in.keys() {
        if !["default", "production", "development"].contains(&profile.as_str()) {
            return fault(
                &["severity_in", profile],
                format!("no profile is called `{profile}`"),
                "write `default`, `production` or `development`",
            );
        }
    }
    for (number, applies) in rule.applies.iter().enumerate() {
        if let Err(unknown) = product_of(&applies.product) {
            return fault(&["applies", &number.to_string(), "product"], unknown.message, &unknown.help);
        }
        if catalog().product(&applies.product).is_none() {
            let help = "write the version in `versions`, such as `versions = \">=4.0\"`";
            return fault(&["applies", &number.to_string(), "product"], "`product` has a version", help);
        }
    }
    fix(rule).or_else(|| {
        rule.when.iter().enumerate().find_map(|(number, when)| {
            let at = vec!["when".to_owned(), number.to_string()];
            condition(when, &at, 1).or_else(|| {
                let count = count(when);
                (count > MAX_CONDITIONS).then(|| PolicyFault {
                    at,
                    message: format!("{count} conditions in one"),
                    help: Some(format!("use at most {MAX_CONDITIONS}")),
                })
            })
        })
    })
}

fn count(condition: &Condition) -> usize {
    1 + inner(condition).map(|(.., inner)| count(inner)).sum::<usize>()
}

/// The conditions inside another one, with the names of their lists and their numbers.
fn inner(condition: &Condition) -> impl Iterator<Item = (&'static str, usize, &Condition)> {
    let lists = [("all", &condition.all), ("any", &condition.any), ("none", &condition.none)];
    lists.into_iter().flat_map(|(name, list)| list.iter().enumerate().map(move |(number, inner)| (name, number, inner)))
}

/// What is wrong with the fix that the rule declares.
fn fix(rule: &RuleInfo) -> Option<PolicyFault> {
    let with_fix = rule.when.iter().position(|when| when.fix.is_some());
    let (has_fix, first) = (with_fix.is_some(), with_fix.unwrap_or_default().to_string());
    match rule.fix {
        FixAvailability::None if has_fix => fault(
            &["when", &first, "fix"],
            "the rule has a fix, but does not say how safe it is",
            "write `fix = \"safe\"` or `fix = \"unsafe\"` at the top",
        ),
        FixAvailability::Safe | FixAvailability::Unsafe if !has_fix => {
            fault(&["fix"], "no condition has a fix", "write `fix = \"none\"`, or add a table `[when.fix]`")
        }
        FixAvailability::Depends => fault(&["fix"], "the fixes of a condition are all as safe", "write `safe` or `unsafe`"),
        FixAvailability::Unsafe if rule.fix_note.is_none() => {
            fault(&["fix"], "an unsafe fix needs a reason", "say in `fix_note` what it changes")
        }
        _ => None,
    }
}

/// A part of a condition, what is wrong with it, and what to write.
type PartFault = (&'static str, String, String);

fn part(name: &'static str, message: impl Into<String>, help: &str) -> PartFault {
    (name, message.into(), help.to_owned())
}

/// What is wrong with a condition at `at`, and with those inside it.
fn condition(condition: &Condition, at: &[String], depth: usize) -> Option<PolicyFault> {
    let is_inner = depth > 1;
    if depth > MAX_DEPTH {
        let message = format!("conditions are nested more than {MAX_DEPTH} deep");
        return Some(PolicyFault { at: at.to_vec(), message, help: Some("put some of them side by side".to_owned()) });
    }
    let own = subject_fault(condition, is_inner)
        .or_else(|| test_fault(condition, is_inner))
        .or_else(|| value_fault(condition))
        .or_else(|| report_fault(condition, is_inner));
    if let Some((name, message, help)) = own {
        let at = at.iter().cloned().chain([name.to_owned()]).collect();
        return Some(PolicyFault { at, message, help: Some(help) });
    }
    for (number, key) in condition.key.iter().enumerate() {
        let name = key.strip_prefix('.').filter(|_| is_inner).unwrap_or(key);
        if name.is_empty() || Key::new(name).segments().any(|segment| segment.name.is_empty()) {
            let at = at.iter().cloned().chain(["key".to_owned(), number.to_string()]).collect();
            let help = "write it as `table.name`, with `*` for any one part and `[]` after an array of tables".to_owned();
            return Some(PolicyFault { at, message: format!("`{key}` is not a key"), help: Some(help) });
        }
    }
    inner(condition).find_map(|(list, number, inner)| {
        let at: Vec<String> = at.iter().cloned().chain([list.to_owned(), number.to_string()]).collect();
        self::condition(inner, &at, depth + 1)
    })
}

/// Whether a condition is about a value beside the one of the outer condition.
fn is_beside(condition: &Condition, is_inner: bool) -> bool {
    is_inner && condition.file.is_none() && condition.path.is_some()
}

fn subject_fault(condition: &Condition, is_inner: bool) -> Option<PartFault> {
    let is_beside = is_beside(condition, is_inner);
    let subjects = [!condition.key.is_empty(), !condition.listener.is_empty(), condition.file.is_some() || is_beside];
    if subjects.iter().filter(|is_given| **is_given).count() != 1 {
        return Some(part("key", "a condition is about one subject", "give `key`, or `listener`, or `file` and `path`"));
    }
    if condition.file.is_some() != condition.path.is_some() && !is_beside {
        let help = "give both, such as `file = \"conf/carbon.xml\"` and `path = \"Server/HostName\"`";
        return Some(part("file", "`file` and `path` belong together", help));
    }
    None
}

/// What is wrong with the choice of tests: each belongs to some kinds of subjects.
fn test_fault(condition: &Condition, is_inner: bool) -> Option<PartFault> {
    let (of_key, of_listener) = (!condition.key.is_empty(), !condition.listener.is_empty());
    let has_pattern = condition.key.iter().any(|key| Key::new(key).segments().any(Segment::is_any) || key.contains("[]"));
    if condition.set == Some(false) && (of_listener || has_pattern && !is_inner) {
        let help = "name one key, without `*` and `[]`";
        return Some(part("set", "`set = false` needs one key, or one path in a file", help));
    }
    let of_listeners = [("open", condition.open.is_some()), ("tls", condition.tls.is_some()), ("bind", condition.bind.is_some())];
    let of_keys = [
        ("key_matches", condition.key_matches.is_some()),
        ("read", condition.read.is_some()),
        ("same_as", condition.same_as.is_some()),
        ("differs_from", condition.differs_from.is_some()),
    ];
    let of_files = [("rendered", condition.rendered.is_some())];
    let kinds = [
        (of_listeners.as_slice(), of_listener, "listeners", "`listener`"),
        (&of_keys, of_key, "keys", "`key`"),
        (&of_files, !of_key && !of_listener, "files", "`file` and `path`"),
    ];
    kinds.into_iter().filter(|(_, is_right, ..)| !is_right).find_map(|(tests, _, kind, subject)| {
        let (name, _) = tests.iter().find(|(_, is_given)| *is_given)?;
        Some(part(name, format!("`{name}` is a test of {kind}"), &format!("give {subject} instead of another subject")))
    })
}

/// What is wrong with the values and expressions of tests.
fn value_fault(condition: &Condition) -> Option<PartFault> {
    let patterns = [
        ("matches", &condition.matches),
        ("not_matches", &condition.not_matches),
        ("bind", &condition.bind),
        ("key_matches", &condition.key_matches),
    ];
    for (name, pattern) in patterns {
        if let Some(why) = pattern.as_ref().and_then(Pattern::fault) {
            let help = if why.contains("size limit") {
                "write a shorter expression, with fewer repetitions"
            } else {
                "the syntax is that of https://docs.rs/regex-lite, without look-around and references"
            };
            return Some(part(name, format!("`{name}` is not a regular expression: {why}"), help));
        }
    }
    let values = [("equals", &condition.equals), ("not_equals", &condition.not_equals)];
    let is_value = |value: &Json| !value.is_object() && !value.is_array();
    let (name, _) = values.into_iter().find(|(_, values)| !values.iter().all(is_value))?;
    let help = "write a text, a number, `true`, `false`, or a list of them";
    Some(part(name, format!("`{name}` has something else than values"), help))
}

/// What is wrong with what is reported, and with the fix.
fn report_fault(condition: &Condition, is_inner: bool) -> Option<PartFault> {
    let given = [("message", condition.message.is_some()), ("help", condition.help.is_some()), ("fix", condition.fix.is_some())];
    if let Some((name, _)) = given.into_iter().find(|(_, is_given)| *is_given && is_inner) {
        return Some(part(name, format!("`{name}` belongs to the outermost condition"), "move it to `[when]`"));
    }
    for (name, text) in [("message", &condition.message), ("help", &condition.help)] {
        if let Some(unknown) = text.as_deref().and_then(unknown_placeholder) {
            let help = format!("the placeholders are {}, and numbers", placeholders());
            return Some(part(name, format!("`{{{unknown}}}` is not a placeholder"), &help));
        }
    }
    let change = condition.fix.as_ref()?;
    let group = condition.matches.as_ref().and_then(|pattern| pattern.unknown_group(change.replace.as_deref()?));
    if let Some(group) = group {
        let help = "write the number of a group of `matches` in braces, such as `${1}`, and `$$` for a dollar sign";
        return Some(part("fix", format!("`matches` has no group `{group}`"), help));
    }
    let (message, help) = change_fault(change, condition)?;
    Some(part("fix", message, help))
}

/// What is wrong with a fix, and what to write.
fn change_fault(change: &Change, condition: &Condition) -> Option<(&'static str, &'static str)> {
    let (of_key, of_listener) = (!condition.key.is_empty(), !condition.listener.is_empty());
    let given =
        [change.rename.is_some(), change.move_to.is_some(), change.set.is_some(), change.replace.is_some(), change.remove];
    if given.iter().filter(|is_given| **is_given).count() != 1 {
        return Some(("a fix does one thing", "give one of `rename`, `move`, `set`, `replace` and `remove`"));
    }
    if of_listener {
        return Some(("a finding about a listener has no fix", "make the condition about its key"));
    }
    if !of_key && change.set.is_none() && change.replace.is_none() {
        return Some(("in a file only `set` and `replace` are possible", "write `set = \"…\"`"));
    }
    if change.replace.is_some() && condition.matches.is_none() {
        return Some(("`replace` needs an expression", "add `matches` to the condition: what it matches is replaced"));
    }
    if !of_key && change.set.as_ref().is_some_and(Json::is_array) {
        return Some(("a value in a file is not a list", "write one text"));
    }
    if change.set.as_ref().is_some_and(|value| value.is_object() || value.is_null()) {
        return Some(("`set` is not a value", "write a text, a number, `true`, `false`, or a list of them"));
    }
    None
}

#[allow(clippy::unnecessary_wraps, reason = "every caller returns it as the first of several")]
fn fault(at: &[&str], message: impl Into<String>, help: &str) -> Option<PolicyFault> {
    let at = at.iter().map(|part| (*part).to_owned()).collect();
    Some(PolicyFault { at, message: message.into(), help: Some(help.to_owned()) })
}

/// The message of the parser in the words of other messages: the first line, without a full stop.
pub(super) fn message_of(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.rsplit_once(" at line ").map_or(line, |(start, _)| start);
    let words = [
        ("expected f64", "expected a number"),
        ("expected i64", "expected a number"),
        ("expected u16", "expected a number"),
        ("expected a sequence", "expected a list"),
        ("expected struct Change", "expected a table"),
        ("expected struct Condition", "expected a table"),
        ("expected struct Applies", "expected a table"),
        ("expected struct RuleExample", "expected a table"),
        ("invalid type: sequence", "a list is not possible here"),
        ("invalid type: map", "a table is not possible here"),
        ("invalid type: null", "nothing is not possible here"),
        ("invalid type: ", "not possible here: "),
        ("unknown variant", "unknown value"),
        ("a text, `{ hex", "a file of an example is a text, `{ hex"),
    ];
    let line = words.iter().fold(line.to_owned(), |line, (parser, own)| line.replace(parser, own));
    let line = line.as_str();
    line.split_once(", expected one of").map_or(line, |(start, _)| start).trim_end_matches('.').to_owned()
}

/// What to write instead of what the parser refuses.
pub(super) fn help_for(message: &str) -> Option<String> {
    static FIELDS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        vec![
            ("severity", "write `severity = \"error\"`, `\"warning\"` or `\"info\"` at the top"),
            ("summary", "say in one line what is wrong: `summary = \"…\"` at the top"),
            ("title", "say what the example shows: `title = \"…\"`"),
            ("files", "add a table with the files of the example"),
            ("product", "name the product: `product = \"api-manager\"`"),
        ]
    });
    if message.contains("expected a sequence") {
        return Some("write `[[name]]` instead of `[name]`, or values in brackets".to_owned());
    }
    if message.contains("does not begin with >=") || message.contains("is not a version") {
        return Some("write versions as in `versions = \">=4.0, <4.3\"`".to_owned());
    }
    if message.starts_with("the list is empty") {
        return Some("write a value, or remove the key".to_owned());
    }
    if message.starts_with("carbonlint cannot use this number") {
        return Some("write a whole number of at most 18 digits, or one with a fraction".to_owned());
    }
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("missing field") {
        let (_, help) = FIELDS.iter().find(|(field, _)| quoted.first() == Some(field))?;
        return Some((*help).to_owned());
    }
    let (unknown, known) = quoted.split_first()?;
    if !message.starts_with("unknown ") || known.is_empty() {
        return None;
    }
    let list = || known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Some(did_you_mean(unknown, known.iter().copied(), '_').unwrap_or_else(|| format!("known are {}", list())))
}
