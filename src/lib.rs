//! Checks the configuration of WSO2 servers: determines what a server would do with it, reports what is wrong, and fixes it.
//!
//! A [`Workspace`] loads the homes below some paths. [`lint()`] checks them, [`fix()`] determines how to repair them, [`ports()`] lists what
//! they listen on, [`render()`] predicts the files that a server renders from deployment.toml, and [`get()`] the effective value of a key.
//!
//! ```
//! use carbonlint::{Assumptions, Overlays, Selection, Workspace, lint, ports};
//!
//! let paths = ["fixtures/homes/micro-integrator-4.2.0".into()];
//! let workspace = Workspace::open(&paths, &Assumptions::default(), &Overlays::new());
//!
//! for diagnostic in lint(&workspace, &Selection::default()) {
//!     let start = workspace.range(&diagnostic).start;
//!     println!("{}:{}:{}: {}", diagnostic.path.display(), start.line, start.column, diagnostic.finding.message);
//! }
//!
//! let overview = ports(&workspace);
//! let (_, table) = &overview.homes[0];
//! let https = table.listener("passthru-https").expect("Micro Integrator has an HTTPS listener");
//! assert_eq!(https.port(), Some(8253));
//! ```
//!
//! Values and rendered files need a complete home, with the templates that its server ships:
//!
//! ```
//! use carbonlint::{Assumptions, Environment, Overlays, Workspace, get, render};
//!
//! let paths = ["fixtures/started/api-manager-4.5.0".into()];
//! let workspace = Workspace::open(&paths, &Assumptions::default(), &Overlays::new());
//! let rendering = render(workspace.only_home()?, &Environment::unknown())?;
//!
//! for path in rendering.paths() {
//!     let file = rendering.render(path);
//!     println!("{path}: {}", file.state.as_str());
//! }
//!
//! let offset = &get(&rendering, Some("server.offset"))[0];
//! assert_eq!(offset.effective.text().as_deref(), Some("1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(unreachable_pub)]

mod baseline;
mod catalog;
mod cli;
mod commands;
mod compose;
mod config;
mod coverage;
mod diagnostic;
mod disk;
mod edit;
mod example_check;
mod fix;
mod get;
mod home;
#[doc(hidden)]
pub mod internals;
mod lint;
mod machines;
mod model;
mod parallel;
mod paths;
mod policy;
mod port_overview;
mod ports;
mod printable;
mod render;
mod report;
mod rule_examples;
mod rule_info;
mod rules;
mod server;
mod shell;
mod source;
mod suggest;
mod trace;
mod workspace;

pub use catalog::{Direction, Product, Protocol, UnknownProduct, Version, product_of};
#[doc(hidden)]
pub use commands::run_command_line;
pub use config::ConfigChoice;
pub use coverage::Coverage;
pub use diagnostic::{Diagnostic, Finding, Related, Site, Target};
pub use edit::{Edit, Fix, Safety};
pub use fix::run::{AppliedFix, DidNotConverge, FixOptions, FixResult, RefusedFix, fix};
pub use fix::write::{ChangedFile, write_all};
pub use fix::{Refusal, WriteError};
pub use get::{EffectiveEntry, get};
pub use home::{ReadError, Search};
pub use lint::lint;
pub use model::{
    Assumptions, Decider, EffectiveValue, FileId, HomeId, Location, Trace, TraceSource, TracedCondition, TracedFile,
};
pub use policy::PolicyError;
pub use port_overview::{PortOverview, ports};
pub use ports::{
    Conflict, Conflicts, Listener, ListenerRef, Offset, OffsetSource, PortTable, ServerProfile, Source, State, Suggestion,
};
pub use render::{FileState, NotRendered, RenderedFile, Rendering, render};
pub use rule_examples::{ExampleFile, ExampleFix, RuleExample};
pub use rule_info::{
    ByName, Change, Condition, FixAvailability, Pattern, Rename, RuleInfo, RuleSet, Severity, ValueType, rule, rules,
};
pub use rules::Selection;
pub use server::jinjava::ValueEffect;
pub use server::mapper::value::Value;
pub use server::mapper::{Effective, Environment, Origin};
pub use source::{FileRange, Overlays, Point, Span};
pub use trace::{FileTrace, KeyTrace, LineTrace, NoPlace, TracedPlace, UntracedFile, trace_file, trace_key};
pub use workspace::{Home, NotOneHome, Workspace};
