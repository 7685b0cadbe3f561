//! The ports for people: a table per home, then the conflicts.

use std::fmt::Write;

use super::{Listed, PortsHome};
use crate::catalog::Direction;
use crate::paths::DisplayPaths;
use crate::ports::{Conflict, Conflicts, Listener, OffsetSource, Source};
use crate::report::{counted, place, printable, product_name, wrap};

/// Writes the tables, in lines of up to `width` columns if that is limited.
pub(crate) fn render(
    homes: &[PortsHome],
    conflicts: &Conflicts,
    listed: Listed,
    shown: &DisplayPaths,
    width: Option<usize>,
) -> String {
    let mut text = String::new();
    for (number, home) in homes.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&wrap::lines(&heading(home, shown), width));
        text.push_str(&table(home, listed, width));
    }
    if !conflicts.conflicts.is_empty() {
        let mut found = format!("\n{}:\n", counted(conflicts.conflicts.len(), "conflict"));
        for conflict in &conflicts.conflicts {
            found.push_str(&conflict_line(homes, conflict, shown));
        }
        found.push_str(&suggestions(homes, conflicts, shown));
        text.push_str(&wrap::lines(&found, width));
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

fn table(home: &PortsHome, listed: Listed, width: Option<usize>) -> String {
    let mut rows: Vec<[String; 6]> = vec![HEADINGS.map(str::to_owned)];
    let mut listeners: Vec<&Listener> = listed.of(home).collect();
    listeners.sort_by_key(|listener| {
        (!listener.enabled, listener.direction == Direction::Outbound, listener.port().is_none(), listener.port())
    });
    rows.extend(listeners.iter().map(|listener| row(home, listener)));
    if rows.len() == 1 {
        return "  no listeners\n".to_owned();
    }
    let mut widths: Vec<usize> =
        (0..HEADINGS.len()).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let before = |widths: &[usize]| widths[..5].iter().filter(|width| **width > 0).map(|width| width + 2).sum::<usize>() + 2;
    if width.is_some_and(|width| before(&widths) + widths[5].min(wrap::MIN_COLUMN) > width) {
        // There is no room for the place beside the description.
        for row in &mut rows {
            let from = std::mem::take(&mut row[4]);
            if !["FROM", "default"].contains(&from.as_str()) {
                let _ = write!(row[5], " [{from}]");
            }
        }
        widths[4] = 0;
    }
    let mut text = String::new();
    for row in rows {
        let cells = row[..5].iter().zip(&widths).enumerate().filter(|(_, (_, width))| **width > 0);
        let cells = cells.map(
            |(column, (cell, width))| {
                if column == 0 || column == 3 { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            },
        );
        let start = format!("  {}  ", cells.collect::<Vec<_>>().join("  "));
        text.push_str(&wrap::row(&start, &row[5], width, widths[0] + 4));
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

/// How many listeners of a conflict are named.
const MAX_NAMED: usize = 4;

fn conflict_line(homes: &[PortsHome], conflict: &Conflict, shown: &DisplayPaths) -> String {
    let mut named: Vec<String> = conflict
        .listeners
        .iter()
        .take(MAX_NAMED)
        .map(|reference| {
            let home = &homes[reference.home];
            let id = &home.listeners[reference.listener].id;
            match home.model.filter(|_| homes.len() > 1) {
                Some(model) => format!("{id} of {}", shown.path(model.path())),
                None => id.clone(),
            }
        })
        .collect();
    if let Some(more) = conflict.listeners.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        named.push(format!("and {more} more"));
    }
    format!("  {:>5}/{}  {}\n", conflict.port, conflict.protocol.as_str(), named.join(", "))
}

fn suggestions(homes: &[PortsHome], conflicts: &Conflicts, shown: &DisplayPaths) -> String {
    let mut text = String::new();
    let left = conflicts.conflicts.iter().filter(|conflict| conflict.suggestion.is_none()).count();
    if !conflicts.offsets.is_empty() {
        let what = if left == 0 { "all conflicts" } else { "the other conflicts" };
        let how = if conflicts.is_smallest { ", with the smallest total change" } else { "" };
        let _ = writeln!(text, "\nThese offsets avoid {what}{how}:");
    }
    for suggestion in &conflicts.offsets {
        let home = homes[suggestion.home].model.map_or_else(String::new, |model| shown.path(model.path()));
        let _ = writeln!(text, "  {:>5}  {home}", suggestion.offset);
    }
    if left > 0 {
        let _ = writeln!(text, "\nNo offset avoids {}: change one of the ports.", counted(left, "conflict"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::product_of;
    use crate::ports::{Offset, listeners_of_product};

    #[test]
    fn a_table_fits_the_terminal_and_loses_no_word() {
        let (product, _) = product_of("api-manager").expect("known");
        let offset = Offset { value: Some(0), source: OffsetSource::Default, unknown: None };
        let listeners = listeners_of_product(product, None, Some(1), None);
        let home = PortsHome {
            model: None,
            product: Some(product),
            version: None,
            offset: &offset,
            profile: None,
            listeners: &listeners,
        };
        let wide = table(&home, Listed::default(), None);
        let words = |text: &str| {
            let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            words.retain(|word| !["FROM", "default"].contains(&word.as_str()));
            words.sort();
            words
        };
        for width in [60, 80, 90, 120] {
            let text = table(&home, Listed::default(), Some(width));
            let longest = text.lines().map(|line| line.chars().count()).max().expect("lines");
            assert!(longest <= width, "{longest} columns:\n{text}");
            assert_eq!(words(&text), words(&wide));
        }
    }
}
