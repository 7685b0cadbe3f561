//! Source maps of the files that the fixture homes render: complete, and without effect on the text.

use std::fs;
use std::path::PathBuf;

use crate::support::{fixture, open};
use carbonlint::internals::mapper::{Renderer, Resources};
use carbonlint::internals::model_of;

/// The fixture homes that render from templates.
pub fn homes_with_templates() -> Vec<PathBuf> {
    let folders = ["homes", "started"].into_iter().flat_map(|folder| fs::read_dir(fixture(folder)).expect("fixtures"));
    let mut roots: Vec<PathBuf> = folders.map(|entry| entry.expect("readable").path()).collect();
    roots.retain(|root| root.join("repository/resources/conf/templates").is_dir());
    roots.sort();
    roots
}

#[test]
fn recording_changes_no_file() {
    let mut files = 0;
    for root in homes_with_templates() {
        let workspace = open(&root);
        let model = model_of(workspace.only_home().expect("a home"));
        let (mapping, configuration) = model.configuration().expect("a configuration");
        let renderer = Renderer::new(configuration, &mapping.release);
        for path in &mapping.resources.templates {
            let template = model.text_of(&Resources::path_of_template(path)).expect("a template");
            let plain = renderer.render(path, &template);
            let (recorded, _) = renderer.render_with_source_map(path, &template);
            assert_eq!(recorded.text, plain.text, "{path} in {}", root.display());
            assert_eq!(recorded.faults, plain.faults, "{path} in {}", root.display());
            files += 1;
        }
    }
    assert!(files > 100, "only {files} files");
}
