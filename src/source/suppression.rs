//! Comments that suppress findings: `# carbonlint: ignore[rule] reason` for a line, `# carbonlint: ignore-file[rule] reason` for a file, and
//! the same in `<!-- -->`.

use super::Span;

/// A comment that suppresses findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppression {
    /// The comment with its markers.
    pub comment: Span,
    /// The names of rules and categories in its brackets.
    pub names: Vec<Span>,
    /// Whether it is for the whole file.
    pub of_file: bool,
    /// Whether nothing but blanks is beside it on its lines.
    pub is_alone: bool,
}

/// The word that begins the content of such a comment.
const WORD: &str = "carbonlint:";

/// Whether `text` may contain such comments.
pub(crate) fn may_have_suppressions(text: &str) -> bool {
    text.contains(WORD)
}

/// Everything in `text` that looks like such a comment, in file order. A string may contain one.
pub(crate) fn suppressions_in(text: &str) -> Vec<Suppression> {
    text.match_indices(WORD).filter_map(|(at, _)| suppression_at(text, at)).collect()
}

/// The comment whose content begins with [`WORD`] at `at`.
fn suppression_at(text: &str, at: usize) -> Option<Suppression> {
    let before = text[..at].trim_end_matches([' ', '\t']);
    let (start, close) = match before.strip_suffix("<!--") {
        Some(outside) => (outside.len(), Some("-->")),
        None => (before.strip_suffix(['#', '!'])?.trim_end_matches(['#', '!']).len(), None),
    };
    let rest = &text[at + WORD.len()..];
    let len = match close {
        Some(close) => rest.find(close)?,
        None => rest.find(['\r', '\n']).unwrap_or(rest.len()),
    };
    let (content, end) = (&rest[..len], at + WORD.len() + len + close.map_or(0, str::len));
    let directive = content.trim_start();
    let (of_file, list) = match directive.strip_prefix("ignore-file") {
        Some(list) => (true, list),
        None => (false, directive.strip_prefix("ignore")?),
    };
    let list = list.strip_prefix('[')?;
    let list = &list[..list.find(']')?];
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let is_alone =
        text[line_start..start].trim().is_empty() && text[end..].lines().next().is_none_or(|rest| rest.trim().is_empty());
    Some(Suppression { comment: Span::new(start, end), names: names(text, list), of_file, is_alone })
}

/// The names in `list`, a part of `text` that separates them with commas.
fn names(text: &str, list: &str) -> Vec<Span> {
    let mut start = list.as_ptr() as usize - text.as_ptr() as usize;
    let mut names = Vec::new();
    for name in list.split(',') {
        let from = start + name.len() - name.trim_start().len();
        let name_len = name.trim().len();
        if name_len > 0 {
            names.push(Span::new(from, from + name_len));
        }
        start += name.len() + 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, Vec<&str>, bool, bool)> {
        let shown = |found: Suppression| {
            let names = found.names.iter().map(|name| name.of(text)).collect();
            (found.comment.of(text), names, found.of_file, found.is_alone)
        };
        suppressions_in(text).into_iter().map(shown).collect()
    }

    #[test]
    fn comments_of_every_kind_are_found() {
        let text = "## carbonlint: ignore-file[a] all\r\nx = 1 # carbonlint: ignore[b, c-d] why\n  #carbonlint:ignore[e]\n";
        let expected = vec![
            ("## carbonlint: ignore-file[a] all", vec!["a"], true, true),
            ("# carbonlint: ignore[b, c-d] why", vec!["b", "c-d"], false, false),
            ("#carbonlint:ignore[e]", vec!["e"], false, true),
        ];
        assert_eq!(found(text), expected);
        let text = "<a> <!-- carbonlint: ignore[b]\n because --></a>\n<!-- carbonlint: ignore[] -->\n! carbonlint: ignore[p]";
        let expected = vec![
            ("<!-- carbonlint: ignore[b]\n because -->", vec!["b"], false, false),
            ("<!-- carbonlint: ignore[] -->", vec![], false, true),
            ("! carbonlint: ignore[p]", vec!["p"], false, true),
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn other_comments_are_not() {
        for text in [
            "carbonlint: ignore[a]",
            "# carbonlint: ignore",
            "# carbonlint[a] set to false",
            "# carbonlint: ignore[a",
            "<!-- carbonlint: ignore[a]",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
