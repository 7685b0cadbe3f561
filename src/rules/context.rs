//! What a rule can see: all homes of the run, or one of them.

use std::cell::OnceCell;

use super::keys::dead_key::{DeadKey, DeadKeys, dead_keys};
use crate::diagnostic::{Finding, Target};
use crate::home::ReadError;
use crate::model::{FileId, HomeId, LoadedFile, Location, Model};
use crate::ports::PortTable;
use crate::rule_info::{RuleInfo, Severity};
use crate::server::mapper::Configuration;
use crate::server::mapper::schema::Schema;
use crate::source::{Kind, Span, SyntaxError};
use crate::workspace::Home;

/// Everything that a rule can see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleContext<'a> {
    /// All homes of the run.
    pub homes: &'a [Home],
    /// What could not be read outside any home.
    pub problems: &'a [ReadError],
    /// The rule that runs.
    pub rule: &'a RuleInfo,
}

/// What several rules ask about one reading of a home, determined once.
#[derive(Debug, Default)]
pub(crate) struct HomeAnswers {
    dead_keys: OnceCell<Option<DeadKeys>>,
}

/// One home of the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HomeContext<'a> {
    /// The number of the home.
    pub id: HomeId,
    /// The home.
    pub home: &'a Home,
    answers: &'a HomeAnswers,
    /// What `render` renders from, in the environment that it was given; `None` in a lint run.
    rendering: Option<&'a Configuration>,
}

impl<'a> RuleContext<'a> {
    /// All homes of the run with their numbers.
    pub(crate) fn homes(&self) -> impl Iterator<Item = (HomeId, &'a Home)> {
        self.homes.iter().map(|home| (home.id, home))
    }
}

impl<'a> HomeContext<'a> {
    /// A home of the run, or another reading of one.
    pub(super) fn new(home: &'a Home, answers: &'a HomeAnswers) -> Self {
        Self { id: home.id, home, answers, rendering: None }
    }

    /// A home that `render` renders from `configuration`.
    pub(crate) fn of_rendering(home: &'a Home, configuration: &'a Configuration, answers: &'a HomeAnswers) -> Self {
        Self { id: home.id, home, answers, rendering: Some(configuration) }
    }

    /// Whether the findings are for `render`. It must report everything that keeps the server from starting with what it renders from, even
    /// where a part of the home is missing or a tool may still fill in a value; rules are silent about that.
    pub(crate) fn is_rendering(&self) -> bool {
        self.rendering.is_some()
    }

    /// What the mapper derives from deployment.toml: in the environment that `render` was given, otherwise in an unknown one. Without a home,
    /// what follows from the text alone.
    pub(crate) fn configuration(&self) -> Option<&'a Configuration> {
        self.rendering.or_else(|| self.model().configuration_or_text())
    }

    /// The model of the home.
    pub(crate) fn model(&self) -> &'a Model {
        &self.home.model
    }

    /// The keys of deployment.toml that nothing reads, in file order, with the file and the schema. `None` if that is unknown.
    pub(crate) fn dead_keys(&self) -> Option<(FileId, &'a Schema, Vec<DeadKey<'a>>)> {
        let model = self.model();
        let (file, document) = model.toml()?;
        let keys = self.answers.dead_keys.get_or_init(|| dead_keys(self.home)).as_ref()?;
        Some((file, model.schema()?, keys.of(document)))
    }

    /// The listeners of the home.
    pub(crate) fn ports(&self) -> &'a PortTable {
        self.home.ports()
    }

    /// A finding in a file of the home.
    pub(crate) fn finding(&self, file: FileId, span: Span, message: impl Into<String>) -> Finding {
        self.finding_at(Location { file, span }, message)
    }

    /// A finding at a location in the home.
    pub(crate) fn finding_at(&self, at: Location, message: impl Into<String>) -> Finding {
        Finding::new(self.id, at, message)
    }

    /// A finding about a file of the home as a whole: no line of it is the cause.
    pub(crate) fn finding_in(&self, file: FileId, message: impl Into<String>) -> Finding {
        Finding::at(Target::Path(self.model().file(file).source.path.clone(), Some(self.id)), message)
    }

    /// The files of the home with their numbers.
    pub(crate) fn files(&self) -> impl Iterator<Item = (FileId, &'a LoadedFile)> {
        self.home.model.files()
    }
}

/// Reports the syntax errors of the home's files for which `takes` returns true.
pub(super) fn faults_of_files(context: HomeContext, takes: impl Fn(Kind, &SyntaxError) -> bool, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files() {
        for fault in loaded.faults().iter().filter(|fault| takes(loaded.source.kind, fault)) {
            let at = |span: Span| Location { file, span };
            let mut finding = context.finding_at(at(fault.span), fault.message.clone());
            finding.help.clone_from(&fault.help);
            if loaded.template().is_some() && !fault.is_repetition {
                // The tags may print what is missing.
                let help = finding.help.map_or_else(String::new, |help| format!("{help}; "));
                finding.help = Some(format!("{help}carbonlint cannot read this template, and checked nothing else in it"));
                finding.severity = Some(Severity::Warning);
            }
            findings.push(match &fault.related {
                Some((span, message)) => finding.related(context.id, at(*span), message.clone()),
                None => finding,
            });
        }
    }
}
