//! Reads the configuration of WSO2 servers, computes the ports that they would open, and reports what is wrong.

pub mod catalog;
mod cli;
mod commands;
pub mod config;
pub mod diagnostic;
pub mod disk;
pub mod edit;
pub mod fix;
pub mod get;
pub mod home;
pub mod lint;
pub mod model;
pub mod paths;
pub mod ports;
pub mod render;
pub mod report;
pub mod rule_info;
pub mod rules;
pub mod server;
pub mod source;
pub mod suggest;
pub mod workspace;

pub use commands::run_command_line;
