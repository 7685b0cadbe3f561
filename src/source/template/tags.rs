//! Finds the tags in a template of a deployment tool.

use crate::source::Span;

/// The opening and closing delimiter of each syntax.
const MARKS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("<%", "%>")];

/// The effect of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Prints a value.
    Print,
    /// Opens a condition or a loop.
    Open,
    /// Starts another branch of the innermost condition.
    Else,
    /// Closes the innermost condition or loop.
    Close,
    /// Prints nothing: an assignment or a comment.
    Silent,
}

/// A tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    /// The tag with its delimiters.
    pub span: Span,
    /// Its effect.
    pub role: Role,
}

/// The tags in `text`, in order. A delimiter that is never closed opens none.
pub(super) fn tags_of(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut never_closed: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some((start, (open, close))) = next_mark(text, at) {
        let inside = start + open.len();
        let len = if never_closed.contains(&close) { None } else { text[inside..].find(close) };
        let Some(len) = len else {
            never_closed.push(close);
            never_closed.dedup();
            at = inside;
            continue;
        };
        let end = inside + len + close.len();
        tags.push(Tag { span: Span::new(start, end), role: role(open, &text[inside..inside + len]) });
        at = end;
    }
    tags
}

/// The first opening delimiter at or after `at`, found in a single pass.
pub(super) fn next_mark(text: &str, at: usize) -> Option<(usize, (&'static str, &'static str))> {
    let mark_at = |start: usize| MARKS.iter().find(|(open, _)| text[start..].starts_with(open)).map(|mark| (start, *mark));
    let rest = &text[at..];
    let brace = rest.match_indices('{').find_map(|(found, _)| mark_at(at + found));
    // In XML, `<` is everywhere, and `%` is rare.
    let before = &rest[..brace.map_or(rest.len(), |(start, _)| start - at)];
    let opens = |found: usize| found > 0 && before.as_bytes()[found - 1] == b'<';
    let percent = before.match_indices('%').find(|(found, _)| opens(*found)).and_then(|(found, _)| mark_at(at + found - 1));
    percent.or(brace)
}

fn role(open: &str, content: &str) -> Role {
    if open == "{#" || content.starts_with("/*") || content.starts_with("- /*") || content.starts_with('#') {
        return Role::Silent;
    }
    if content.starts_with('=') {
        return Role::Print;
    }
    let content = content.trim_matches(['-', '+', ' ', '\t', '\r', '\n']);
    let word = content.split([' ', '(', '\t', '\n']).next().unwrap_or_default();
    match word {
        "if" | "unless" | "range" | "for" | "with" | "define" | "block" | "macro" | "case" | "filter" | "raw" => Role::Open,
        "else" | "elif" | "elsif" | "when" => Role::Else,
        "end" | "endif" | "endfor" | "endmacro" | "endblock" | "endraw" | "endfilter" => Role::Close,
        _ if content.ends_with('|') || content.ends_with(" do") || content.ends_with('{') => Role::Open,
        "}" => Role::Close,
        "set" | "include" | "import" | "from" | "extends" | "template" if open != "{{" || word == "template" => Role::Silent,
        _ if open == "{{" && (content.contains(":=") || content.starts_with('$') && content.contains(" = ")) => Role::Silent,
        _ if open == "{{" => Role::Print,
        _ => Role::Silent,
    }
}
