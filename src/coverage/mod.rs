//! What a run covered: the files that were found and as what, and what was not checked and why.

mod files;
mod gap;

pub(crate) use files::{FoundFile, files_of};
pub(crate) use gap::{Gap, GapKind};

use std::collections::BTreeMap;

use crate::home::{WhyLeftAlone, WhyPassedOver};
use crate::workspace::Workspace;

/// What the run over a workspace did not check.
#[derive(Debug)]
pub struct Coverage {
    /// What was not checked, sorted by kind, then by path.
    pub(crate) gaps: Vec<Gap>,
}

impl Coverage {
    /// Determines what is not checked in `workspace`.
    pub fn of(workspace: &Workspace) -> Self {
        let named = workspace.passed_over.iter().map(|passed| {
            let kind = match passed.why {
                WhyPassedOver::Foreign => GapKind::Foreign,
                WhyPassedOver::TemplateWithoutHome => GapKind::TemplateWithoutHome,
            };
            Gap::new(kind, &passed.path)
        });
        let mut gaps: Vec<Gap> = named.collect();
        for (id, home) in workspace.homes() {
            gaps.extend(gap::gaps_of(home, workspace.requested(id)));
        }
        gaps.sort_by(|one, other| (one.kind, &one.path).cmp(&(other.kind, &other.path)));
        gaps.dedup();
        Self { gaps }
    }

    /// Whether everything was understood, and no check was skipped.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// The number of files of which nothing was checked.
    pub(crate) fn not_understood(&self) -> usize {
        self.gaps.iter().filter(|gap| !gap.kind.is_partly_checked()).count()
    }

    /// The number of times that checks were skipped.
    pub(crate) fn skipped(&self) -> usize {
        self.gaps.len() - self.not_understood()
    }

    /// The gaps of each kind, in the order of the kinds.
    pub(crate) fn by_kind(&self) -> BTreeMap<GapKind, Vec<&Gap>> {
        let mut kinds: BTreeMap<GapKind, Vec<&Gap>> = BTreeMap::new();
        for gap in &self.gaps {
            kinds.entry(gap.kind).or_default().push(gap);
        }
        kinds
    }
}

/// How many files were left alone, by the reason, in the order of its name.
pub(crate) fn left_alone(workspace: &Workspace) -> Vec<(WhyLeftAlone, usize)> {
    let mut counts: BTreeMap<&str, (WhyLeftAlone, usize)> = BTreeMap::new();
    for left in &workspace.left_alone {
        counts.entry(left.why.id()).or_insert((left.why, 0)).1 += 1;
    }
    counts.into_values().collect()
}
