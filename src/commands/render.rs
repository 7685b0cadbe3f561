//! `carbonlint render`

use std::path::PathBuf;

use clap::ColorChoice;

use crate::diagnostic::Finding;
use crate::paths::DisplayPaths;
use crate::printable::on_one_line;
use crate::render::Rendering;
use crate::render::out::OutFolder;
use crate::render::{FileState, RenderedFile, choose, render};
use crate::report::counted;
use crate::report::diff::Contents;
use crate::report::diff::unified;
use crate::report::render::json::{self, Detail, FileEntry, old_text};
use crate::report::render::text;
use crate::shell;
use crate::workspace::Home;

use super::exit::{Exit, Failure};
use super::home::{environment, not_rendered, only_home, open_home};
use super::terminal::{print, print_error, print_wrapped, shown, style};
use crate::cli::{RenderArgs, TextFormat};

/// Runs the command.
pub(super) fn run(arguments: &RenderArgs, color: ColorChoice) -> Result<Exit, Failure> {
    let workspace = open_home(&arguments.home, arguments.environment.links)?;
    let home = only_home(&workspace, &arguments.home)?;
    let model = &home.model;
    let environment = environment(&arguments.environment, model)?;
    let rendering = render(home, &environment).map_err(|why| not_rendered(model, why))?;
    let chosen = choose(&rendering, &arguments.files).map_err(|unknown| {
        let failure = Failure::new(format!("the server renders no file `{}`", unknown.name));
        failure.help(unknown.near.unwrap_or_else(|| format!("`carbonlint render {}` lists them", shell::path(&arguments.home))))
    })?;
    let out = arguments
        .out
        .as_ref()
        .map(|folder| OutFolder::new(folder, &model.layout.root, &model.layout.conf_folder().join("deployment.toml")))
        .transpose();
    let out = out.map_err(|error| Failure::new(error.to_string()).help("name a folder outside the home"))?;
    let mut run = Run {
        arguments,
        home,
        rendering: &rendering,
        color: style(color, false).color,
        shown: shown(),
        several: chosen.len() > 1,
        files: Vec::new(),
        entries: Vec::new(),
    };
    let mut findings = rendering.findings();
    for path in chosen {
        let mut file = rendering.render(path);
        findings.append(&mut file.findings);
        let written = match (&out, &file.text) {
            (Some(out), Some(text)) => Some(out.write(path, text.as_bytes()).map_err(|error| Failure::new(error.to_string()))?),
            _ => None,
        };
        run.report_file(file, written)?;
    }
    run.conclude(&findings)
}

/// Reports the files one by one, so that only one text is in memory at a time.
struct Run<'a> {
    arguments: &'a RenderArgs,
    home: &'a Home,
    rendering: &'a Rendering<'a>,
    shown: DisplayPaths,
    several: bool,
    color: bool,
    /// The files without their contents.
    files: Vec<RenderedFile>,
    entries: Vec<FileEntry>,
}

impl Run<'_> {
    fn report_file(&mut self, file: RenderedFile, written: Option<PathBuf>) -> Result<(), Failure> {
        let arguments = self.arguments;
        let shows_text = !arguments.files.is_empty() && arguments.out.is_none() && !arguments.diff;
        if arguments.format == TextFormat::Json {
            let detail = match (arguments.diff, shows_text) {
                (true, _) => Detail::Diff,
                (_, true) => Detail::Text,
                _ => Detail::None,
            };
            self.entries.push(json::file_entry(self.rendering, &file, written, detail, &self.shown));
        } else if shows_text {
            print(&text::content(self.rendering, &file, self.several))?;
        } else if let (true, Some(text)) = (arguments.diff && file.state.has_diff(), &file.text) {
            let path = self.home.model.layout.root.join(&file.path);
            let old = old_text(&file);
            let old = Contents::of(&path, &old);
            let new = Contents { text, secrets: self.rendering.secrets_in(&file) };
            print(&unified(&self.shown.path(&path), &old, &new, self.color))?;
        }
        self.files.push(RenderedFile { text: None, old: None, ..file });
        Ok(())
    }

    fn conclude(&self, findings: &[Finding]) -> Result<Exit, Failure> {
        let Self { arguments, home, shown, files, .. } = self;
        if arguments.format == TextFormat::Json {
            print(&json::render(home, &self.entries, findings, shown))?;
        } else {
            if let Some(folder) = &arguments.out {
                let written = files.iter().filter(|file| !matches!(file.state, FileState::Failed(_))).count();
                print(&format!("{} written to {}\n", counted(written, "file"), on_one_line(&folder.to_string_lossy())))?;
            } else if arguments.files.is_empty() && !arguments.diff {
                print_wrapped(&text::list(&home.model, files, shown))?;
            }
            print_error(&text::findings(home, findings, shown));
        }
        let differs = arguments.diff && files.iter().any(|file| file.state.differs());
        Ok(if differs || !findings.is_empty() { Exit::Findings } else { Exit::Clean })
    }
}
