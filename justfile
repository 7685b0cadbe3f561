# Commands for working on carbonlint; `just` lists them.

_default:
    @just --list

# Everything that continuous integration runs
ci:
    .ci/run

# Write what the rules report on the examples into the rule files, and what commands print into the snapshots
update:
    INSTA_UPDATE=always cargo test --locked

# Measure the speed of the main paths
bench:
    cargo bench

# Start a rule: its rule file, its check, and their registration
new-rule category name:
    rules/new-rule {{category}} {{name}}

# Mutate real configuration files below a folder at random, and fix and revert each result
nightly folder count="10000":
    tests/nightly/mutate {{folder}} {{count}}
