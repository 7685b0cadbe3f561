//! What a rule may look at: all homes of the run, or one of them.

use crate::diagnostic::Finding;
use crate::home::ReadError;
use crate::model::{FileId, LoadedFile, Location, Model};
use crate::ports::PortTable;
use crate::source::{Kind, Span, SyntaxError};
use crate::workspace::Home;

/// Everything that a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct RuleContext<'a> {
    /// All homes of the run.
    pub homes: &'a [Home],
    /// What could not be looked at outside of any home.
    pub problems: &'a [ReadError],
}

/// One home out of those.
#[derive(Debug, Clone, Copy)]
pub struct HomeContext<'a> {
    /// Its number.
    pub number: usize,
    /// The home.
    pub home: &'a Home,
    /// All homes of the run.
    pub homes: &'a [Home],
}

impl<'a> HomeContext<'a> {
    /// The model of the home.
    pub fn model(&self) -> &'a Model {
        &self.home.model
    }

    /// The listeners of the home.
    pub fn ports(&self) -> &'a PortTable {
        &self.home.ports
    }

    /// The files of the home with their numbers.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &'a LoadedFile)> {
        self.home.model.files.iter().enumerate()
    }
}

/// Reports the faults of the home's files that `takes` picks by the file's kind.
pub(super) fn faults_of_files(context: HomeContext, takes: impl Fn(Kind, &SyntaxError) -> bool, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files() {
        for fault in loaded.faults.iter().filter(|fault| takes(loaded.source.kind, fault)) {
            let at = |span: Span| Location { file, span };
            let mut finding = Finding::new(context.number, at(fault.span), fault.message.clone());
            finding.help.clone_from(&fault.help);
            findings.push(match &fault.related {
                Some((span, message)) => finding.related(context.number, at(*span), message.clone()),
                None => finding,
            });
        }
    }
}
