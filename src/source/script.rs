//! Finds the `-D` options in the text of a start script, without running it.

use super::Span;

/// A `-Dname=value` or `-Dname` option outside comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptOption {
    /// The name.
    pub name: String,
    /// The value without quotes; `None` if the option has no `=`.
    pub value: Option<String>,
    /// The whole option.
    pub span: Span,
    /// Whether it follows the main class. The server reads such options itself; the JVM reads those before the main class.
    pub after_main_class: bool,
}

/// The main class of every Carbon server.
const MAIN_CLASS: &str = "org.wso2.carbon.bootstrap.Bootstrap";

/// Returns every `-D` option in the text of a start script (sh or bat).
pub(crate) fn options(text: &str) -> Vec<ScriptOption> {
    let mut options = Vec::new();
    let mut start = 0;
    // A command can span several lines; each but the last ends in `\` (sh) or `^` (bat).
    let mut main_class_seen = false;
    let mut continues = false;
    for line in text.split_inclusive('\n') {
        main_class_seen &= continues;
        if continues || !(is_comment(line) || is_message(line)) {
            let main_class = line.find(MAIN_CLASS);
            for (at, _) in line.match_indices("-D") {
                let opens = line[..at]
                    .chars()
                    .next_back()
                    .is_none_or(|before| before.is_whitespace() || matches!(before, '"' | '\'' | '='));
                let follows = main_class_seen || main_class.is_some_and(|main| at > main);
                if opens && let Some(option) = option_at(line, at, start, follows) {
                    options.push(option);
                }
            }
            main_class_seen |= main_class.is_some();
        }
        continues = line.trim_end().ends_with(['\\', '^']);
        start += line.len();
    }
    options
}

/// Whether the line only prints a message, such as the usage of the script.
fn is_message(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default().trim_start_matches('@');
    first.eq_ignore_ascii_case("echo") || first == "printf"
}

/// Whether `option` is in the command that starts the server, before the main class.
pub(crate) fn starts_server(text: &str, option: &ScriptOption) -> bool {
    let rest = text.get(option.span.end..).unwrap_or_default();
    let mut command = rest.split_inclusive('\n');
    loop {
        let Some(line) = command.next() else { return false };
        if line.contains(MAIN_CLASS) {
            return true;
        }
        if !line.trim_end().ends_with(['\\', '^']) {
            return false;
        }
    }
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    let lower = line.get(..4).unwrap_or(line).to_ascii_lowercase();
    line.starts_with('#') || line.starts_with("::") || lower == "rem " || lower.trim_end() == "rem"
}

fn option_at(line: &str, at: usize, line_start: usize, after_main_class: bool) -> Option<ScriptOption> {
    let rest = &line[at + 2..];
    let name_len =
        rest.find(|character: char| !(character.is_alphanumeric() || matches!(character, '.' | '_' | '-'))).unwrap_or(rest.len());
    if name_len == 0 {
        return None;
    }
    let (value, len) = match rest[name_len..].strip_prefix('=') {
        None => (None, name_len),
        Some(value) => {
            let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
            let value_len = match quote {
                Some(quote) => value[1..].find(quote).map_or(value.trim_end().len(), |len| len + 2),
                None => value
                    .find(|character: char| character.is_whitespace() || matches!(character, '"' | '\''))
                    .unwrap_or(value.len()),
            };
            (Some(value[..value_len].trim_matches(['"', '\'']).to_owned()), name_len + 1 + value_len)
        }
    };
    let span = Span::new(line_start + at, line_start + at + 2 + len);
    Some(ScriptOption { name: rest[..name_len].to_owned(), value, span, after_main_class })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_outside_comments() {
        let text = "#!/bin/sh\n# -Dno=1\n$JAVACMD \\\n    -Dcom.sun.management.jmxremote \\\n    -Dcarbon.home=\"$CARBON HOME\" \\\n    org.wso2.carbon.bootstrap.Bootstrap -DportOffset=3 $*\nJAVA_OPTS=\"-Dx=1\"\n";
        let found: Vec<(String, Option<String>, bool)> =
            options(text).into_iter().map(|option| (option.name, option.value, option.after_main_class)).collect();
        assert_eq!(
            found,
            [
                ("com.sun.management.jmxremote".into(), None, false),
                ("carbon.home".into(), Some("$CARBON HOME".into()), false),
                ("portOffset".into(), Some("3".into()), true),
                ("x".into(), Some("1".into()), false),
            ]
        );
        assert_eq!(options(text)[2].span.of(text), "-DportOffset=3");
    }

    #[test]
    fn a_command_continues_after_its_main_class() {
        let text = "java \\\n -Da=1 \\\n org.wso2.carbon.bootstrap.Bootstrap \\\n -DportOffset=4 $*\njava -Db=2\necho \"Usage: -DportOffset=9\"\n";
        let found: Vec<(String, bool)> = options(text).into_iter().map(|option| (option.name, option.after_main_class)).collect();
        assert_eq!(found, [("a".into(), false), ("portOffset".into(), true), ("b".into(), false)]);
    }

    #[test]
    fn batch_comments_are_comments() {
        assert!(options("rem -Da=1\r\nREM -Db=2\r\n:: -Dc=3\r\n").is_empty());
    }
}
