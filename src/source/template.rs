//! Masks the tags of deployment tools in configuration files: Helm and other Go templates, Jinja2 (Ansible), ERB (Puppet).
//!
//! A template is read as if the first branch of each condition were taken; substituted values are unknown. Text outside the tags keeps
//! its offset, so a span of the masked text is valid in the original.

use super::{Kind, Span};

/// A template with its tags masked.
#[derive(Debug)]
pub struct Masked {
    /// The text with its tags and untaken branches replaced. The length in bytes does not change.
    pub text: String,
    /// The ranges of substituted values.
    pub placeholders: Vec<Span>,
}

/// The opening and closing delimiter of each syntax.
const MARKS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("<%", "%>")];

/// Masks the tags of a deployment tool in `text`, a file of this `kind`. Returns `None` if there are none.
pub fn mask(text: &str, kind: Kind) -> Option<Masked> {
    let tags = tags_of(text);
    if tags.is_empty() {
        return None;
    }
    let mut masker =
        Masker { kind, bytes: text.as_bytes().to_vec(), placeholders: Vec::new(), branches: Vec::new(), filled_to: 0 };
    masker.run(text, &tags);
    let text = String::from_utf8(masker.bytes).ok()?;
    Some(Masked { text, placeholders: masker.placeholders })
}

/// Whether `text` is a deployment tool's template: whether a tag opens in it.
pub fn is_template(text: &str) -> bool {
    next_mark(text, 0).is_some()
}

/// The effect of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
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

fn tags_of(text: &str) -> Vec<(Span, Role)> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some((start, (open, close))) = next_mark(text, at) {
        let inside = start + open.len();
        let Some(len) = text[inside..].find(close) else { break };
        let end = inside + len + close.len();
        tags.push((Span::new(start, end), role(open, &text[inside..inside + len])));
        at = end;
    }
    tags
}

/// The first opening delimiter at or after `at`, found in a single pass.
fn next_mark(text: &str, at: usize) -> Option<(usize, (&'static str, &'static str))> {
    text[at..].match_indices(['{', '<']).find_map(|(found, _)| {
        let start = at + found;
        MARKS.iter().find(|(open, _)| text[start..].starts_with(open)).map(|mark| (start, *mark))
    })
}

fn role(open: &str, content: &str) -> Role {
    if open == "{#" || content.starts_with("/*") || content.starts_with('#') {
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

struct Masker {
    kind: Kind,
    bytes: Vec<u8>,
    placeholders: Vec<Span>,
    /// For each open condition, whether its first branch has ended.
    branches: Vec<bool>,
    /// The end of the last value that was replaced as a whole.
    filled_to: usize,
}

impl Masker {
    fn run(&mut self, text: &str, tags: &[(Span, Role)]) {
        let mut hidden_from = None;
        for (number, (span, role)) in tags.iter().enumerate() {
            match role {
                Role::Open => self.branches.push(false),
                Role::Else => {
                    if let Some(over) = self.branches.last_mut() {
                        *over = true;
                    }
                }
                Role::Close => {
                    self.branches.pop();
                }
                Role::Print | Role::Silent => {}
            }
            let hidden = self.branches.iter().any(|over| *over);
            match (hidden, hidden_from) {
                (true, None) => hidden_from = Some(span.start),
                (false, Some(start)) => {
                    self.blank(Span::new(start, span.start));
                    hidden_from = None;
                }
                _ => {}
            }
            if *role == Role::Print && !hidden {
                self.fill(text, *span, number);
            } else {
                self.blank(*span);
            }
        }
        if let Some(start) = hidden_from {
            self.blank(Span::new(start, text.len()));
        }
    }

    fn blank(&mut self, span: Span) {
        self.write(span, |_, old| if matches!(old, b'\n' | b'\r') { old } else { b' ' });
    }

    /// Replaces a tag that prints with something valid of the same length: a key, part of a string, or a string.
    fn fill(&mut self, text: &str, span: Span, number: usize) {
        if span.start < self.filled_to {
            return;
        }
        self.placeholders.push(span);
        let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line_start..span.start];
        let rest = text[span.end..].split(['\r', '\n']).next().unwrap_or_default();
        if self.kind == Kind::Toml && before.trim().is_empty() && (rest.trim().is_empty() || rest.trim().starts_with(['#', '{']))
        {
            // A tag alone on its line prints whole lines.
            self.blank(span);
            return;
        }
        if self.kind != Kind::Toml || in_string(before) {
            self.write(span, |_, old| if matches!(old, b'\n' | b'\r') { old } else { b'_' });
            return;
        }
        if !before.contains('=') && !before.trim_start().is_empty() && !before.trim_start().starts_with('[') {
            // An item of a multi-line array.
            self.quote(span);
        } else if before.contains('=') {
            self.quote(self.rest_of_value(text, span));
        } else {
            // Keys must be unique.
            let name: Vec<u8> = format!("_{number}").into_bytes();
            self.write(span, |at, _| name.get(at).copied().unwrap_or(b'_'));
        }
    }

    /// The range to replace for a value that starts with a tag: the whole value, including what follows on the line.
    fn rest_of_value(&self, text: &str, span: Span) -> Span {
        let value_follows = text[..span.start].trim_end_matches([' ', '\t']).ends_with('=');
        let line_end = text[span.end..].find('\n').map_or(text.len(), |len| span.end + len);
        let rest = text[span.end..line_end].split('#').next().unwrap_or_default().trim_end();
        if value_follows && self.kind == Kind::Toml { Span::new(span.start, span.end + rest.len()) } else { span }
    }

    fn quote(&mut self, span: Span) {
        self.filled_to = span.end;
        let last = span.len() - 1;
        self.write(span, |at, _| if at == 0 || at == last { b'\'' } else { b'_' });
    }

    fn write(&mut self, span: Span, byte: impl Fn(usize, u8) -> u8) {
        for (at, old) in self.bytes[span.start..span.end].iter_mut().enumerate() {
            *old = byte(at, *old);
        }
    }
}

/// Whether `line` ends inside a string that starts on it.
fn in_string(line: &str) -> bool {
    let mut open: Option<char> = None;
    for character in line.chars() {
        match open {
            Some(quote) if character == quote => open = None,
            None if matches!(character, '"' | '\'') => open = Some(character),
            _ => {}
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        mask(text, Kind::Toml).expect("a template").text
    }

    #[test]
    fn values_keys_and_parts_of_strings_keep_their_offsets() {
        assert_eq!(masked("offset = {{ .Values.offset }} # x\n"), "offset = '__________________' # x\n");
        assert_eq!(masked("a = {{ x }}{{ y }}\n"), "a = '____________'\n");
        assert_eq!(masked("a = \"{{ x }}:9443\"\n"), "a = \"_______:9443\"\n");
        assert_eq!(masked("{{ $key }} = 1\n"), "_0________ = 1\n");
        assert_eq!(masked("a = <%= @x %>\n"), "a = '_______'\n");
        assert_eq!(masked("{{ lines }}\nb = 1\n"), "           \nb = 1\n");
    }

    #[test]
    fn the_first_branch_is_kept_and_the_others_are_masked() {
        let text = "{{- if .a }}\na = 1\n{{- else if .b }}\na = 2\n{{- else }}\na = 3\n{{- end }}\nb = 1\n";
        let lines: Vec<String> =
            masked(text).lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["a = 1", "b = 1"]);
        let text = "{% for x in y %}\n[[l]]\nn = \"{{ x }}\"\n{% endfor %}\n";
        assert!(masked(text).contains("[[l]]"));
        assert_eq!(masked(text).len(), text.len());
    }

    #[test]
    fn a_plain_file_is_not_a_template() {
        assert!(mask("a = \"${carbon.host}\"\n", Kind::Toml).is_none());
    }
}
