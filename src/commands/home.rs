//! Opens the one home that `render` and `get` work on, and determines the environment of its server.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use crate::disk::{read_text, reason};
use crate::model::{Assumptions, Model};
use crate::render::NotRendered;
use crate::server::mapper::Environment;
use crate::server::mapper::environment::{NotAVariable, parse_env_file};
use crate::shell;
use crate::workspace::{Home, Workspace};

use super::arguments::check_paths;
use super::exit::{Exit, Failure};
use super::terminal::{shown, warn_of_unreadable};
use crate::cli::{EnvironmentArgs, LinkArgs};

/// How many homes are listed where exactly one is needed.
const MAX_LISTED: usize = 10;

/// Opens the home at `path`, or around it, with everything from which its server renders; [`only_home`] checks that there is one.
pub(super) fn open_home(path: &Path, links: LinkArgs) -> Result<Workspace, Failure> {
    let paths = [path.to_path_buf()];
    check_paths(&paths)?;
    let assumptions = Assumptions { follows_links: links.follow_links, ..Assumptions::default() };
    let workspace = Workspace::open_sources(&paths, &assumptions);
    warn_of_unreadable(&workspace);
    Ok(workspace)
}

/// The only home of `workspace`, which was opened at `path`.
pub(super) fn only_home<'a>(workspace: &'a Workspace, path: &Path) -> Result<&'a Home, Failure> {
    workspace.only_home().map_err(|error| {
        if error.paths.is_empty() {
            return Failure::new(format!("no WSO2 product home at `{}`", path.display()))
                .help("name the folder that contains `bin` and `repository`")
                .exit(Exit::NothingFound);
        }
        let shown = shown();
        let listed = error.paths.iter().take(MAX_LISTED).map(|home| format!("\n    {}", shown.path(home)));
        let more = error.paths.len().saturating_sub(MAX_LISTED);
        let more = if more > 0 { format!("\n    and {more} more") } else { String::new() };
        let failure = Failure::new(format!("`{}` contains {} homes", path.display(), error.paths.len()));
        failure.help(format!("name one of them:{}{more}", listed.collect::<String>()))
    })
}

/// The environment of the server: the system properties of the start script and of `--sys`, and the variables of this command's own
/// environment and of `--env-file`.
pub(super) fn environment(arguments: &EnvironmentArgs, model: &Model) -> Result<Environment, Failure> {
    let mut variables: BTreeMap<String, String> =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    for file in &arguments.env_file {
        let text = read_text(file).map_err(|error| {
            Failure::new(format!("cannot read `{}`: {}", file.display(), reason(&error))).help("--env-file takes a text file")
        })?;
        variables.extend(parse_env_file(&text).map_err(|NotAVariable { line }| {
            Failure::new(format!("{}:{line}: expected `NAME=value`", file.display())).help("comments begin with `#`")
        })?);
    }
    let mut properties = model.start_properties();
    for property in &arguments.sys {
        let Some((name, value)) = property.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::new("--sys takes KEY=VALUE").help("for example: --sys carbon.home=/opt/wso2am"));
        };
        properties.insert(name.to_owned(), value.to_owned());
    }
    let mut environment = Environment::new(variables, properties);
    environment.is_shown = arguments.show_env;
    Ok(environment)
}

/// The failure for a home from which nothing can be rendered.
pub(super) fn not_rendered(model: &Model, why: NotRendered) -> Failure {
    let toml = shown().path(&model.layout.conf_folder().join("deployment.toml"));
    let home = shown().path(model.path());
    match why {
        NotRendered::NoTemplates => Failure::new(format!("`{home}` has no templates in repository/resources/conf/templates"))
            .help("name a complete home of a server that is configured by deployment.toml")
            .exit(Exit::NothingFound),
        NotRendered::NoToml => Failure::new(format!("`{toml}` does not exist; the server renders its files from it"))
            .help("name a home that has one")
            .exit(Exit::NothingFound),
        NotRendered::BrokenToml => Failure::new(format!("`{toml}` is not valid TOML"))
            .help(format!("`carbonlint lint {}` shows where", shell::word(&toml))),
        NotRendered::TemplateToml => Failure::new(format!("`{toml}` is a template of a deployment tool"))
            .help("run the tool first, and name the home that it produces"),
    }
}
