//! The one home that `render` and `get` look at, and what its server finds outside of its files.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use crate::model::{Assumptions, Model};
use crate::render::NotRendered;
use crate::server::mapper::Environment;
use crate::server::mapper::environment::parse_env_file;
use crate::workspace::{Home, Workspace};

use super::arguments::check_paths;
use super::exit::{Exit, Failure};
use super::terminal::{shown, warn_of_unreadable};
use crate::cli::EnvironmentArgs;

/// The workspace of the one home at `path`, or that `path` is in, with what its server renders from.
pub fn open_home(path: &Path) -> Result<Workspace, Failure> {
    let paths = [path.to_path_buf()];
    check_paths(&paths)?;
    let workspace = Workspace::open_sources(&paths, &Assumptions::default());
    warn_of_unreadable(&workspace);
    only_home(&workspace, path)?;
    Ok(workspace)
}

/// The only home of `workspace`, which was opened at `path`.
pub fn only_home<'a>(workspace: &'a Workspace, path: &Path) -> Result<&'a Home, Failure> {
    workspace.only_home().map_err(|error| {
        if error.paths.is_empty() {
            return Failure::new(format!("no home of a WSO2 product at `{}`", path.display()))
                .help("name the folder that holds `bin` and `repository`")
                .exit(Exit::NothingFound);
        }
        let homes: Vec<String> = error.paths.iter().map(|home| shown().path(home)).collect();
        let failure = Failure::new(format!("`{}` contains {} homes", path.display(), homes.len()));
        failure.help(format!("name one of them: {}", homes.join(", ")))
    })
}

/// What the server finds outside of its files: the start script's properties and those of the command line, the environment of this
/// command and the files that stand for the server's.
pub fn environment(arguments: &EnvironmentArgs, model: &Model) -> Result<Environment, Failure> {
    let mut variables: BTreeMap<String, String> =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    for file in &arguments.env_file {
        let text = fs::read_to_string(file).map_err(|error| {
            Failure::new(format!("cannot read `{}`: {error}", file.display())).help("--env-file takes a text file")
        })?;
        variables.extend(parse_env_file(&text).map_err(|lines| {
            let line = lines.first().copied().unwrap_or_default();
            Failure::new(format!("{}:{line}: no `NAME=value`", file.display())).help("begin comments with `#`")
        })?);
    }
    let mut properties = model.start_properties();
    for property in &arguments.sys {
        let Some((name, value)) = property.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::new("--sys takes KEY=VALUE").help("write it like --sys carbon.home=/opt/wso2am"));
        };
        properties.insert(name.to_owned(), value.to_owned());
    }
    Ok(Environment::new(variables, properties))
}

/// Why `model` has nothing that could be rendered.
pub fn not_rendered(model: &Model, why: NotRendered) -> Failure {
    let toml = shown().path(&model.layout.conf_folder().join("deployment.toml"));
    let home = shown().path(model.path());
    match why {
        NotRendered::NoTemplates => Failure::new(format!("`{home}` has no templates in repository/resources/conf/templates"))
            .help("only servers that are configured by deployment.toml render their files, and only a whole home can show it")
            .exit(Exit::NothingFound),
        NotRendered::NoToml => Failure::new(format!("there is no `{toml}`, from which the server renders its files"))
            .help("name a home that has one")
            .exit(Exit::NothingFound),
        NotRendered::BrokenToml => {
            Failure::new(format!("`{toml}` is not valid TOML")).help(format!("`carbonlint lint {toml}` tells where"))
        }
        NotRendered::TemplateToml => Failure::new(format!("`{toml}` is a template of a deployment tool"))
            .help("let the tool fill it in, and name the home that it makes"),
    }
}
