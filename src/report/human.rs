//! The report for people, drawn by miette: source, labels, remedy.

use std::fmt::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::{Report, counted, place, product_name};
use crate::diagnostic::{Diagnostic, Severity, Target};
use crate::rules::Home;
use crate::source::{Span, secrets};

/// How the report is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Writes the report.
pub fn render(report: Report, style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1)
        .with_break_words(false)
        // Paths stay whole, so that they can be copied.
        .with_word_separator(textwrap::WordSeparator::AsciiSpace);
    let mut text = String::new();
    let mut sources = Sources::default();
    for diagnostic in report.diagnostics {
        if !text.is_empty() {
            text.push('\n');
        }
        let drawn = Drawn::new(report, diagnostic, &mut sources);
        if handler.render_report(&mut text, &drawn).is_err() {
            // A place that miette cannot draw is still said.
            let _ = writeln!(text, "{}: {}", diagnostic.path, diagnostic.finding.message);
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary(report));
    text
}

fn summary(report: Report) -> String {
    let mut lines = String::new();
    let homes = &report.workspace.homes;
    if let [home] = homes.as_slice() {
        let _ = writeln!(lines, "{}: {}", report.shown.path(home.model.path()), describe(home));
    }
    let files = counted(report.workspace.file_count(), "file");
    let homes = if homes.len() == 1 { String::new() } else { format!(" of {}", counted(homes.len(), "home")) };
    let counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")]
        .into_iter()
        .map(|(severity, name)| (report.count(severity), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| counted(count, name))
        .collect();
    if counts.is_empty() {
        let _ = writeln!(lines, "nothing found in {files}{homes}");
    } else {
        let _ = writeln!(lines, "{} in {files}{homes}", counts.join(", "));
    }
    lines
}

fn describe(home: &Home) -> String {
    let offset = match home.ports.offset.value {
        Some(offset) => format!("offset {offset}"),
        None => "offset not known".to_owned(),
    };
    let profile = home
        .ports
        .profile
        .as_ref()
        .filter(|profile| profile.name != "default")
        .map(|profile| format!(", profile {}", profile.name));
    format!("{}, {}, {offset}{}", product_name(&home.model), home.model.generation.as_str(), profile.unwrap_or_default())
}

/// The masked text of the file drawn last: findings come sorted by file.
#[derive(Default)]
struct Sources {
    last: Option<((usize, usize), std::sync::Arc<str>)>,
}

impl Sources {
    fn masked(&mut self, key: (usize, usize), text: &str) -> std::sync::Arc<str> {
        match &self.last {
            Some((known, masked)) if *known == key => masked.clone(),
            _ => {
                let masked: std::sync::Arc<str> = secrets::masked(text).into();
                self.last = Some((key, masked.clone()));
                masked
            }
        }
    }
}

/// A diagnostic as miette wants it.
#[derive(Debug)]
struct Drawn<'a> {
    diagnostic: &'a Diagnostic,
    message: String,
    help: Option<String>,
    source: Option<Masked>,
    labels: Vec<LabeledSpan>,
}

impl<'a> Drawn<'a> {
    fn new(report: Report<'a>, diagnostic: &'a Diagnostic, sources: &mut Sources) -> Self {
        let finding = &diagnostic.finding;
        let mut elsewhere = Vec::new();
        let (source, labels, message) = match &finding.target {
            Target::Path(..) => (None, Vec::new(), format!("{}: {}", diagnostic.path, finding.message)),
            Target::Site(site) => {
                let file = &report.workspace.homes[site.home].model.file(site.at.file).source;
                let text = sources.masked((site.home, site.at.file), &file.text);
                if has_long_line(&text, diagnostic.span) {
                    let position = file.position(diagnostic.span.start);
                    let message = format!("{}:{}:{}: {}", diagnostic.path, position.line, position.column, finding.message);
                    return Self { diagnostic, message, help: finding.help.clone(), source: None, labels: Vec::new() };
                }
                let (start, len) = on_first_line(&text, diagnostic.span);
                let mut labels = vec![LabeledSpan::new_primary_with_span(None, (start, len))];
                for related in &finding.related {
                    if related.site.home == site.home && related.site.at.file == site.at.file {
                        let (start, len) = on_first_line(&text, related.site.at.span);
                        labels.push(LabeledSpan::new(Some(related.message.clone()), start, len));
                    } else {
                        let model = &report.workspace.homes[related.site.home].model;
                        elsewhere.push(format!("{} ({})", related.message, place(model, related.site.at, report.shown)));
                    }
                }
                (Some(Masked { name: diagnostic.path.clone(), text }), labels, finding.message.clone())
            }
        };
        let help: Vec<String> = finding.help.iter().cloned().chain(elsewhere).collect();
        let help = (!help.is_empty()).then(|| help.join("\n"));
        Self { diagnostic, message, help, source, labels }
    }
}

/// Start and length of what lies on the first line of `span`: what spans many lines would fill the screen.
fn on_first_line(source: &str, span: Span) -> (usize, usize) {
    let start = span.start.min(source.len());
    let end = span.end.clamp(start, source.len());
    (start, source[start..end].find(['\r', '\n']).unwrap_or(end - start))
}

/// The longest line that is drawn, in bytes.
const MAX_DRAWN_LINE: usize = 400;

/// Whether a line near `span` is too long to be drawn, as in a minified file.
fn has_long_line(source: &str, span: Span) -> bool {
    let start = span.start.min(source.len());
    let before = source[..start].rsplit('\n').take(2).map(str::len).max().unwrap_or(0);
    let behind = source[start..].split('\n').take(2).map(str::len).max().unwrap_or(0);
    before.max(behind) > MAX_DRAWN_LINE
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.diagnostic.rule.name))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A file's text with its secrets masked. miette counts columns in bytes; here they count in characters, as everywhere else.
#[derive(Debug)]
struct Masked {
    name: String,
    text: std::sync::Arc<str>,
}

impl SourceCode for Masked {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        let start = inner.span().offset();
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let column = self.text[line_start..start]
            .chars()
            .filter(|character| *character != crate::source::position::BYTE_ORDER_MARK)
            .count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            column,
            inner.line_count(),
        )))
    }
}
