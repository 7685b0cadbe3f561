//! `carbonlint ports`

use crate::model::Assumptions;
use crate::port_overview::ports;
use crate::ports::{Conflicts, Offset, OffsetSource, ServerProfile, listeners_of_product};
use crate::report::ports::{Listed, PortsHome, csv, find, json, table};
use crate::report::wrap;
use crate::rule_info::RuleSet;
use crate::source::Overlays;
use crate::workspace::{Opening, Workspace};

use super::arguments::{assumptions, check_paths, paths_or_here, search, threads, version_or_latest};
use super::exit::{Exit, Failure};
use super::ports_of_homes::{check_offset, check_profile, note_possible_conflicts, warn_of_profile, warn_of_refused};
use super::terminal::{nothing_found, print, shown, terminal_width, warn_of_broken, warn_of_unreadable};
use crate::cli::{PortsArgs, PortsFormat, Reach};

/// Runs the command.
pub(super) fn run(arguments: &PortsArgs) -> Result<Exit, Failure> {
    let assumptions = assumptions(&arguments.assume, arguments.machine.same_host, RuleSet::default())?;
    if arguments.paths.is_empty() && assumptions.product.is_some() {
        return of_product(arguments, &assumptions);
    }
    let paths = paths_or_here(&arguments.paths);
    check_paths(&paths)?;
    let search = search(arguments.search);
    let threads = threads(arguments.threads);
    let mut workspace = Workspace::open_with(&paths, Opening { search, threads, homes: None }, &assumptions, &Overlays::new());
    workspace.find_ports(threads);
    warn_of_unreadable(&workspace);
    warn_of_broken(&workspace);
    check_profile(&workspace)?;
    warn_of_profile(&workspace);
    check_offset(&workspace)?;
    let conflicts = ports(&workspace).conflicts;
    let homes: Vec<PortsHome> = workspace
        .homes
        .iter()
        .map(|home| PortsHome {
            model: Some(&home.model),
            product: home.model.product(),
            version: home.model.identity.version.clone(),
            offset: &home.ports().offset,
            profile: home.ports().profile.as_ref(),
            listeners: &home.ports().listeners,
        })
        .collect();
    let exit = write(arguments, &homes, conflicts)?;
    if workspace.is_empty() {
        return Ok(nothing_found(&paths, &workspace, search));
    }
    let is_refused = warn_of_refused(&workspace);
    if arguments.find.is_none() {
        note_possible_conflicts(&workspace);
    }
    Ok(if arguments.check && is_refused { Exit::Findings } else { exit })
}

/// Prints the defaults of a product from the catalogue, without a home.
fn of_product(arguments: &PortsArgs, assumptions: &Assumptions) -> Result<Exit, Failure> {
    let Some((product, version)) = assumptions.product.clone() else { return Ok(Exit::NothingFound) };
    let version = version_or_latest(product, version.as_ref());
    let profile = assumptions.server_profile.as_deref().map(|name| ServerProfile::of_product(product, &version, name));
    if let Some(unknown) = profile.as_ref().and_then(|profile| profile.fault(product, &version)) {
        return Err(Failure::new(unknown.message).help(unknown.help));
    }
    let source = if assumptions.port_offset.is_some() { OffsetSource::Flag } else { OffsetSource::Default };
    let offset = Offset { value: Some(assumptions.port_offset.unwrap_or(product.default_offset)), source, unknown: None };
    let listeners = listeners_of_product(product, Some(&version), assumptions.port_offset, profile.as_ref());
    if let Some((listener, port)) = listeners.iter().find_map(|listener| Some((listener, listener.refused?))) {
        return Err(Failure::new(format!("--port-offset {} moves {} to {port}", offset.value.unwrap_or(0), listener.id))
            .help("the highest port is 65535"));
    }
    let home = PortsHome {
        model: None,
        product: Some(product),
        version: Some(version),
        offset: &offset,
        profile: profile.as_ref(),
        listeners: &listeners,
    };
    write(arguments, &[home], Conflicts::default())
}

/// Prints what is wanted of the homes, and determines the exit code.
fn write(arguments: &PortsArgs, homes: &[PortsHome], mut conflicts: Conflicts) -> Result<Exit, Failure> {
    let shown = shown();
    let port = arguments.find;
    let listed = Listed { all: arguments.all || port.is_some(), external: arguments.listen == Reach::External, port };
    if let Some(port) = port {
        conflicts.conflicts.retain(|conflict| conflict.port == i64::from(port));
        conflicts.offsets.clear();
    }
    print(&match (arguments.format, port) {
        (PortsFormat::Table, Some(port)) => wrap::lines(&find::answer(homes, listed, port, &shown), terminal_width()),
        (PortsFormat::Table, None) => table::render(homes, &conflicts, listed, &shown, terminal_width()),
        (PortsFormat::Json, _) => json::render(homes, &conflicts, listed, &shown),
        (PortsFormat::Csv, _) => csv::render(homes, listed, &shown),
    })?;
    let fails = match port {
        Some(_) => !find::is_taken(homes, listed),
        None => arguments.check && !conflicts.conflicts.is_empty(),
    };
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}
