//! What is found: a rule, a place, words for a person, and how all of it is ordered and recognised again.

use std::path::{Path, PathBuf};

use crate::edit::Fix;
use crate::model::{HomeId, Location};
use crate::rule_info::{RuleInfo, Severity};
use crate::source::Span;

/// A place in a file of one of the homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The number of the home.
    pub home: HomeId,
    /// The place in it.
    pub at: Location,
}

/// Where a diagnostic stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// In a file that was read.
    Site(Site),
    /// At a path that could not be read; the home it belongs to, if any.
    Path(PathBuf, Option<HomeId>),
}

impl Target {
    /// The home that it belongs to.
    pub fn home(&self) -> Option<HomeId> {
        match self {
            Self::Site(site) => Some(site.home),
            Self::Path(_, home) => *home,
        }
    }
}

/// Another place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub site: Site,
    /// What stands there.
    pub message: String,
}

/// What a rule says before the engine knows which rule it was.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Where.
    pub target: Target,
    /// What is wrong: lower case, no full stop, values in backticks.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Another severity than the rule's own.
    pub severity: Option<Severity>,
    /// The key of deployment.toml, or the path in another file.
    pub key: Option<String>,
    /// Other places.
    pub related: Vec<Related>,
    /// Places of the same file that it speaks for as well, such as the keys of a table that it reports as a whole.
    pub subjects: Vec<Span>,
    /// What would repair it; the first is the usual one.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// A finding at a place of a home.
    pub fn new(home: HomeId, at: Location, message: impl Into<String>) -> Self {
        Self::at(Target::Site(Site { home, at }), message)
    }

    /// A finding at any target.
    pub fn at(target: Target, message: impl Into<String>) -> Self {
        Self {
            target,
            message: message.into(),
            help: None,
            severity: None,
            key: None,
            related: Vec::new(),
            subjects: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with its own severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// The same with a fix, where there is one.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fixes.extend(fix);
        self
    }

    /// The same that speaks for these places as well.
    #[must_use]
    pub fn subjects(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.subjects.extend(spans);
        self
    }

    /// The same about a key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The same with another place.
    #[must_use]
    pub fn related(mut self, home: HomeId, at: Location, message: impl Into<String>) -> Self {
        self.related.push(Related { site: Site { home, at }, message: message.into() });
        self
    }
}

/// A finding of a rule, ready to be reported.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// The severity that counts in this run.
    pub severity: Severity,
    /// What was found.
    pub finding: Finding,
    /// The file, an absolute path.
    pub path: PathBuf,
    /// The range in the file; empty at 0 for a path that could not be read.
    pub span: Span,
    /// Recognises the same finding in another run, wherever its line has moved.
    pub fingerprint: String,
}

impl Diagnostic {
    /// The order of every report.
    pub fn sort_key(&self) -> (&Path, usize, usize, &str, &str) {
        (&self.path, self.span.start, self.span.end, &self.rule.name, &self.finding.message)
    }

    /// The home that it belongs to.
    pub fn home(&self) -> Option<HomeId> {
        self.finding.target.home()
    }
}
