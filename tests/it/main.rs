//! The tests of the whole program: one binary with a module for each subject.

mod catalogue;
mod cli;
mod fingerprints;
mod fix;
mod get;
mod homes;
mod house;
mod machines;
mod ports;
mod reading;
mod readme;
mod regressions;
mod render;
mod rendered_ports;
mod robustness;
mod rules;
mod schema;
mod source_map;
mod supersedes;
mod support;
mod template_limits;
mod templates;
mod terminal;
mod toml_dialect;
mod trace;
mod whole_homes;
