//! The README shows what the binary prints: each `console` block is run and compared with the block behind it.

use std::path::Path;
use std::process::Command;

const PROMPT: &str = "$ cargo run --release -- ";

#[test]
fn the_readme_shows_what_the_binary_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let blocks: Vec<&str> = readme.split("```").collect();
    let commands: Vec<(&str, &str)> = blocks
        .iter()
        .filter_map(|block| block.strip_prefix("console\n"))
        .filter_map(|block| block.split_once('\n'))
        .filter_map(|(command, output)| Some((command.strip_prefix(PROMPT)?, output)))
        .collect();
    assert!(commands.len() >= 2, "{commands:?}");
    for (arguments, shown) in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_carbonlint")).args(arguments.split(' ')).current_dir(root).output();
        let printed = String::from_utf8(output.expect("the binary runs").stdout).expect("UTF-8");
        assert_eq!(printed, shown, "{arguments}");
    }
}
