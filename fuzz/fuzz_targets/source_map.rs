//! Renders an arbitrary template with a source map. It must write what is rendered without one, and its places must be in the texts.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use carbonlint::{Assumptions, Environment, Overlays, Workspace, render, trace_file};
use libfuzzer_sys::fuzz_target;

const TEMPLATES: &str = "repository/resources/conf/templates/repository/conf";

/// The home to render. Each process needs its own.
static HOME: LazyLock<PathBuf> = LazyLock::new(|| {
    let home = std::env::temp_dir().join(format!("carbonlint-fuzz-source-map-{}", std::process::id()));
    for folder in ["repository/conf", TEMPLATES] {
        std::fs::create_dir_all(home.join(folder)).expect("created");
    }
    std::fs::write(home.join("repository/resources/conf/default.json"), "{\"a.b\": \"x\", \"c\": [1, 2]}").expect("written");
    home
});

fuzz_target!(|data: (&str, &str)| {
    let (toml, template) = data;
    std::fs::write(HOME.join("repository/conf/deployment.toml"), toml).expect("written");
    std::fs::write(HOME.join(TEMPLATES).join("x.txt.j2"), template).expect("written");
    let workspace = Workspace::open(&[HOME.clone()], &Assumptions::default(), &Overlays::new());
    let Some(home) = workspace.homes().next().map(|(_, home)| home) else { return };
    let Ok(rendering) = render(home, &Environment::unknown()) else { return };
    let path = "repository/conf/x.txt";
    let rendered = rendering.render(path).text;
    if let Ok(traced) = trace_file(&rendering, path, None) {
        assert_eq!(Some(&traced.file.source.text), rendered.as_ref());
        for line in &traced.lines {
            assert!(line.span.start <= line.span.end && line.span.end <= traced.file.source.text.len());
        }
    }
});
