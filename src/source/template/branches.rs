//! The branches of the conditions in a template. A loop has one branch, as has a condition without `else`.

use super::tags::{Role, Tag};
use crate::source::Span;

/// One branch of a condition.
#[derive(Debug)]
pub(super) struct Branch {
    /// What is between its tags.
    pub span: Span,
    /// The branch that the condition is in.
    pub parent: Option<usize>,
    /// The number of the condition.
    condition: usize,
}

/// The branches of a template, in the order of their places: an inner one comes after the one around it.
#[derive(Debug, Default)]
pub(super) struct Branches {
    pub all: Vec<Branch>,
    conditions: usize,
}

impl Branches {
    pub(super) fn of(text: &str, tags: &[Tag]) -> Self {
        let mut branches = Self::default();
        // The branches around the current tag.
        let mut open: Vec<usize> = Vec::new();
        for tag in tags {
            let condition = match tag.role {
                Role::Open => {
                    branches.conditions += 1;
                    branches.conditions - 1
                }
                Role::Else | Role::Close => {
                    let Some(ended) = open.pop() else { continue };
                    branches.all[ended].span.end = tag.span.start;
                    if tag.role == Role::Close {
                        continue;
                    }
                    branches.all[ended].condition
                }
                Role::Print | Role::Silent => continue,
            };
            let span = Span::new(tag.span.end, text.len());
            branches.all.push(Branch { span, parent: open.last().copied(), condition });
            open.push(branches.all.len() - 1);
        }
        branches
    }

    /// For each branch, whether it is the first of its condition.
    pub(super) fn first_ones(&self) -> Vec<bool> {
        self.preferring(&vec![false; self.all.len()])
    }

    /// For each branch, whether it is taken: in each condition the first one that is `wanted` or has a wanted one inside, otherwise the first.
    pub(super) fn preferring(&self, wanted: &[bool]) -> Vec<bool> {
        let mut leads = wanted.to_vec();
        for (number, branch) in self.all.iter().enumerate().rev() {
            if let Some(parent) = branch.parent.filter(|_| leads[number]) {
                leads[parent] = true;
            }
        }
        let mut chosen: Vec<Option<usize>> = vec![None; self.conditions];
        for (number, branch) in self.all.iter().enumerate() {
            let choice = &mut chosen[branch.condition];
            if choice.is_none_or(|other| leads[number] && !leads[other]) {
                *choice = Some(number);
            }
        }
        self.all.iter().enumerate().map(|(number, branch)| chosen[branch.condition] == Some(number)).collect()
    }

    /// The text of the branches that are not taken, in order and without overlaps.
    pub(super) fn hidden(&self, taken: &[bool]) -> Vec<Span> {
        let mut hidden: Vec<Span> = Vec::new();
        for (branch, _) in self.all.iter().zip(taken).filter(|(_, taken)| !**taken) {
            if hidden.last().is_none_or(|last| branch.span.start >= last.end) {
                hidden.push(branch.span);
            }
        }
        hidden
    }

    /// For each branch, whether it and all branches around it are taken.
    pub(super) fn visible(&self, taken: &[bool]) -> Vec<bool> {
        let mut visible = taken.to_vec();
        for (number, branch) in self.all.iter().enumerate() {
            visible[number] &= branch.parent.is_none_or(|parent| visible[parent]);
        }
        visible
    }

    /// The innermost branch at `offset`.
    fn at(&self, offset: usize) -> Option<usize> {
        let before = self.all.partition_point(|branch| branch.span.start <= offset);
        let mut branch = before.checked_sub(1);
        while let Some(number) = branch.filter(|number| self.all[*number].span.end <= offset) {
            branch = self.all[number].parent;
        }
        branch
    }

    /// The branches around `offset`, from the outermost.
    fn around(&self, offset: usize) -> Vec<usize> {
        let mut around: Vec<usize> = std::iter::successors(self.at(offset), |branch| self.all[*branch].parent).collect();
        around.reverse();
        around
    }

    /// The outermost branch around each of two places that is not around the other. `None` if one place is in all branches of the other, so that
    /// whoever reads the inner one reads both.
    pub(super) fn apart(&self, one: usize, other: usize) -> Option<(usize, usize)> {
        let (one, other) = (self.around(one), self.around(other));
        one.into_iter().zip(other).find(|(one, other)| one != other)
    }
}
