//! Unified diffs of what a fix would write, secrets masked.

use similar::TextDiff;

use crate::source::secrets;

/// The unified diff from `old` to `new`, the contents of the file shown as `path`; coloured for a terminal if `color`.
pub fn unified(path: &str, old: &str, new: &str, color: bool) -> String {
    let (old, new) = (secrets::masked(old), secrets::masked(new));
    let diff = TextDiff::from_lines(&old, &new);
    let shown = path.trim_start_matches('/');
    let text = diff.unified_diff().context_radius(3).header(&format!("a/{shown}"), &format!("b/{shown}")).to_string();
    if !color {
        return text;
    }
    let paint = |line: &str| {
        let code = match line.as_bytes().first() {
            _ if line.starts_with("---") || line.starts_with("+++") => "1",
            Some(b'-') => "31",
            Some(b'+') => "32",
            Some(b'@') => "36",
            _ => return line.to_owned(),
        };
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        format!("\u{1b}[{code}m{content}\u{1b}[0m{end}")
    };
    text.split_inclusive('\n').map(paint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_lines_and_no_secret() {
        let diff = unified("x.toml", "password = \"abc\"\noffset = \"1\"\n", "password = \"abc\"\noffset = 1\n", false);
        assert_eq!(diff, "--- a/x.toml\n+++ b/x.toml\n@@ -1,2 +1,2 @@\n password = \"***\"\n-offset = \"1\"\n+offset = 1\n");
        assert!(unified("x", "a\n", "b\n", true).contains("\u{1b}[31m-a\u{1b}[0m\n"));
        assert_eq!(unified("x", "a\n", "a\n", false), "");
    }
}
