//! `carbonlint schema`

use crate::catalog::catalog;
use crate::config;
use crate::home::Search;
use crate::model::Model;
use crate::paths::DisplayPaths;
use crate::rule_info::RuleSet;
use crate::server::mapper::schema::{Fit, Schema, SchemaSource, json_schema};
use crate::server::mapper::{Resources, key_table, known_keys};
use crate::source::Overlays;
use crate::workspace::Workspace;

use super::arguments::{assumptions, check_paths, paths_or_here, version_or_latest};
use super::exit::{Exit, Failure};
use super::home::only_home;
use super::terminal::{nothing_found, print, print_error, shown};
use crate::cli::{AssumeArgs, SchemaArgs};

/// Runs the command.
pub(super) fn run(arguments: &SchemaArgs) -> Result<Exit, Failure> {
    if arguments.config {
        print(&config::json_schema())?;
        return Ok(Exit::Clean);
    }
    let assume = AssumeArgs {
        product: arguments.product.clone(),
        port_offset: None,
        server_profile: None,
        config: None,
        no_config: false,
        links: arguments.links,
    };
    let assumptions = assumptions(&assume, false, RuleSet::default())?;
    if let (true, Some((product, version))) = (arguments.paths.is_empty(), &assumptions.product) {
        let version = version_or_latest(product, version.as_ref());
        if product.toml_since.as_ref().is_some_and(|since| version.compare(since).is_lt()) {
            return Err(Failure::new(format!("{} {version} has no deployment.toml", product.id)).help(known_products()));
        }
        let schema = known_keys::of_product(&product.id, Some(&version))
            .ok_or_else(|| Failure::new(format!("the keys of {} are not in the catalogue", product.id)).help(known_products()))?;
        print_source_note(&schema);
        let title = title(&product.name, Some(version.to_string()));
        print(&json_schema::render(&schema, catalog().code_keys_of(&product.id), &title))?;
        return Ok(Exit::Clean);
    }
    let paths = paths_or_here(&arguments.paths);
    check_paths(&paths)?;
    let workspace = Workspace::open(&paths, &assumptions, &Overlays::new());
    if workspace.is_empty() {
        return Ok(nothing_found(&paths, &workspace, Search::default()));
    }
    if arguments.extract {
        let models: Vec<&Model> = workspace.homes.iter().map(|home| &home.model).collect();
        return extract(&models);
    }
    let model = &only_home(&workspace, &paths[0])?.model;
    let schema = model.schema().ok_or_else(|| {
        let failure = Failure::new(format!("the keys that `{}` may contain are unknown", shown().path(model.path())));
        failure.help("name a home with its templates, or the product with `--product NAME@VERSION`")
    })?;
    print_source_note(schema);
    warn_of_unfollowed(model, schema, &shown());
    let name = model.product().map_or("a WSO2 server", |product| product.name.as_str());
    let title = title(name, model.identity.version.as_ref().map(ToString::to_string));
    let product = model.product().map(|product| product.id.as_str()).or_else(|| schema.source().product());
    print(&json_schema::render(schema, catalog().code_keys_of(product.unwrap_or_default()), &title))?;
    Ok(Exit::Clean)
}

fn title(product: &str, version: Option<String>) -> String {
    version.map_or_else(|| format!("deployment.toml of {product}"), |version| format!("deployment.toml of {product} {version}"))
}

/// Prints the table of the keys that the product reads, from the homes of its versions.
fn extract(models: &[&Model]) -> Result<Exit, Failure> {
    let shown = shown();
    let mut product = None;
    let mut schemas = Vec::new();
    for model in models {
        let path = shown.path(model.path());
        let (Some(own), Some(version)) = (model.product(), model.identity.version.clone()) else {
            return Err(Failure::new(format!("product and version of `{path}` are unknown")));
        };
        if product.get_or_insert(own).id != own.id {
            return Err(Failure::new(format!("`{path}` has another product than the homes before it"))
                .help("extract the keys of each product separately"));
        }
        let schema = model.schema().filter(|schema| *schema.source() == SchemaSource::Home);
        let schema = schema.ok_or_else(|| Failure::new(format!("`{path}` has no templates")))?;
        warn_of_changed_templates(model, &shown);
        warn_of_unfollowed(model, schema, &shown);
        schemas.push((version, schema));
    }
    let Some(product) = product else { return Ok(Exit::NothingFound) };
    let table = key_table::write(&product.id, &schemas).map_err(|difference| {
        let failure =
            Failure::new(format!("the homes of {} {} differ in {} facts", product.name, difference.version, difference.count));
        failure.help(format!("leave out the home that is not as shipped: {}", difference.facts.join(", ")))
    })?;
    print(&table)?;
    Ok(Exit::Clean)
}

/// Warns of templates that have changed since the last start: their keys may be the operator's own.
fn warn_of_changed_templates(model: &Model, shown: &DisplayPaths) {
    for template in model.changed_templates() {
        let path = shown.path(&model.layout.root.join(template));
        print_error(&format!("warning: {path}: has changed since the last start of the server\n"));
    }
}

/// Warns of templates that take too many steps to follow: keys that only they read are missing.
fn warn_of_unfollowed(model: &Model, schema: &Schema, shown: &DisplayPaths) {
    for (output, _) in schema.unfollowed() {
        let template = shown.path(&model.layout.root.join(Resources::path_of_template(output)));
        print_error(&format!("warning: {template}: takes too many steps, so keys that it reads can be missing\n"));
    }
}

/// Says on standard error which version the keys come from, unless they are those of the home.
fn print_source_note(schema: &Schema) {
    match schema.source() {
        SchemaSource::Home => {}
        SchemaSource::Catalogue { product, versions, fit } => {
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            let versions = versions.join(" and ");
            let note = match fit {
                Fit::Released => format!("these are the keys of {product} {versions} as first released; updates add some"),
                Fit::Incomplete => format!("some keys of {product} {versions} are missing"),
                Fit::AnyVersion => format!("these are the keys of every known version of {product}"),
                Fit::Neighbours => format!("these are the keys of {product} {versions}"),
            };
            print_error(&format!("note: {note}\n"));
        }
        SchemaSource::Guess { product, by } => {
            let by = by.as_str();
            print_error(&format!("note: {product} is a guess from the {by} of the file; pass `--product` to be sure\n"));
        }
    }
}

fn known_products() -> String {
    let known = known_keys::products().into_iter().map(|(product, versions)| {
        let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
        format!("{product} ({})", versions.join(", "))
    });
    format!("the catalogue has the keys of {}", known.collect::<Vec<_>>().join(", "))
}
