//! The ports for people: a table per home, then the conflicts.

use std::fmt::Write;

use super::PortsHome;
use crate::catalog::Direction;
use crate::paths::DisplayPaths;
use crate::ports::{Conflict, Listener, OffsetSource, Source};
use crate::report::{counted, place, printable, product_name};

/// Writes the tables; `all` includes listeners that do not open.
pub(crate) fn render(homes: &[PortsHome], conflicts: &[Conflict], all: bool, shown: &DisplayPaths) -> String {
    let mut text = String::new();
    for (number, home) in homes.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&heading(home, shown));
        text.push_str(&table(home, all));
    }
    if !conflicts.is_empty() {
        let _ = writeln!(text, "\n{}:", counted(conflicts.len(), "conflict"));
        for conflict in conflicts {
            text.push_str(&conflict_line(homes, conflict, shown));
        }
        text.push_str(&suggestions(homes, conflicts, shown));
    }
    printable(&text)
}

fn heading(home: &PortsHome, shown: &DisplayPaths) -> String {
    let offset = match (home.offset.value, home.offset.source) {
        (None, _) => format!("unknown offset: {}", home.offset.unknown.as_deref().unwrap_or_default()),
        (Some(value), OffsetSource::Flag) => format!("offset {value} (--port-offset)"),
        (Some(value), OffsetSource::Default) if home.product.is_none() => format!("offset {value} (no file sets one)"),
        (Some(value), OffsetSource::Default) => format!("offset {value} (default)"),
        (Some(value), OffsetSource::File(at)) => match home.model {
            Some(model) => format!("offset {value} ({})", place(model, at, shown)),
            None => format!("offset {value}"),
        },
    };
    let mut heading = if let Some(model) = home.model {
        format!("{}: {}, {}, {offset}\n", shown.path(model.path()), product_name(model), model.generation.as_str())
    } else {
        let name = home.product.map_or("", |product| product.name.trim_start_matches("WSO2 "));
        let version =
            home.version.as_ref().or(home.product.map(|product| &product.latest)).map(ToString::to_string).unwrap_or_default();
        format!("{name} {version} as shipped, {offset}\n")
    };
    if let Some(model) = home.model
        && model.identity.version.is_none()
        && let (Some(_), Some(version)) = (home.product, model.catalogue_version())
    {
        let _ = writeln!(heading, "The files do not name the version: defaults are those of version {version}.");
    }
    if home.product.is_none() {
        heading.push_str("The files do not name the product: only ports written in them are listed. Pass --product to see the defaults, too.\n");
    }
    if let Some(profile) = home.profile.filter(|profile| !profile.is_default()) {
        let known = if profile.known.is_some() { "" } else { ", which this product does not have: everything starts" };
        let _ = writeln!(heading, "Server profile `{}`{known}.", profile.name);
    }
    heading
}

const HEADINGS: [&str; 6] = ["PORT", "PROTOCOL", "LISTENER", "BASE", "FROM", "DESCRIPTION"];

fn table(home: &PortsHome, all: bool) -> String {
    let mut rows: Vec<[String; 6]> = vec![HEADINGS.map(str::to_owned)];
    let mut listeners: Vec<&Listener> = home.listeners.iter().filter(|listener| all || listener.enabled).collect();
    listeners.sort_by_key(|listener| {
        (!listener.enabled, listener.direction == Direction::Outbound, listener.port().is_none(), listener.port())
    });
    rows.extend(listeners.iter().map(|listener| row(home, listener)));
    if rows.len() == 1 {
        return "  no listeners\n".to_owned();
    }
    let widths: Vec<usize> =
        (0..HEADINGS.len()).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 || column == 3 { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    text
}

fn row(home: &PortsHome, listener: &Listener) -> [String; 6] {
    let port = match listener.port() {
        Some(port) => port.to_string(),
        None if listener.random => "random".to_owned(),
        None => "?".to_owned(),
    };
    let port = if listener.enabled { port } else { format!("({port})") };
    let protocol = format!("{}{}", listener.protocol.as_str(), if listener.tls { "+tls" } else { "" });
    let base = match (listener.base, listener.offset) {
        (None, _) => "-".to_owned(),
        (Some(base), 0) => base.to_string(),
        (Some(base), offset) if offset < 0 => format!("{base}{offset}"),
        (Some(base), offset) => format!("{base}+{offset}"),
    };
    let from = match (listener.source, home.model) {
        (Source::File { at, .. } | Source::Template(at), Some(model)) => {
            let source = &model.file(at.file).source;
            format!("{}:{}", model.file(at.file).name.rsplit('/').next().unwrap_or_default(), source.position(at.span.start).line)
        }
        _ => "default".to_owned(),
    };
    let mut description = listener.description.clone();
    if let Some(profile) = listener.profile.as_ref().filter(|_| home.model.is_none_or(|model| model.identity.profile.is_none())) {
        description = format!("{profile}: {description}");
    }
    if listener.direction == Direction::Outbound {
        description.push_str(" [outbound]");
    }
    if let Some(address) = listener.bind.as_deref().filter(|address| *address != "0.0.0.0") {
        let _ = write!(description, " [on {address}]");
    }
    let remarks = listener.unknown.iter().chain(listener.note.iter().filter(|_| !listener.enabled));
    for remark in remarks {
        let _ = write!(description, " ({remark})");
    }
    [port, protocol, listener.id.clone(), base, from, description]
}

fn conflict_line(homes: &[PortsHome], conflict: &Conflict, shown: &DisplayPaths) -> String {
    let wanted: Vec<String> = conflict
        .listeners
        .iter()
        .map(|reference| {
            let home = &homes[reference.home];
            let id = &home.listeners[reference.listener].id;
            match home.model.filter(|_| homes.len() > 1) {
                Some(model) => format!("{id} of {}", shown.path(model.path())),
                None => id.clone(),
            }
        })
        .collect();
    format!("  {:>5}/{}  {}\n", conflict.port, conflict.protocol.as_str(), wanted.join(", "))
}

fn suggestions(homes: &[PortsHome], conflicts: &[Conflict], shown: &DisplayPaths) -> String {
    let mut lines: Vec<String> = Vec::new();
    for suggestion in conflicts.iter().filter_map(|conflict| conflict.suggestion) {
        let home = homes[suggestion.home].model.map_or_else(String::new, |model| shown.path(model.path()));
        let line = format!("Offset {} avoids the conflicts of {home}.\n", suggestion.offset);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}
