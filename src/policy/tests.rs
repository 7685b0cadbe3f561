use std::fs;

use super::*;
use crate::rule_info::rules;

/// The path in the folder, the place in the file, the message, and the help.
type Refused = (String, Option<(usize, usize)>, String, Option<String>);

/// The files of a policy in a folder, and what loading it says.
fn load_files(files: &[(&str, &str)]) -> Result<Vec<Arc<RuleInfo>>, Refused> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        fs::write(path, text).expect("written");
    }
    load(folder.path()).map_err(|PolicyError { path, place, message, help }| {
        let path = path.strip_prefix(folder.path()).expect("below").display().to_string();
        (path, place, message, help)
    })
}

const START: &str = "severity = \"error\"\nsummary = \"x is wrong\"\n";

#[test]
fn a_rule_is_named_by_its_file_and_its_category_by_the_folder() {
    let text = format!("{START}[when]\nkey = \"server.hostname\"\nequals = \"localhost\"\n");
    let rules = load_files(&[("b-rule.toml", &text), ("names/a-rule.toml", &text), ("README.md", "x")]).expect("valid");
    let names: Vec<(&str, &str)> = rules.iter().map(|rule| (rule.category.as_str(), rule.name.as_str())).collect();
    assert_eq!(names, [("policy", "b-rule"), ("names", "a-rule")]);
}

#[test]
fn conditions_of_built_in_rules_are_valid() {
    let mut checked = 0;
    for rule in rules().iter().filter(|rule| !rule.when.is_empty()) {
        let fault = check::check(rule);
        assert!(fault.is_none(), "{}: {fault:?}", rule.name);
        checked += 1;
    }
    assert!(checked > 10, "{checked}");
}

#[test]
fn faults_say_where_they_are_and_what_to_write() {
    let when = |text: &str| format!("{START}[when]\n{text}");
    for (text, place, message, help) in [
        (
            "summary = \"x\"\n".to_owned(),
            Some((1, 1)),
            "missing field `severity`",
            "write `severity = \"error\"`, `\"warning\"` or `\"info\"` at the top",
        ),
        ("a =\n".to_owned(), Some((1, 4)), "string values must be quoted, expected literal string", ""),
        (format!("{START}[wen]\n"), Some((3, 2)), "unknown field `wen`", "did you mean `when`?"),
        (
            START.to_owned(),
            Some((1, 1)),
            "the rule has no condition",
            "add a table `[when]` with `key`, `listener`, or `file` and `path`",
        ),
        (
            format!("name = \"y\"\n{START}"),
            Some((1, 1)),
            "`name` cannot be set",
            "the name of a rule is that of its file, and its category that of its folder",
        ),
        (
            when("equals = 1\n"),
            Some((3, 2)),
            "a condition is about one subject",
            "give `key`, or `listener`, or `file` and `path`",
        ),
        (
            when("key = \"a\"\nlistener = \"b\"\n"),
            Some((4, 1)),
            "a condition is about one subject",
            "give `key`, or `listener`, or `file` and `path`",
        ),
        (
            when("key = [\"a.b\", \"a..b\"]\n"),
            Some((4, 15)),
            "`a..b` is not a key",
            "write it as `table.name`, with `*` for any one part and `[]` after an array of tables",
        ),
        (
            when("key = \"a\"\nmatches = '(a'\n"),
            Some((5, 1)),
            "`matches` is not a regular expression: found open group without closing ')'",
            "the syntax is that of https://docs.rs/regex-lite, without look-around and references",
        ),
        (
            when("key = \"a\"\nmatches = '((a{99}){99}){99}'\n"),
            Some((5, 1)),
            "`matches` is not a regular expression: compiled regex exceeded size limit",
            "write a shorter expression, with fewer repetitions",
        ),
        (
            when("key = \"a\"\nopen = true\n"),
            Some((5, 1)),
            "`open` is a test of listeners",
            "give `listener` instead of another subject",
        ),
        (
            when("key = \"a.*\"\nset = false\n"),
            Some((5, 1)),
            "`set = false` needs one key, or one path in a file",
            "name one key, without `*` and `[]`",
        ),
        (
            when("key = \"a\"\nall = [{ key = \"b\", message = \"x\" }]\n"),
            Some((5, 21)),
            "`message` belongs to the outermost condition",
            "move it to `[when]`",
        ),
        (
            when("key = \"a\"\nmessage = \"`{kee}`\"\n"),
            Some((5, 1)),
            "`{kee}` is not a placeholder",
            "the placeholders are `{key}`, `{table}`, `{value}`, `{listener}`, `{port}`, `{file}`, `{path}`, `{new}`, and numbers",
        ),
        (
            when("key = \"a\"\n[when.fix]\nset = 1\n"),
            Some((5, 7)),
            "the rule has a fix, but does not say how safe it is",
            "write `fix = \"safe\"` or `fix = \"unsafe\"` at the top",
        ),
        (
            format!("fix = \"safe\"\n{}", when("key = \"a\"\n[when.fix]\nset = 1\nremove = true\n")),
            Some((6, 7)),
            "a fix does one thing",
            "give one of `rename`, `move`, `set`, `replace` and `remove`",
        ),
        (
            format!("{}[[applies]]\nproduct = \"api-managr\"\n", when("key = \"a\"\n")),
            Some((6, 1)),
            "no product is called `api-managr`",
            "did you mean `api-manager`?",
        ),
    ] {
        let (_, at, found, hint) = load_files(&[("a-rule.toml", &text)]).expect_err(&text);
        assert_eq!((at, found.as_str(), hint.as_deref().unwrap_or_default()), (place, message, help), "{text}");
    }
}

#[test]
fn names_are_checked() {
    let text = format!("{START}[when]\nkey = \"a\"\n");
    for (name, message) in [
        ("A_rule.toml", "`A_rule` is not a name for a rule"),
        ("Names/a-rule.toml", "`Names` is not a name for a category"),
        ("unknown-key.toml", "a built-in rule or category is called `unknown-key`"),
    ] {
        assert_eq!(load_files(&[(name, &text)]).expect_err(name).2, message);
    }
    assert_eq!(
        load_files(&[("a/x.toml", &text), ("b/x.toml", &text)]).expect_err("two").2,
        "another file of the policy is called `x` too"
    );
    assert_eq!(load_files(&[("README.md", "x")]).expect_err("none").2, "there is no rule file in it");
}

#[test]
fn rules_that_supersede_each_other_are_refused() {
    let rule = |supersedes: &str| format!("{START}supersedes = [{supersedes}]\n[when]\nkey = \"a\"\n");
    assert!(load_files(&[("a.toml", &rule("\"b\", \"unknown-key\"")), ("b.toml", &rule(""))]).is_ok());
    let cycle = [("a.toml", rule("\"b\"")), ("b.toml", rule("\"c\"")), ("c.toml", rule("\"a\""))];
    let cycle: Vec<(&str, &str)> = cycle.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(load_files(&cycle).expect_err("a cycle").2, "`a` supersedes itself, directly or through another rule");
    let unknown = load_files(&[("a.toml", &rule("\"unknwon-key\""))]).expect_err("unknown");
    assert_eq!(unknown.2, "`a` supersedes `unknwon-key`, and no rule is called that");
    assert_eq!(unknown.3.as_deref(), Some("did you mean `unknown-key`?"));
}

#[test]
fn policies_are_bounded() {
    let text = format!("{START}[when]\nkey = \"a\"\n");
    let names: Vec<String> = (0..=MAX_RULES).map(|number| format!("a{number}.toml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    assert_eq!(load_files(&files).expect_err("too many").2, "more than 1000 rules");
    let large = format!("{text}# {}\n", "x".repeat(MAX_FILE_BYTES));
    assert_eq!(load_files(&[("a.toml", &large)]).expect_err("too large").2, "larger than 256 KiB");
    let deep = format!(
        "{START}[when]\nkey = \"a\"\nall = {}{}\n",
        "[{ key = \"a\", all = ".repeat(9),
        String::from("[]") + &" }]".repeat(9)
    );
    assert_eq!(load_files(&[("a.toml", &deep)]).expect_err("too deep").2, "conditions are nested more than 8 deep");
    let many = format!("{START}[when]\nkey = \"a\"\nany = [{}]\n", "{ key = \"a\" }, ".repeat(100));
    assert_eq!(load_files(&[("a.toml", &many)]).expect_err("too many").2, "101 conditions in one");
}
