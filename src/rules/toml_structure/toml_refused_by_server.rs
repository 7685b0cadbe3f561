//! `toml-refused-by-server`: TOML that editors and other checkers accept but the server's parser rejects.

use crate::diagnostic::Finding;
use crate::edit::toml::TextEdit;
use crate::edit::{Fix, Safety};
use crate::model::{Content, FileId, LoadedFile, Location};
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::cava_toml::{self, Inside, Reason, Rejection, Verdict, check_without_tabs, explain_tab};
use crate::source::Span;
use crate::source::encoding::Encoding;
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::secrets::{secrets_in, touches_secret};
use crate::source::template::is_template;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files() {
        if !matches!(loaded.content(), Content::Toml(_)) {
            continue;
        }
        if let Some(text) = text_for_server(loaded) {
            let verdict = cava_toml::check(text);
            if let Verdict::Rejected(refusals) = verdict {
                report(context, file, text, &refusals, findings);
            }
        }
    }
}

/// The text that the server reads, without a byte-order mark, which `toml-syntax` reports. `None` for a template of a deployment tool, and
/// for a text that was not decoded as the server decodes it.
pub(super) fn text_for_server(loaded: &LoadedFile) -> Option<&str> {
    let source = &loaded.source;
    let text = source.text_of_server();
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    (source.encoding == Encoding::Utf8 && source.encoding_fault.is_none() && !is_template(text)).then_some(text)
}

fn report(context: HomeContext, file: FileId, text: &str, refusals: &[Rejection], findings: &mut Vec<Finding>) {
    let reporter = Reporter { context, file, text, secrets: secrets_in(text) };
    let Some(first) = refusals.first().filter(|first| is_tab(text, first)) else {
        findings.extend(refusals.iter().map(|refusal| reporter.finding(refusal)));
        return;
    };
    // The server stops at the first tab. Report every tab, and what is wrong after them.
    let (beyond, strings) = check_without_tabs(text);
    findings.extend(strings.iter().map(|tabs| reporter.tabs(tabs, first)));
    if let Verdict::Rejected(refusals) = beyond {
        findings.extend(refusals.iter().map(|refusal| reporter.finding(refusal)));
    }
}

fn is_tab(text: &str, refusal: &Rejection) -> bool {
    matches!(refusal.reason, Reason::Unexpected(Inside::Basic | Inside::BasicLines)) && refusal.span.of(text) == "\t"
}

struct Reporter<'a> {
    context: HomeContext<'a>,
    file: FileId,
    /// The text without a byte-order mark.
    text: &'a str,
    /// Its secrets.
    secrets: Vec<Span>,
}

impl Reporter<'_> {
    /// The location in the file of a span in the text.
    fn at(&self, span: Span) -> Location {
        let mark = self.context.model().file(self.file).source.text.len() - self.text.len();
        Location { file: self.file, span: Span::new(mark + span.start, mark + span.end) }
    }

    fn finding(&self, refusal: &Rejection) -> Finding {
        let (message, help) = refusal.explain(self.text);
        // The server's message repeats the rejected text, which may be a secret.
        let is_secret = touches_secret(&self.secrets, refusal.span);
        let help = if is_secret { help } else { with_log_line(&help, refusal) };
        let finding = self.context.finding_at(self.at(refusal.span), message).help(help);
        let finding = finding.fix(fix_edits(self.text, refusal).map(|edits| self.fix(edits)));
        match refusal.related {
            Some(first) => finding.related(self.context.id, self.at(first), "defined here"),
            None => finding,
        }
    }

    /// A finding about the tabs of one string. The server reports only the `first` rejection.
    fn tabs(&self, tabs: &[usize], first: &Rejection) -> Finding {
        let span = |tab: usize| Span::new(tab, tab + 1);
        let at = tabs.first().map_or(first.span, |tab| span(*tab));
        let (message, help) = explain_tab();
        let help = if at == first.span { with_log_line(help, first) } else { help.to_owned() };
        let edits = tabs.iter().map(|tab| (span(*tab), "\\t".to_owned())).collect();
        self.context.finding_at(self.at(at), message).help(help).fix(Some(self.fix(edits)))
    }

    /// A fix that keeps every value as TOML defines it. The server can still read an accepted value differently: it keeps the line break and
    /// the indentation that a backslash at the end of a line should remove.
    fn fix(&self, edits: Vec<TextEdit>) -> Fix {
        let edits = edits.into_iter().map(|(span, text)| (self.at(span).span, text)).collect();
        let title = "write the same value in a form that the server's parser accepts".to_owned();
        fixes::fix_of(self.context.model(), self.file, title, Safety::Safe, edits, Vec::new())
    }
}

fn with_log_line(help: &str, refusal: &Rejection) -> String {
    format!("{help}; the server says: {}", refusal.log_line())
}

/// Whether a space at byte `at` gets the server's parser past that place.
fn blank_helps(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    match check_without_tabs(&format!("{before} {after}")).0 {
        Verdict::Rejected(refusals) => refusals.first().is_some_and(|first| first.span.start > at + 1),
        Verdict::Accepted | Verdict::StackOverflow(_) => true,
        Verdict::TooDeep(_) => false,
    }
}

/// The edits that write the same value in a form that the server accepts, if there is one.
fn fix_edits(text: &str, refusal: &Rejection) -> Option<Vec<TextEdit>> {
    let Span { start, end } = refusal.span;
    let written = refusal.span.of(text);
    let before = text.get(..start)?;
    match refusal.reason {
        Reason::Escape if written == "\\e" => Some(vec![(refusal.span, "\\u001B".to_owned())]),
        Reason::Escape if written == "\\x" => Some(vec![(refusal.span, "\\u00".to_owned())]),
        Reason::AfterDate if matches!(written, "]" | "}") && blank_helps(text, start) => {
            Some(vec![(Span::at(start), " ".to_owned())])
        }
        Reason::ExtraQuotes if before.ends_with("\"\"\"") => {
            // The first one or two quotes belong to the text, the last three close it.
            let count = text[start..].bytes().take_while(|byte| *byte == b'"').count();
            matches!(count, 1 | 2).then(|| vec![(Span::new(start - 3, start - 3 + count), "\\\"".repeat(count))])
        }
        Reason::Unexpected(Inside::Key | Inside::Inline) if text.get(start..end) == Some("}") => {
            let comma = before.trim_end().strip_suffix(',')?.len();
            Some(vec![(Span::new(comma, comma + 1), String::new())])
        }
        _ => None,
    }
}
