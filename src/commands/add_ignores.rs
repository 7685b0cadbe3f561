//! `carbonlint lint --add-ignores`: suppresses what is found now.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::fix::ignores::with_ignores;
use crate::fix::write::write_all;
use crate::lint::lint_in_parallel;
use crate::model::Assumptions;
use crate::report::counted;
use crate::rules::Selection;
use crate::source::Overlays;
use crate::workspace::{Opening, Workspace};

use super::exit::{Exit, Failure};
use super::terminal::print;

/// Writes a comment for each of `diagnostics` that `is_asked_for`, and says how many of them are left.
pub(super) fn run(
    workspace: &Workspace,
    diagnostics: &[Diagnostic],
    is_asked_for: impl Fn(&Diagnostic) -> bool,
    (paths, opening, assumptions): (&[PathBuf], Opening, &Assumptions),
    selection: &Selection,
) -> Result<Exit, Failure> {
    let asked: Vec<Diagnostic> = diagnostics.iter().filter(|diagnostic| is_asked_for(diagnostic)).cloned().collect();
    let files = with_ignores(workspace, &asked);
    let overlays: Overlays = files.iter().map(|file| (file.path.clone(), file.new.clone())).collect();
    let mut suppressed = Workspace::open_with(paths, opening, assumptions, &overlays);
    let left = lint_in_parallel(&mut suppressed, selection, opening.threads, || ());
    let left = left.iter().filter(|diagnostic| is_asked_for(diagnostic)).count();
    if let Some((root, error)) = write_all(&files, None).into_iter().next() {
        return Err(Failure::new(format!("nothing was written in `{}`: {error}", root.display())));
    }
    let done = asked.len().saturating_sub(left);
    print(&format!("{} suppressed in {}\n", counted(done, "finding"), counted(files.len(), "file")))?;
    if left > 0 {
        print(&format!("{} left, which no comment can suppress: `carbonlint lint` shows where\n", counted(left, "finding")))?;
    }
    Ok(if left > 0 { Exit::Findings } else { Exit::Clean })
}
