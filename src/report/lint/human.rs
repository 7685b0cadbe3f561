//! The report for people, drawn by miette: source, labels and help.

use std::fmt::{self, Write};
use std::rc::Rc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
    ThemeCharacters, ThemeStyles,
};

use super::{Report, Style, advice, summary};
use crate::diagnostic::{Diagnostic, Related, Site, Target};
use crate::model::{FileId, HomeId};
use crate::report::{displayed, on_one_line, place, printable, wrap};
use crate::rule_info::Severity;
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::secrets::Masked;
use crate::source::{LineIndex, SourceFile, Span};

/// Where findings are wrapped without a terminal.
const WIDTH: usize = 100;

/// Writes the report.
pub fn render(report: Report, style: Style) -> String {
    let mut text = findings(report, style);
    let advice = wrap::lines(&advice::render(report, style), style.width);
    for part in [advice, wrap::lines(&summary::render(report), style.width)] {
        if !text.is_empty() && !part.is_empty() {
            text.push('\n');
        }
        text.push_str(&part);
    }
    text
}

/// Writes the findings, without advice and summary.
pub(crate) fn findings(report: Report, style: Style) -> String {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.unwrap_or(WIDTH))
        .with_links(false)
        .with_context_lines(1)
        .with_break_words(false)
        .with_word_separator(wrap::separator())
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut text = String::new();
    let mut last_text = LastText::default();
    for diagnostic in report.diagnostics.iter().filter(|diagnostic| !report.is_brief(diagnostic)) {
        if !text.is_empty() {
            text.push('\n');
        }
        let drawn = Drawn::new(report, diagnostic, &mut last_text);
        if handler.render_report(&mut text, &drawn).is_err() {
            // If miette cannot draw the place, the message is still printed.
            let _ = writeln!(text, "{}: {}", report.shown.path(&diagnostic.path), on_one_line(&diagnostic.finding.message));
        }
    }
    text
}

/// The displayed text of the file drawn last. Diagnostics are sorted by file.
#[derive(Default)]
struct LastText {
    last: Option<((HomeId, FileId), Rc<DisplayedFile>)>,
}

/// The text of a file as it is shown, with its lines.
struct DisplayedFile {
    text: Masked,
    lines: LineIndex,
}

impl DisplayedFile {
    /// The part of `span` on its first line: a span of many lines would fill the screen.
    fn on_first_line(&self, source: &SourceFile, span: Span) -> Span {
        let span = span.clamped(&source.text);
        let len = span.of(&source.text).find(['\r', '\n']).unwrap_or(span.len());
        self.text.span(Span::new(span.start, span.start + len))
    }
}

impl LastText {
    fn drawable(&mut self, key: (HomeId, FileId), source: &SourceFile) -> Rc<DisplayedFile> {
        match &self.last {
            Some((known, drawable)) if *known == key => Rc::clone(drawable),
            _ => {
                let text = displayed(source);
                let drawable = Rc::new(DisplayedFile { lines: LineIndex::new(&text.text), text });
                self.last = Some((key, Rc::clone(&drawable)));
                drawable
            }
        }
    }
}

/// A diagnostic in the form that miette draws.
#[derive(Debug)]
struct Drawn<'a> {
    diagnostic: &'a Diagnostic,
    message: String,
    help: Option<String>,
    source: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl<'a> Drawn<'a> {
    fn new(report: Report<'a>, diagnostic: &'a Diagnostic, last_text: &mut LastText) -> Self {
        let finding = &diagnostic.finding;
        let mut message = on_one_line(&finding.message);
        let mut help: Vec<String> = finding.help.iter().map(|help| printable(help)).collect();
        let mut drawn = None;
        match &finding.target {
            Target::Path(..) => {
                message = format!("{}: {message}", report.shown.path(&diagnostic.path));
                // The place that explains the finding is in another file.
                if let Some((first, others)) = finding.related.split_first() {
                    drawn = draw(report, first.site, Some(&first.message), others, &mut help, last_text);
                    if drawn.is_none() {
                        help.push(in_words(report, first));
                    }
                }
            }
            Target::Site(site) => {
                drawn = draw(report, *site, None, &finding.related, &mut help, last_text);
                if drawn.is_none() {
                    let position = report.workspace.source(site).position(diagnostic.span.start);
                    let path = report.shown.path(&diagnostic.path);
                    message = format!("{path}:{}:{}: {message}", position.line, position.column);
                }
            }
        }
        let (source, labels) = drawn.map_or((None, Vec::new()), |(source, labels)| (Some(source), labels));
        Self { diagnostic, message, help: (!help.is_empty()).then(|| help.join("\n")), source, labels }
    }
}

/// The excerpt around `site` and the related places in the same file, with its labels. Related places elsewhere are added to `help`. `None` if
/// the excerpt would be too long to read.
fn draw(
    report: Report,
    site: Site,
    label: Option<&str>,
    related: &[Related],
    help: &mut Vec<String>,
    last_text: &mut LastText,
) -> Option<(Excerpt, Vec<LabeledSpan>)> {
    let file = report.workspace.source(&site);
    let drawn = last_text.drawable((site.home, site.at.file), file);
    let mut spans = vec![(label.map(printable), drawn.on_first_line(file, site.at.span))];
    for related in related {
        if related.site.home == site.home && related.site.at.file == site.at.file {
            spans.push((Some(printable(&related.message)), drawn.on_first_line(file, related.site.at.span)));
        } else {
            help.push(in_words(report, related));
        }
    }
    Excerpt::around(&report.shown.path(&file.path), &drawn.text.text, &drawn.lines, &spans)
}

/// A related place as a line of help.
fn in_words(report: Report, related: &Related) -> String {
    let model = &report.workspace[related.site.home].model;
    format!("{} ({})", printable(&related.message), place(model, related.site.at, report.shown))
}

/// The lines of a file around the labels, so that miette does not count through the whole file for each finding. miette counts columns in
/// bytes; here they are counted in characters, as everywhere else.
#[derive(Debug)]
struct Excerpt {
    name: String,
    text: String,
    /// The number of the first line, from 0.
    first_line: usize,
}

/// The longest excerpt that is drawn, in bytes. Longer ones come from minified files or from places far apart.
const MAX_DRAWN: usize = 4_000;

impl Excerpt {
    /// The excerpt with a line of context on each side, and its labels, the first of which is primary. `None` if it would be too long to
    /// read.
    fn around(name: &str, text: &str, lines: &LineIndex, spans: &[(Option<String>, Span)]) -> Option<(Self, Vec<LabeledSpan>)> {
        let line_of = |offset: usize| lines.position(text, offset).line;
        let first = spans.iter().map(|(_, span)| line_of(span.start)).min()?.saturating_sub(1).max(1);
        let last = spans.iter().map(|(_, span)| line_of(span.end)).max()? + 1;
        let start = lines.line(text, first)?.start;
        let end = lines.line(text, last + 1).map_or(text.len(), |line| line.start);
        let excerpt = text.get(start..end).filter(|excerpt| excerpt.len() <= MAX_DRAWN)?;
        if excerpt.lines().any(|line| line.len() > MAX_DRAWN_LINE) {
            return None;
        }
        let labels = spans.iter().enumerate().map(|(number, (label, span))| {
            let at = (span.start - start, span.len());
            if number == 0 {
                LabeledSpan::new_primary_with_span(label.clone(), at)
            } else {
                LabeledSpan::new_with_span(label.clone(), at)
            }
        });
        Some((Self { name: name.to_owned(), text: excerpt.to_owned(), first_line: first - 1 }, labels.collect()))
    }
}

/// The longest line that is drawn, in bytes.
const MAX_DRAWN_LINE: usize = 400;

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

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        let start = inner.span().offset();
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let column = self.text[line_start..start].chars().filter(|character| *character != BYTE_ORDER_MARK).count();
        let line = self.first_line + inner.line();
        let name = self.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, inner.data(), *inner.span(), line, column, inner.line_count())))
    }
}
