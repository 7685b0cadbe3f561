//! `carbonlint trace`

use std::path::PathBuf;

use crate::model::Model;
use crate::render::{Rendering, choose, render};
use crate::report::trace::{json, text};
use crate::shell;
use crate::trace::{FileTrace, trace_file, trace_key};

use super::exit::{Exit, Failure};
use super::home::{environment, not_rendered, only_home, open_home};
use super::terminal::{print, print_wrapped, shown};
use crate::cli::{TextFormat, TraceArgs};

/// Runs the command.
pub(super) fn run(arguments: &TraceArgs) -> Result<Exit, Failure> {
    let workspace = open_home(&arguments.home, arguments.environment.links)?;
    let home = only_home(&workspace, &arguments.home)?;
    let model = &home.model;
    let mut environment = environment(&arguments.environment, model)?;
    environment.is_unknown = true;
    let rendering = render(home, &environment).map_err(|why| not_rendered(model, why))?;
    let target = arguments.target.trim();
    if target.trim_matches(['.', '\'', '"']).is_empty() {
        return Err(Failure::new(format!("`{target}` is neither a file nor a key"))
            .help("name a rendered file such as carbon.xml:24, or a key such as server.offset"));
    }
    match Target::of(&rendering, target)? {
        Target::File { path, line } => {
            let traced = trace_file(&rendering, path, line).map_err(|why| {
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                Failure::new(format!("`{path}` cannot be traced{why}")).help(format!(
                    "`carbonlint render {} {}` says more",
                    shell::path(&arguments.home),
                    shell::word(path)
                ))
            })?;
            check_line(&traced, line)?;
            match arguments.format {
                TextFormat::Json => print(&json::file(model, &traced, line.is_some(), &shown()))?,
                TextFormat::Text => print_wrapped(&text::file(model, &traced, line.is_some()))?,
            }
            Ok(Exit::Clean)
        }
        Target::Key(key) => {
            let traced = trace_key(&rendering, key);
            match arguments.format {
                TextFormat::Json => print(&json::key(model, &traced, &shown()))?,
                TextFormat::Text => print_wrapped(&text::key(model, &traced))?,
            }
            Ok(if traced.places.is_empty() { Exit::Findings } else { Exit::Clean })
        }
    }
}

/// What to trace.
enum Target<'a> {
    /// A line of a rendered file, or all its lines.
    File {
        path: &'a str,
        line: Option<usize>,
    },
    Key(&'a str),
}

impl<'a> Target<'a> {
    fn of(rendering: &'a Rendering, target: &'a str) -> Result<Self, Failure> {
        let (name, line) = match target.rsplit_once(':') {
            Some((name, line)) if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) => {
                (name, Some(line.parse().map_err(|_| Failure::new(format!("`{line}` is not a line number")))?))
            }
            _ => (target, None),
        };
        match choose(rendering, &[PathBuf::from(name)]).as_deref() {
            Ok([path]) => Ok(Self::File { path, line }),
            Ok(paths) => Err(several(name, paths)),
            Err(_) if line.is_none() && !name.contains('/') => Ok(Self::Key(name)),
            Err(unknown) if is_in_home(rendering.model, name) => {
                Err(Failure::new(format!("{unknown}: it has no template, so the server reads it as it is")))
            }
            Err(unknown) => {
                let home = shell::word(shown().path(rendering.model.path()));
                let list = format!("`carbonlint render {home}` lists the files that the server renders");
                Err(Failure::new(unknown.to_string()).help(unknown.near.clone().unwrap_or(list)))
            }
        }
    }
}

fn several(name: &str, paths: &[&str]) -> Failure {
    let few: Vec<String> = paths.iter().take(3).map(|path| format!("`{path}`")).collect();
    let more = if paths.len() > few.len() { ", ..." } else { "" };
    Failure::new(format!("`{name}` can be {} files: {}{more}", paths.len(), few.join(", "))).help("name one of them")
}

fn is_in_home(model: &Model, name: &str) -> bool {
    let path = model.layout.root.join(name);
    path.starts_with(&model.layout.root) && path.is_file()
}

fn check_line(traced: &FileTrace, line: Option<usize>) -> Result<(), Failure> {
    match line {
        Some(line) if traced.lines.is_empty() => {
            let count = traced.file.source.text.lines().count();
            Err(Failure::new(format!("`{}` has no line {line}", traced.file.path)).help(format!("it has {count} lines")))
        }
        _ => Ok(()),
    }
}
