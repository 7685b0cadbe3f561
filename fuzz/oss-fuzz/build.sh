#!/bin/bash -eu
# Builds every fuzz target with its seeds. OSS-Fuzz runs it in its image for Rust.
cd "$SRC/carbonlint"
cargo fuzz build -O --debug-assertions
fuzz/seed
for file in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$file" .rs)
  cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
  zip -q -j "$OUT/${target}_seed_corpus.zip" "fuzz/corpus/$target"/*
done
