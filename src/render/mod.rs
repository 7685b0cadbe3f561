//! What the next start of a server would write into its home: every file that has a template, compared with the file in the home.

mod choose;
pub(crate) mod out;

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use choose::{choose, near_file};

use crate::diagnostic::{Finding, Target};
use crate::disk::reason;
use crate::disk::{LoadError, MAX_FILE_BYTES, read_up_to};
use crate::model::TracedFile;
use crate::model::recorded::{CONFIGURATION, is_same};
use crate::model::rewritten::{Comparison, compare, is_rewritten};
use crate::model::{EffectiveConfiguration, Mapping, Model};
use crate::rule_info::Severity;
use crate::rules::start;
use crate::server::mapper::{Configuration, Environment, Resources};
use crate::source::Span;
use crate::source::secrets::on_lines;
use crate::workspace::Home;

/// A home with everything from which its files are rendered.
#[derive(Debug)]
pub struct Rendering<'a> {
    home: &'a Home,
    pub(crate) model: &'a Model,
    /// The JSON files and the templates.
    pub resources: &'a Resources,
    /// The effective values from which the server renders.
    pub configuration: Configuration,
}

/// Why nothing can be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRendered {
    /// The home has no templates: its configuration files are edited directly.
    NoTemplates,
    /// There is no deployment.toml.
    NoToml,
    /// deployment.toml is not valid TOML.
    BrokenToml,
    /// deployment.toml is a template of a deployment tool, which makes the real one.
    TemplateToml,
}

impl std::fmt::Display for NotRendered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::NoTemplates => "the home has no templates",
            Self::NoToml => "the home has no deployment.toml",
            Self::BrokenToml => "deployment.toml is not valid TOML",
            Self::TemplateToml => "deployment.toml is a template of a deployment tool",
        })
    }
}

impl std::error::Error for NotRendered {}

/// A file that the server renders.
#[derive(Debug)]
pub struct RenderedFile {
    /// Its path below the home, with `/`.
    pub path: String,
    /// What the server writes; `None` if that is unknown.
    pub text: Option<String>,
    /// The content of the file in the home; `None` if there is none or it cannot be read.
    pub old: Option<Vec<u8>>,
    /// How the two compare.
    pub state: FileState,
    /// What is wrong with its template, with its text, or with the file in the home. Each finding has a severity.
    pub findings: Vec<Finding>,
}

/// How a rendered file compares with the one in the home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// The file in the home has the same bytes.
    Unchanged,
    /// All differences come from the server itself, which rewrote the file after rendering it. Holds what it does.
    Rewritten(&'static str),
    /// The file in the home has other bytes.
    Changed,
    /// The home has no such file.
    New,
    /// This copy of the home is incomplete and lacks the file. Nothing indicates that the server would change it.
    Absent,
    /// The file in the home cannot be read, with the reason.
    Unreadable(String),
    /// The file cannot be rendered, with the reason.
    Failed(String),
}

impl FileState {
    /// `unchanged`, `rewritten`, `changed`, `new`, `absent`, `unreadable` or `failed`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Rewritten(_) => "rewritten",
            Self::Changed => "changed",
            Self::New => "new",
            Self::Absent => "absent",
            Self::Unreadable(_) => "unreadable",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether the next start would change the home.
    pub fn differs(&self) -> bool {
        matches!(self, Self::Changed | Self::New | Self::Unreadable(_))
    }

    /// Whether a diff can show the difference.
    pub fn has_diff(&self) -> bool {
        matches!(self, Self::Changed | Self::New)
    }

    /// Why the file was not rendered or not compared, or is not what was rendered.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Rewritten(what) => Some(what),
            Self::Unreadable(reason) | Self::Failed(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Determines what the files of `home` are rendered from, in `environment`. Fails if the home has nothing to render.
pub fn render<'a>(home: &'a Home, environment: &Environment) -> Result<Rendering<'a>, NotRendered> {
    Rendering::new(home, environment)
}

impl<'a> Rendering<'a> {
    fn new(home: &'a Home, environment: &Environment) -> Result<Self, NotRendered> {
        let model = &home.model;
        let Some(Mapping { resources, release, .. }) = model.mapping() else { return Err(NotRendered::NoTemplates) };
        let Some((_, toml)) = model.plain_toml() else {
            return Err(match (model.toml_file(), model.toml()) {
                (None, _) => NotRendered::NoToml,
                (Some(_), None) => NotRendered::BrokenToml,
                (Some(_), Some(_)) => NotRendered::TemplateToml,
            });
        };
        let configuration = Configuration::resolve(toml, resources, environment, release).ok_or(NotRendered::BrokenToml)?;
        Ok(Self { home, model, resources, configuration })
    }

    /// The effective values from which the server renders.
    pub(crate) fn effective(&self) -> EffectiveConfiguration<'_> {
        self.model.effective_with(&self.configuration)
    }

    /// The secrets in the text of a rendered file: what looks like one, and the values whose keys say so. Sorted and apart.
    pub(crate) fn secrets_in(&self, file: &RenderedFile) -> Vec<Span> {
        match TracedFile::render(self.effective(), &file.path) {
            Ok(traced) if Some(&traced.source.text) == file.text.as_ref() => traced.secrets(self.effective()),
            // Without a source map nothing says which values were printed.
            _ => file.text.as_ref().map_or_else(Vec::new, |text| on_lines(text, vec![Span::new(0, text.len())])),
        }
    }

    /// The paths of the files that the server renders, below the home, sorted.
    pub fn paths(&self) -> &[String] {
        &self.resources.templates
    }

    /// What is wrong before anything is rendered: values that the mapper fails on, and JSON files that it cannot read. Each finding has a
    /// severity: an error stops the server from starting; with a warning it is unknown what the server does.
    pub fn findings(&self) -> Vec<Finding> {
        start::faults(self.home, &self.configuration)
    }

    /// Renders the file at `path`, one of [`paths`](Self::paths), and compares it with the file in the home.
    pub fn render(&self, path: &str) -> RenderedFile {
        let mut file =
            RenderedFile { path: path.to_owned(), text: None, old: None, state: FileState::Unchanged, findings: Vec::new() };
        let Some(output) = self.model.render(path, &self.configuration) else {
            let reason = format!("its template is not UTF-8, or larger than {}", crate::model::size_limit());
            let message = format!("`{path}` cannot be rendered: {reason}");
            file.findings.push(self.finding_of_file(&Resources::path_of_template(path), message));
            file.state = FileState::Failed(reason);
            return file;
        };
        let faults = start::template_faults(self.home, &self.configuration, &output);
        let worst = faults.iter().min_by_key(|(finding, _)| std::cmp::Reverse(finding.severity));
        let why = worst.map(|(finding, fault)| match self.home.place(finding) {
            (_, Some(range)) => format!("template line {}: {fault}", range.start.line),
            (_, None) => (*fault).to_owned(),
        });
        file.findings = faults.into_iter().map(|(finding, _)| finding).collect();
        match output.text {
            Some(text) => {
                file.findings.extend(start::rendered_faults(self.home, &self.configuration, path, &text));
                self.compare(&mut file, text);
            }
            None => file.state = FileState::Failed(why.unwrap_or_default()),
        }
        file
    }

    /// Compares the rendered text with the file in the home, and sets the state of `file`.
    fn compare(&self, file: &mut RenderedFile, text: String) {
        let path = self.in_home(&file.path);
        // Those that say which product it is were read with the home.
        let loaded = self.model.loaded(&file.path).map(|old| Ok(Some(old.as_bytes().to_vec())));
        file.state = match loaded.unwrap_or_else(|| self.old(&path)) {
            Ok(Some(old)) => {
                let state = if old == text.as_bytes() { FileState::Unchanged } else { self.changed(&file.path, &text, &old) };
                file.old = Some(old);
                state
            }
            Ok(None) if self.is_left_out(&path, &text) => FileState::Absent,
            Ok(None) => FileState::New,
            Err(error) => {
                let reason = reason(&error);
                file.findings.push(self.finding_of_file(&file.path, format!("cannot be compared: {reason}")));
                FileState::Unreadable(reason)
            }
        };
        file.text = Some(text);
    }

    /// The bytes of the file at `path` in the home; `None` if there is none.
    fn old(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        if !self.model.holds(path) {
            return Err(io::Error::other("a link on the way to it leads out of the home; pass `--follow-links` to follow it"));
        }
        match read_up_to(path, MAX_COMPARED) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(LoadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(LoadError::Io(error)) => Err(error),
            Err(LoadError::TooLarge(_)) => Err(io::Error::other(format!("it is larger than {} MiB", MAX_COMPARED / 1024 / 1024))),
        }
    }

    /// The state of a file whose bytes are not those of the rendered text.
    fn changed(&self, path: &str, text: &str, old: &[u8]) -> FileState {
        let rewrite = || {
            let (row, old) = (self.model.rewrite_of(path)?, str::from_utf8(old).ok()?);
            let is_own = is_rewritten(row, old) && compare(row, text, old) == Some(Comparison::Same);
            is_own.then_some(FileState::Rewritten(&row.what))
        };
        rewrite().unwrap_or(FileState::Changed)
    }

    /// Whether the file at `path` is missing because this copy of the home is incomplete: the product's own files are missing too, the file is
    /// outside the configuration folder, and either its folder is missing or the last start wrote the same text.
    fn is_left_out(&self, path: &Path, text: &str) -> bool {
        let root = &self.model.layout.root;
        let is_installed = PRODUCT_FOLDERS.iter().any(|folder| root.join(folder).is_dir());
        if is_installed || path.starts_with(self.model.layout.conf_folder()) {
            return false;
        }
        let recorded = || self.model.recorded(CONFIGURATION).remove(&self.model.below_home(path)?);
        !path.parent().is_some_and(Path::is_dir) || recorded().is_some_and(|md5| is_same(text.as_bytes(), &md5))
    }

    fn in_home(&self, path: &str) -> PathBuf {
        self.model.layout.root.join(path)
    }

    /// A finding about the file at `path`, relative to the home, as a whole.
    fn finding_of_file(&self, path: &str, message: String) -> Finding {
        Finding::at(Target::Path(self.in_home(path), Some(self.home.id)), message).severity(Severity::Warning)
    }
}

/// The folders of a home that hold the product itself.
const PRODUCT_FOLDERS: [&str; 3] = ["lib", "wso2", "repository/components"];

/// The size in bytes up to which a file in a home is compared: as much as a template may print.
const MAX_COMPARED: u64 = 2 * MAX_FILE_BYTES;
