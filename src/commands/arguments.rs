//! Arguments that several commands share.

use std::io;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::terminal::print_error;
use crate::catalog::{Product, Version, product_of};
use crate::cli::{AssumeArgs, MachineArgs, PolicyArgs, SearchArgs, ThreadArgs};
use crate::config::{ConfigChoice, Configs};
use crate::home::Search;
use crate::model::Assumptions;
use crate::parallel;
use crate::paths::absolute;
use crate::policy::{self, PolicyError};
use crate::rule_info::{RuleInfo, RuleSet, instead_of};
use crate::rules::Selection;
use crate::shell;

/// The facts in the arguments that the files do not state, whether all homes run on one machine, and the rules that there are.
pub(super) fn assumptions(arguments: &AssumeArgs, same_host: bool, rules: RuleSet) -> Result<Assumptions, Failure> {
    Ok(Assumptions {
        product: arguments
            .product
            .as_deref()
            .map(product_of)
            .transpose()
            .map_err(|unknown| Failure::new(unknown.message).help(unknown.help))?,
        product_is_configured: false,
        port_offset: arguments.port_offset.map(i64::from),
        server_profile: arguments.server_profile.clone(),
        follows_links: arguments.links.follow_links,
        same_host,
        config: config(arguments, &rules)?,
        rules,
    })
}

/// Which carbonlint.toml counts. Fails if it is one that cannot be used.
fn config(arguments: &AssumeArgs, rules: &RuleSet) -> Result<ConfigChoice, Failure> {
    let Some(file) = &arguments.config else {
        return Ok(if arguments.no_config { ConfigChoice::Ignored } else { ConfigChoice::Nearest });
    };
    let choice = ConfigChoice::Only(absolute(file));
    let usable = Configs::new(choice.clone(), rules.clone()).nearest(Path::new("/"));
    usable.map_err(|error| Failure::new(format!("`{}`: {}", file.display(), error.message)))?;
    Ok(choice)
}

/// The version that was given with `--product`, otherwise the latest, which a note on standard error then says.
pub(super) fn version_or_latest(product: &Product, version: Option<&Version>) -> Version {
    version.cloned().unwrap_or_else(|| {
        let Product { id, latest, .. } = product;
        print_error(&format!(
            "note: this is {id} {latest}, the newest version known; name another one as in `--product {id}@{latest}`\n"
        ));
        latest.clone()
    })
}

/// How the arguments have folders searched.
pub(super) fn search(arguments: SearchArgs) -> Search {
    Search { no_ignore: arguments.no_ignore, hidden: arguments.hidden }
}

/// How many threads the arguments allow.
pub(super) fn threads(arguments: ThreadArgs) -> usize {
    arguments.threads.map_or_else(parallel::available, usize::from)
}

/// The built-in rules, and those of the policies in the arguments.
pub(super) fn rules_of(arguments: &PolicyArgs) -> Result<RuleSet, Failure> {
    arguments.policies.iter().try_fold(RuleSet::default(), |rules, policy| policy::add(&rules, policy).map_err(policy_failure))
}

/// The rules that can be named in the working folder.
pub(super) fn rules_here(arguments: &PolicyArgs) -> Result<RuleSet, Failure> {
    let assumptions = Assumptions { rules: rules_of(arguments)?, ..Assumptions::default() };
    Ok(rules_for(&paths_or_here(&[]), &assumptions))
}

/// The failure for a policy that cannot be used.
pub(super) fn policy_failure(error: PolicyError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// The rules that can be named for `paths`: those of `assumptions`, and those of the carbonlint.toml that applies to each path.
pub(super) fn rules_for(paths: &[PathBuf], assumptions: &Assumptions) -> RuleSet {
    let mut configs = Configs::new(assumptions.config.clone(), assumptions.rules.clone());
    paths.iter().fold(assumptions.rules.clone(), |rules, path| {
        let path = absolute(path);
        let real = path.canonicalize().unwrap_or(path);
        // A file that cannot be used is reported when the homes are opened.
        match configs.nearest(&real) {
            Ok(Some((_, config))) => rules.with(config.rules.policies().to_vec()),
            Ok(None) | Err(_) => rules,
        }
    })
}

/// The selection of the arguments, from `rules`.
pub(super) fn selection(select: &[String], ignore: &[String], rules: &RuleSet) -> Result<Selection, Failure> {
    for name in select.iter().chain(ignore) {
        if !rules.has_rule_or_category(name) {
            return Err(unknown("rule or category", name, rules.rules_and_categories()));
        }
    }
    Ok(Selection { select: select.to_vec(), ignore: ignore.to_vec(), ..Selection::default() })
}

/// The rule of `rules` with this name.
pub(super) fn known_rule<'r>(name: &str, rules: &'r RuleSet) -> Result<&'r RuleInfo, Failure> {
    rules.rule(name).map(|rule| &**rule).ok_or_else(|| unknown("rule", name, rules.names()))
}

/// The failure for a name that is not among `known`.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    Failure::new(format!("no {what} is called `{name}`")).help(instead_of(name, known))
}

/// What a command looks at: its paths, and the arguments that decide what is read there.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub paths: &'a [PathBuf],
    pub search: SearchArgs,
    pub assume: &'a AssumeArgs,
    pub machine: &'a MachineArgs,
    pub policy: &'a PolicyArgs,
}

impl Scope<'_> {
    /// The command `name` on the same scope, as text to paste into a shell.
    pub(super) fn command(&self, name: &str, select: &[String], ignore: &[String]) -> String {
        let Self { paths, search, assume, machine, policy } = self;
        let options = [
            ("--select", (!select.is_empty()).then(|| select.join(","))),
            ("--ignore", (!ignore.is_empty()).then(|| ignore.join(","))),
            ("--product", assume.product.clone()),
            ("--port-offset", assume.port_offset.map(|offset| offset.to_string())),
            ("--server-profile", assume.server_profile.clone()),
            ("--config", assume.config.as_ref().map(|file| file.display().to_string())),
        ];
        let flags = [
            ("--no-config", assume.no_config),
            ("--no-ignore", search.no_ignore),
            ("--hidden", search.hidden),
            ("--follow-links", assume.links.follow_links),
            ("--same-host", machine.same_host),
        ];
        let mut words = vec!["carbonlint".to_owned(), name.to_owned()];
        for (name, value) in options {
            words.extend(value.map(|value| format!("{name} {}", shell::word(value))));
        }
        words.extend(policy.policies.iter().map(|folder| format!("--policy {}", shell::path(folder))));
        words.extend(flags.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (*name).to_owned()));
        words.extend(paths.iter().map(|path| shell::path(path)));
        words.join(" ")
    }
}

/// The given paths, or the working folder.
pub(super) fn paths_or_here(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}

/// Whether all of `paths` are files, or standard input. Passing over all of them is no failure: a hook names every file of a commit.
pub(super) fn names_files(paths: &[PathBuf]) -> bool {
    paths.iter().all(|path| !path.is_dir())
}

/// Fails for the first of `paths` that does not exist. Paths that exist but cannot be read are reported with the findings.
pub(super) fn check_paths(paths: &[PathBuf]) -> Result<(), Failure> {
    let is_missing = |path: &&PathBuf| path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    paths.iter().find(is_missing).map_or(Ok(()), |path| {
        let failure = Failure::new(format!("no such file or folder: `{}`", path.display()));
        Err(failure.help("name a product home, a configuration file, or a folder that contains some"))
    })
}
