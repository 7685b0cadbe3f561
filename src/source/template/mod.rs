//! Reads the templates of deployment tools: Helm and other Go templates, Jinja2 (Ansible), ERB (Puppet).
//!
//! A template is read several times, with other branches of its conditions each time, until each branch was read once. Each reading has the tags
//! masked: substituted values are unknown, and text outside the tags keeps its offset, so a span of the masked text is valid in the original.

mod branches;
mod mask;
mod readings;
mod tags;

pub(crate) use mask::Masked;
pub(crate) use readings::{Readings, read};

use branches::Branches;
use mask::Masker;
use tags::{Role, Tag, next_mark, tags_of};

use super::{Kind, Span};

/// A template of a deployment tool, with its tags and conditions.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    text: &'a str,
    kind: Kind,
    tags: Vec<Tag>,
    branches: Branches,
}

impl<'a> Template<'a> {
    /// The template in `text`, a file of this `kind`. `None` if there are no tags.
    pub(crate) fn of(text: &'a str, kind: Kind) -> Option<Self> {
        let tags = tags_of(text);
        let branches = Branches::of(text, &tags);
        (!tags.is_empty()).then_some(Self { text, kind, tags, branches })
    }

    /// The first tag.
    pub(crate) fn first_tag(&self) -> Span {
        self.tags.first().map_or(Span::default(), |tag| tag.span)
    }

    /// The tags, apart from those that print nothing.
    pub(crate) fn prints(&self) -> Vec<Span> {
        self.tags.iter().filter(|tag| tag.role != Role::Silent).map(|tag| tag.span).collect()
    }

    /// Whether a condition or a loop opens on a line that is a comment in the file: the tool reads it although the server does not.
    pub(crate) fn has_conditions_in_comments(&self) -> bool {
        let opening = self.tags.iter().filter(|tag| tag.role == Role::Open);
        opening.map(|tag| &self.text[..tag.span.start]).any(|before| before.ends_with("# ") || before.ends_with('#'))
    }

    /// The text with the tags masked, and only the text of the taken branches.
    fn mask(&self, taken: &[bool]) -> Option<Masked> {
        Masker::new(self.text, self.kind, &self.tags).run(&self.branches, taken)
    }
}

/// Masks the tags of a deployment tool in `text`, a file of this `kind`, with the first branch of each condition. Returns `None` if there are no
/// tags.
pub fn mask(text: &str, kind: Kind) -> Option<Masked> {
    let template = Template::of(text, kind)?;
    template.mask(&template.branches.first_ones())
}

/// Whether `text` is a deployment tool's template: whether a tag opens in it.
pub fn is_template(text: &str) -> bool {
    next_mark(text, 0).is_some()
}

/// `text` with each tag replaced by a word of the same length, which means nothing in any format, together with what is between it and the next
/// tag of the same string. A tag in the braces of a placeholder, such as `$secret{{{ alias }}}`, is left, so that the placeholder is not taken for
/// one with that name.
pub(crate) fn without_tags(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut before: Option<usize> = None;
    for Tag { span, .. } in tags_of(text) {
        if text[..span.start].ends_with('{') {
            before = None;
            continue;
        }
        let start = before.filter(|end| !text[*end..span.start].contains(['"', '\'', '\n', '$'])).unwrap_or(span.start);
        for byte in bytes[start..span.end].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b'_';
        }
        before = Some(span.end);
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// How many conditions and loops are still open at the end of `text`, and whether its last tag closes one of them.
pub(crate) fn open_conditions(text: &str) -> (usize, bool) {
    let (mut depth, mut closes) = (0_usize, false);
    for tag in tags_of(text) {
        closes = tag.role == Role::Close && depth > 0;
        match tag.role {
            Role::Open => depth += 1,
            Role::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (depth, closes)
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

    fn parsed(text: &str) -> Vec<Vec<String>> {
        let template = Template::of(text, Kind::Toml).expect("a template");
        let read = read(&template, |masked| crate::source::toml::TomlDocument::parse_template(masked, text));
        assert_eq!(read.unread, [], "{text}");
        let keys = |document: crate::source::toml::TomlDocument| {
            document.entries.into_iter().map(|entry| entry.value_span.of(text).to_owned()).collect()
        };
        read.all.into_iter().map(|result| result.map_or_else(|faults| vec![faults[0].message.clone()], keys)).collect()
    }

    #[test]
    fn every_branch_is_read_once() {
        assert_eq!(parsed("{% if x %}a = 1{% elif y %}a = 2{% else %}a = 3{% endif %}\n"), [["1"], ["2"], ["3"]]);
        let nested = "{% if x %}\na = 1\n{% else %}\n{% if y %}\na = 2\n{% else %}\na = 3\n{% endif %}\n{% endif %}\nb = 4\n";
        assert_eq!(parsed(nested), [["1", "4"], ["2", "4"], ["3", "4"]]);
        assert_eq!(parsed("<% if x %>\na = 1\n<% end %>\n<% y.each do |z| %>\nb = <%= z %>\n<% end %>\n"), [["1", "<%= z %>"]]);
    }

    #[test]
    fn what_conditions_of_their_own_define_twice_is_read_one_at_a_time() {
        let text = "{% if x %}\na = 1\n{% endif %}\n{% if y %}\na = 2\n{% endif %}\nb = 3\n";
        assert_eq!(parsed(text), [["1", "3"], ["2", "3"]]);
        assert_eq!(parsed("a = 1\n{% if x %}\na = 2\n{% endif %}\n"), [["key `a` is defined twice"]]);
    }

    #[test]
    fn a_separator_in_a_loop_is_left_out_at_the_start_of_a_list() {
        let text = "a = [{{- range $k, $v := .x }}{{if $k}}, {{end}}{{ $v | quote }}{{- end }}]\n";
        assert_eq!(parsed(text).len(), 1);
        assert!(masked(text).contains("a = ["), "{}", masked(text));
        assert_eq!(parsed("a = [\n{% for v in x %}\n \"{{ v }}\"{% if not loop.last %},{% endif %}\n{% endfor %}\n]\n").len(), 1);
    }

    #[test]
    fn keys_of_two_tags_and_inline_tables_are_masked() {
        assert_eq!(masked("{{ a }}_{{ b }} = 1\n"), "_0_______1_____ = 1\n");
        assert_eq!(masked("a = { b = {{ x }}, c = 1 }\n"), "a = { b = '_____', c = 1 }\n");
        assert_eq!(masked("# {{ x }}'\na = {{ y }}\n"), "#        '\na = '_____'\n");
    }

    #[test]
    fn reading_many_branches_is_limited() {
        let text = (0..200).map(|n| format!("{{% elif x == {n} %}}\na = {n}\n")).collect::<Vec<String>>().concat();
        let text = format!("{{% if x %}}\na = 0\n{text}{{% endif %}}\n");
        let count = std::cell::Cell::new(0);
        let template = Template::of(&text, Kind::Toml).expect("a template");
        let read = read(&template, |masked| {
            count.set(count.get() + 1);
            crate::source::toml::TomlDocument::parse_template(masked, &text)
        });
        assert_eq!((count.get(), read.all.len(), read.unread.len()), (8, 8, 193));
    }
}
