//! Policies: rules of one's own, read from files of the format of the built-in ones.

mod check;
mod place;
mod toml_to_json;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use self::check::PolicyFault;
use self::place::place_of;
use self::toml_to_json::Converted;
use crate::disk::{read_text, reason};
use crate::rule_info::{RuleInfo, RuleSet, instead_of};
use crate::source::LineIndex;

/// The category of a rule that is in the folder of the policy itself. For others it is the folder that they are in.
pub(crate) const CATEGORY: &str = "policy";

/// A policy with more rules is refused: all of them run in every home.
const MAX_RULES: usize = 1000;

/// A policy with folders that are deeper is refused.
const MAX_DEPTH: usize = 4;

/// A longer file is refused, in bytes.
const MAX_FILE_BYTES: usize = 256 * 1024;

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// The file or folder.
    pub path: PathBuf,
    /// The place in the file, a 1-based line and column.
    pub place: Option<(usize, usize)>,
    /// What is wrong: lower case, without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.path.display())?;
        if let Some((line, column)) = self.place {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for PolicyError {}

/// Reads the rules in the files below `path`, or the one in the file `path`, sorted by their paths. Fails with the first fault.
pub(crate) fn load(path: &Path) -> Result<Vec<Arc<RuleInfo>>, PolicyError> {
    let failed = |path: &Path, message: String, help: Option<&str>| PolicyError {
        path: path.to_path_buf(),
        place: None,
        message,
        help: help.map(str::to_owned),
    };
    let mut files = Vec::new();
    // A mounted ConfigMap is a folder of links to a hidden folder.
    let is_hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    let walk = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| !is_hidden(entry));
    for entry in walk {
        let entry = entry.map_err(|error| {
            let why = error.io_error().map_or_else(|| error.to_string(), reason);
            failed(error.path().unwrap_or(path), why, Some("name a folder with rule files, or one such file"))
        })?;
        let is_rule = entry.path().extension().is_some_and(|ending| ending == "toml");
        if entry.depth() > MAX_DEPTH {
            let help = "put the rules into the folder, or into folders in it with the names of their categories";
            return Err(failed(entry.path(), format!("more than {MAX_DEPTH} folders deep"), Some(help)));
        }
        if entry.file_type().is_file() && is_rule {
            files.push(entry.into_path());
        }
        if files.len() > MAX_RULES {
            return Err(failed(path, format!("more than {MAX_RULES} rules"), Some("use fewer rules, with patterns")));
        }
    }
    if files.is_empty() {
        let help = "a policy is a folder of rule files `NAME.toml`; `carbonlint policy new NAME` writes one";
        return Err(failed(path, "there is no rule file in it".to_owned(), Some(help)));
    }
    let mut rules: Vec<Arc<RuleInfo>> = Vec::new();
    for file in files {
        let text = read_text(&file).map_err(|error| failed(&file, reason(&error), None))?;
        if text.len() > MAX_FILE_BYTES {
            return Err(failed(&file, format!("larger than {} KiB", MAX_FILE_BYTES / 1024), Some("use one file for each rule")));
        }
        let (name, category) = name_and_category(path, &file);
        if rules.iter().any(|rule| rule.name == name) {
            return Err(failed(&file, format!("another file of the policy is called `{name}` too"), Some("rename one of them")));
        }
        rules.push(Arc::new(parse(&file, &text, name, category)?));
    }
    check_supersedes(&rules, path)?;
    Ok(rules)
}

/// The name of the rule in `file`, and its category.
fn name_and_category(policy: &Path, file: &Path) -> (String, String) {
    let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = file.parent().filter(|folder| *folder != policy && file != policy);
    let category = folder.map_or_else(|| CATEGORY.to_owned(), |folder| text(folder.file_name()));
    (text(file.file_stem()), category)
}

/// The rules of `set` and those of the policy at `path`. Fails as [`load`] does, and if a rule is called as one of another policy.
pub(crate) fn add(set: &RuleSet, path: &Path) -> Result<RuleSet, PolicyError> {
    let rules = load(path)?;
    match set.conflict(&rules) {
        None => Ok(set.with(rules)),
        Some(rule) => Err(PolicyError {
            path: rule.file.clone().unwrap_or_else(|| path.to_path_buf()),
            place: None,
            message: format!("a rule of another policy is called `{}` too", rule.name),
            help: Some("rename one of them".to_owned()),
        }),
    }
}

/// Whether `text`, in the file `path` of a policy, is a rule that can be called `name`. Fails with the first fault.
pub(crate) fn check_text(name: &str, path: &Path, text: &str) -> Result<(), PolicyError> {
    parse(path, text, name.to_owned(), CATEGORY.to_owned()).map(drop)
}

/// Reads the rule in the text of a file.
fn parse(file: &Path, text: &str, name: String, category: String) -> Result<RuleInfo, PolicyError> {
    let place = |start: usize| {
        let position = LineIndex::new(text).position(text, start);
        (position.line, position.column)
    };
    let failed = |start: usize, message: &str| PolicyError {
        path: file.to_path_buf(),
        place: Some(place(start)),
        message: check::message_of(message),
        help: check::help_for(message),
    };
    let converted = Converted::of(text).map_err(|(start, message)| failed(start, &message))?;
    let mut rule: RuleInfo = serde_json::from_str(&converted.json)
        .map_err(|error| failed(converted.start_of_line(error.line()), &error.to_string()))?;
    let fault = check::name(&rule, &name, &category).or_else(|| {
        rule.name = name;
        rule.category = category;
        rule.file = Some(file.canonicalize().unwrap_or_else(|_| file.to_path_buf()));
        check::check(&rule)
    });
    match fault {
        None => Ok(rule),
        Some(PolicyFault { at, message, help }) => {
            Err(PolicyError { path: file.to_path_buf(), place: Some(place(place_of(text, &at))), message, help })
        }
    }
}

/// Rules must not supersede each other, whatever is between them: all would be dropped.
fn check_supersedes(rules: &[Arc<RuleInfo>], policy: &Path) -> Result<(), PolicyError> {
    let set = RuleSet::default().with(rules.to_vec());
    for own in rules {
        let path = own.file.clone().unwrap_or_else(|| policy.to_path_buf());
        let failed = |message: String, help: Option<String>| PolicyError { path: path.clone(), place: None, message, help };
        if let Some(unknown) = own.supersedes.iter().find(|name| set.rule(name).is_none()) {
            let message = format!("`{}` supersedes `{unknown}`, and no rule is called that", own.name);
            return Err(failed(message, Some(instead_of(unknown, set.names()))));
        }
        let mut reached: Vec<&str> = own.supersedes.iter().map(String::as_str).collect();
        let mut at = 0;
        while let Some(name) = reached.get(at).copied() {
            at += 1;
            if name == own.name {
                let message = format!("`{name}` supersedes itself, directly or through another rule");
                return Err(failed(message, Some("remove it from one `supersedes`".to_owned())));
            }
            let next = set.rule(name).map(|rule| rule.supersedes.as_slice()).unwrap_or_default();
            let new: Vec<&str> = next.iter().map(String::as_str).filter(|name| !reached.contains(name)).collect();
            reached.extend(new);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
