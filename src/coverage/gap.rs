//! What was not checked: kinds, words, and how to have it checked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::catalog::catalog;
use crate::home::is_known_file;
use crate::model::Model;
use crate::server::mapper::schema::SchemaSource;
use crate::source::Kind;
use crate::workspace::Home;

/// Something that was not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Why.
    pub kind: GapKind,
    /// The home or the file.
    pub path: PathBuf,
    /// What is known about it instead: the version, the names of the profiles.
    pub detail: Option<String>,
}

/// Why something was not checked. Of the first kinds nothing was checked, of the others a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GapKind {
    /// No server reads a file of this name.
    Foreign,
    /// A template of a server, without the complete home that it belongs to.
    TemplateWithoutHome,
    /// The file cannot be parsed, not even as a template of a deployment tool.
    Unparsed,
    /// Only the syntax is checked: no server reads a file of this name.
    UnknownName,
    /// No file and no option names the product.
    UnknownProduct,
    /// The same, and the keys of deployment.toml suggest one.
    GuessedProduct,
    /// No file and no option names the version.
    UnknownVersion,
    /// The product has no server profile of this name.
    UnknownProfile,
}

impl GapKind {
    /// Its name in JSON.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Foreign => "foreign-file",
            Self::TemplateWithoutHome => "template-without-home",
            Self::Unparsed => "unparsed",
            Self::UnknownName => "unknown-name",
            Self::UnknownProduct => "unknown-product",
            Self::GuessedProduct => "guessed-product",
            Self::UnknownVersion => "unknown-version",
            Self::UnknownProfile => "unknown-profile",
        }
    }

    /// Whether the other checks were made.
    pub(crate) fn is_partly_checked(self) -> bool {
        self >= Self::UnknownName
    }

    /// What is not checked of `who`: a path in backticks, or how many there are. The verbs are those of `count` things.
    pub(crate) fn message(self, who: &str, count: usize, detail: Option<&str>) -> String {
        let detail = detail.unwrap_or_default();
        let (is, has, its) = if count == 1 { ("is", "has", "its") } else { ("are", "have", "their") };
        match self {
            Self::Foreign => format!("{who} {is} not configuration of a WSO2 server: not checked"),
            Self::TemplateWithoutHome => {
                format!("{who} {is} read by a server whose home is not here, or not complete: not checked")
            }
            Self::Unparsed => format!("{who} cannot be parsed: not checked"),
            Self::UnknownName => format!("{who} {has} a name that no server reads: only the syntax is checked"),
            Self::UnknownProduct => {
                format!("the product of {who} is unknown: {its} keys and the default ports are not checked")
            }
            Self::GuessedProduct if count == 1 => {
                format!(
                    "the product of {who} is unknown: its keys are compared with those of {detail}, and the default ports are not checked"
                )
            }
            Self::GuessedProduct => {
                format!(
                    "the product of {who} is unknown: their keys are compared with those of the likeliest one, and the default ports are not checked"
                )
            }
            Self::UnknownVersion if count == 1 => format!("the version of {who} is unknown: checked as {detail}"),
            Self::UnknownVersion => format!("the version of {who} is unknown: checked as the newest one"),
            Self::UnknownProfile if count == 1 => format!("{detail}: every listener of {who} counts as open"),
            Self::UnknownProfile => format!("the server profile of {who} is unknown: every listener counts as open"),
        }
    }

    /// How to have it checked.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Foreign => "a deployment.toml is known by its name, such as `deployment-prod.toml`",
            Self::TemplateWithoutHome => "name a template inside a complete home, with its deployment.toml and its start script",
            Self::Unparsed => "render the template, and check the result",
            Self::UnknownName => "put it where its server reads it, or give it the name that the server reads",
            Self::UnknownProduct | Self::GuessedProduct => {
                "pass `--product NAME@VERSION`, or write `product = \"NAME@VERSION\"` in a carbonlint.toml beside it or above it"
            }
            Self::UnknownVersion => {
                "pass the version with `--product NAME@VERSION`, or write `product = \"NAME@VERSION\"` in a carbonlint.toml"
            }
            Self::UnknownProfile => "pass a profile of this product with `--server-profile`, or none",
        }
    }
}

impl Gap {
    /// Something that was not checked, without further detail.
    pub(super) fn new(kind: GapKind, path: &Path) -> Self {
        Self { kind, path: path.to_path_buf(), detail: None }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// What is not checked of a home; `only` are the files of it that were named, or none for all.
pub(super) fn gaps_of(home: &Home, only: &BTreeSet<PathBuf>) -> Vec<Gap> {
    let model = &home.model;
    let mut gaps: Vec<Gap> = model
        .files
        .iter()
        .filter(|file| file.is_broken() && file.faults().is_empty() && file.source.kind != Kind::Json)
        .filter(|file| !file.source.is_binary() && model.is_requested(&file.source.path))
        .map(|file| Gap::new(GapKind::Unparsed, &file.source.path))
        .collect();
    if !model.is_complete || model.toml_file().is_none() {
        let templates = only.iter().filter(|path| path.extension().is_some_and(|ending| ending == "j2"));
        let templates = templates.filter(|path| model.files.iter().all(|file| file.source.path != **path));
        gaps.extend(templates.map(|path| Gap::new(GapKind::TemplateWithoutHome, path)));
    }
    if let Some((path, name)) = &model.layout.single_file
        && !is_known_file(Path::new(name))
    {
        gaps.push(Gap::new(GapKind::UnknownName, path));
        return gaps;
    }
    // Of files that are too large, the findings say so.
    if !model.files.is_empty() {
        gaps.extend(identity(model));
    }
    if let Some(profile) = home.ports().profile.as_ref().filter(|profile| profile.known.is_none() && !profile.is_default())
        && let Some(product) = model.product()
    {
        let name = product.name.trim_start_matches("WSO2 ");
        let names = profiles_of(model);
        let has = if names.is_empty() { "has no profiles".to_owned() } else { format!("has {}", names.join(", ")) };
        let gap = Gap::new(GapKind::UnknownProfile, model.path());
        gaps.push(gap.detail(format!("`{}` is not a server profile of {name}, which {has}", profile.name)));
    }
    gaps
}

/// What is not checked because product or version are unknown.
fn identity(model: &Model) -> Option<Gap> {
    let Some(product) = model.product() else {
        let gap = |kind: GapKind| Gap::new(kind, model.path());
        return Some(match model.schema().map(crate::server::mapper::schema::Schema::source) {
            Some(SchemaSource::Guess { product, by }) => {
                gap(GapKind::GuessedProduct).detail(format!("{product}, a guess from its {}", by.as_str()))
            }
            _ => gap(GapKind::UnknownProduct),
        });
    };
    if model.identity.version.is_some() {
        return None;
    }
    let version = model.catalogue_version().map(|version| format!(" {version}")).unwrap_or_default();
    let name = product.name.trim_start_matches("WSO2 ");
    Some(Gap::new(GapKind::UnknownVersion, model.path()).detail(format!("{name}{version}")))
}

/// The names of the server profiles that the product has in its version.
fn profiles_of(model: &Model) -> Vec<&'static str> {
    let Some((product, version)) = model.product().zip(model.catalogue_version()) else { return Vec::new() };
    let of_product = catalog().profiles.iter().filter(|profile| profile.products.contains(&product.id));
    let known = of_product.filter(|profile| profile.versions.contains(&version));
    known.filter_map(|profile| profile.names.first()).map(String::as_str).collect()
}
