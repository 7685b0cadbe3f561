//! `carbonlint ports`

use crate::model::Assumptions;
use crate::port_overview::ports;
use crate::ports::{Conflict, Offset, OffsetSource, ServerProfile, listeners_of_product};
use crate::report::ports::{PortsHome, csv, json, table};
use crate::source::Overlays;
use crate::workspace::Workspace;

use super::arguments::{assumptions, check_paths, paths_or_here, search};
use super::exit::{Exit, Failure};
use super::terminal::{nothing_found, print, shown, warn_of_broken, warn_of_unreadable};
use crate::cli::{PortsArgs, PortsFormat};

/// Runs the command.
pub(super) fn run(arguments: &PortsArgs) -> Result<Exit, Failure> {
    let assumptions = assumptions(&arguments.assume)?;
    if arguments.paths.is_empty() && assumptions.product.is_some() {
        return of_product(arguments, &assumptions);
    }
    let paths = paths_or_here(&arguments.paths);
    check_paths(&paths)?;
    let search = search(arguments.search);
    let workspace = Workspace::open_found(&paths, search, &assumptions, &Overlays::new());
    warn_of_unreadable(&workspace);
    warn_of_broken(&workspace);
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
    let exit = write(arguments, &homes, &conflicts)?;
    Ok(if workspace.is_empty() { nothing_found(&paths, &workspace, search) } else { exit })
}

/// Prints the defaults of a product from the catalogue, without a home.
fn of_product(arguments: &PortsArgs, assumptions: &Assumptions) -> Result<Exit, Failure> {
    let Some((product, version)) = assumptions.product.clone() else { return Ok(Exit::NothingFound) };
    let profile = assumptions.server_profile.as_deref().map(|name| ServerProfile::of_product(product, version.as_ref(), name));
    let source = if assumptions.port_offset.is_some() { OffsetSource::Flag } else { OffsetSource::Default };
    let offset = Offset { value: Some(assumptions.port_offset.unwrap_or(product.default_offset)), source, unknown: None };
    let listeners = listeners_of_product(product, version.as_ref(), assumptions.port_offset, profile.as_ref());
    let home = PortsHome {
        model: None,
        product: Some(product),
        version,
        offset: &offset,
        profile: profile.as_ref(),
        listeners: &listeners,
    };
    write(arguments, &[home], &[])
}

fn write(arguments: &PortsArgs, homes: &[PortsHome], conflicts: &[Conflict]) -> Result<Exit, Failure> {
    let shown = shown();
    print(&match arguments.format {
        PortsFormat::Table => table::render(homes, conflicts, arguments.all, &shown),
        PortsFormat::Json => json::render(homes, conflicts, arguments.all, &shown),
        PortsFormat::Csv => csv::render(homes, arguments.all, &shown),
    })?;
    Ok(Exit::Clean)
}
