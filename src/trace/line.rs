//! What decides each line of a rendered file.

use crate::model::{Trace, TracedFile};
use crate::render::Rendering;
use crate::source::Span;
use crate::source::secrets::Masked;

/// What decides the lines of a rendered file.
#[derive(Debug)]
pub struct FileTrace {
    /// The rendered file.
    pub file: TracedFile,
    /// Its text as it may be shown.
    pub(crate) masked: Masked,
    /// The lines, in order.
    pub lines: Vec<LineTrace>,
    /// The first line that was not looked at, because those before it have `MAX_VALUES` values.
    pub left_off: Option<usize>,
}

/// How many values of a whole file are listed. The largest file of a product has a few hundred.
const MAX_VALUES: usize = 20_000;

/// What decides a line of a rendered file.
#[derive(Debug)]
pub struct LineTrace {
    /// Its number, from 1.
    pub line: usize,
    /// The line in the text, without its end.
    pub span: Span,
    /// What decides it.
    pub trace: Trace,
}

/// What decides the file that the server renders at `path`: this line of it, or every line with a value. Without lines if there is no such
/// line. Fails with what is wrong with the template if the file cannot be rendered, or `None` if there is no such template.
pub fn trace_file(rendering: &Rendering, path: &str, line: Option<usize>) -> Result<FileTrace, Option<String>> {
    let values = rendering.effective();
    let file = TracedFile::render(values, path).map_err(|fault| fault.map(|fault| fault.message))?;
    let mut lines = Vec::new();
    let mut start = 0;
    let mut count = 0;
    let mut left_off = None;
    for (number, text) in file.source.text.split_inclusive('\n').enumerate() {
        let span = Span::new(start, start + text.trim_end_matches(['\n', '\r']).len());
        start += text.len();
        if line.is_some_and(|line| line != number + 1) {
            continue;
        }
        if count >= MAX_VALUES {
            left_off = Some(number + 1);
            break;
        }
        let trace = file.trace(values, written_part(&file.source.text, span));
        count += trace.keys.len() + trace.conditions.iter().map(|condition| condition.keys.len()).sum::<usize>();
        if line.is_some() || !trace.keys.is_empty() {
            lines.push(LineTrace { line: number + 1, span, trace });
        }
    }
    Ok(FileTrace { masked: file.masked(values), file, lines, left_off })
}

/// A line without the spaces around it, which often belong to another part of the template.
fn written_part(text: &str, line: Span) -> Span {
    let written = line.of(text);
    let start = line.start + written.len() - written.trim_start().len();
    let end = line.start + written.trim_end().len();
    if start < end { Span::new(start, end) } else { line }
}
