//! `carbonlint get`

use crate::get::{EffectiveValues, get};
use crate::render::render;
use crate::report::get::{json, text};

use super::exit::{Exit, Failure};
use super::home::{environment, not_rendered, only_home, open_home};
use super::terminal::{print, shown, terminal_width};
use crate::cli::{GetArgs, TextFormat};

/// Runs the command.
pub(super) fn run(arguments: &GetArgs) -> Result<Exit, Failure> {
    let workspace = open_home(&arguments.home, arguments.environment.links)?;
    let home = only_home(&workspace, &arguments.home)?;
    let model = &home.model;
    let mut environment = environment(&arguments.environment, model)?;
    environment.is_unknown = true;
    let rendering = render(home, &environment).map_err(|why| not_rendered(model, why))?;
    let key = arguments.key.as_ref().map(|key| key.trim());
    let entries = get(&rendering, key);
    match arguments.format {
        TextFormat::Json => print(&json::render(model, &entries, &shown()))?,
        TextFormat::Text => print(&text::render(model, &entries, &shown(), terminal_width()))?,
    }
    match key {
        Some(key) if entries.is_empty() => Err(nothing_sets(&EffectiveValues::of(&rendering), key)),
        _ => Ok(Exit::Clean),
    }
}

fn nothing_sets(known: &EffectiveValues, key: &str) -> Failure {
    let targets: Vec<String> = known.targets(key).iter().map(|target| format!("`{target}`")).collect();
    let mapped = if targets.is_empty() { String::new() } else { format!(", which is mapped to {},", targets.join(" and ")) };
    let failure = Failure::new(format!("nothing sets `{key}`{mapped}: neither deployment.toml nor infer.json nor default.json"));
    match known.near(key) {
        Some(near) => failure.help(near).exit(Exit::Findings),
        None => failure.exit(Exit::Findings),
    }
}
