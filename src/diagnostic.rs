//! Findings and diagnostics: a rule, a place and a message, with their sort order and fingerprints.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::edit::Fix;
use crate::model::{HomeId, Location};
use crate::rule_info::{RuleInfo, Severity};
use crate::source::Span;

/// A place in a file of one of the homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The home.
    pub home: HomeId,
    /// The place in the home.
    pub at: Location,
}

/// The place of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A place in a file that was read.
    Site(Site),
    /// A file as a whole, such as one that could not be read or whose silence is the cause, with the home that it belongs to, if any.
    Path(PathBuf, Option<HomeId>),
}

impl Target {
    /// The home that the place belongs to.
    pub fn home(&self) -> Option<HomeId> {
        match self {
            Self::Site(site) => Some(site.home),
            Self::Path(_, home) => *home,
        }
    }
}

/// Another place that a diagnostic refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub site: Site,
    /// What is at the place.
    pub message: String,
}

/// What a rule found. The engine adds the rule to make it a [`Diagnostic`].
#[derive(Debug, Clone)]
pub struct Finding {
    /// The place.
    pub target: Target,
    /// What is wrong: lower case, without a full stop, values in backticks.
    pub message: String,
    /// How to correct it: what to type.
    pub help: Option<String>,
    /// A severity that replaces the rule's default.
    pub severity: Option<Severity>,
    /// The key of deployment.toml, or the path in another file.
    pub key: Option<String>,
    /// Other places to show.
    pub related: Vec<Related>,
    /// Other spans of the same file that the finding covers, such as the keys of a table that it reports as a whole.
    pub subjects: Vec<Span>,
    /// Places in other files of the home that the finding covers, such as the copy of a rendered file on disk.
    pub elsewhere: Vec<Location>,
    /// Possible fixes; the first is the usual one.
    pub fixes: Vec<Fix>,
    /// What of other homes of the run the finding depends on.
    pub answered: Option<Answered>,
}

/// A finding about a port that another server may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The finding counts only if no home of the run opens this port.
    pub port: i64,
    /// The finding is only information if another home of the run has this host name too.
    pub host: Option<String>,
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
            elsewhere: Vec::new(),
            fixes: Vec::new(),
            answered: None,
        }
    }

    /// The same finding, which depends on other homes of the run.
    #[must_use]
    pub fn answered(mut self, answered: Answered) -> Self {
        self.answered = Some(answered);
        self
    }

    /// Adds a help text.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets a severity that replaces the rule's default.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds a fix, if there is one.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fixes.extend(fix);
        self
    }

    /// Adds spans that the finding covers as well.
    #[must_use]
    pub fn subjects(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.subjects.extend(spans);
        self
    }

    /// Adds places in other files that the finding covers as well.
    #[must_use]
    pub fn elsewhere(mut self, places: impl IntoIterator<Item = Location>) -> Self {
        self.elsewhere.extend(places);
        self
    }

    /// Sets the key that the finding is about.
    #[must_use]
    pub fn key(mut self, key: impl AsRef<str>) -> Self {
        self.key = Some(key.as_ref().to_owned());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, home: HomeId, at: Location, message: impl Into<String>) -> Self {
        self.related.push(Related { site: Site { home, at }, message: message.into() });
        self
    }
}

/// A finding of a rule, ready to report.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// The severity in this run.
    pub severity: Severity,
    /// What the rule found.
    pub finding: Finding,
    /// The file, an absolute path.
    pub path: PathBuf,
    /// The range in the file; empty, at offset 0, for a target without a place.
    pub span: Span,
    /// Identifies the same finding in other runs, even if its line has moved.
    pub fingerprint: String,
}

impl Diagnostic {
    /// The sort key of diagnostics in every report.
    pub fn sort_key(&self) -> (&Path, usize, usize, &str, &str) {
        (&self.path, self.span.start, self.span.end, &self.rule.name, &self.finding.message)
    }

    /// Whether it is only advice for production: information that is more under that profile.
    pub fn is_advice(&self) -> bool {
        let in_production = self.rule.severity_in.get("production").and_then(|severity| severity.severity());
        self.severity == Severity::Info && in_production > Some(Severity::Info)
    }

    /// Whether it is advice whose rule is not among those that the user named.
    pub fn is_unasked_advice(&self, named: &[String]) -> bool {
        self.is_advice() && !named.contains(&self.rule.name)
    }

    /// The home that the diagnostic belongs to, if any.
    pub fn home(&self) -> Option<HomeId> {
        self.finding.target.home()
    }
}
