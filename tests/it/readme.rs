//! The README shows what the binary prints: each `console` block is run and compared with the output below it.

use crate::support::{repository, run};

const PROMPT: &str = "$ cargo run --release -- ";

#[test]
fn the_readme_shows_what_the_binary_prints() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let blocks: Vec<&str> = readme.split("```").collect();
    let commands: Vec<(&str, &str)> = blocks
        .iter()
        .filter_map(|block| block.strip_prefix("console\n"))
        .filter_map(|block| block.split_once('\n'))
        .filter_map(|(command, output)| Some((command.strip_prefix(PROMPT)?, output)))
        .collect();
    assert!(commands.len() >= 2, "{commands:?}");
    for (arguments, shown) in commands {
        let words: Vec<&str> = arguments.split(' ').collect();
        assert_eq!(run(&words).out, shown, "{arguments}");
    }
}
