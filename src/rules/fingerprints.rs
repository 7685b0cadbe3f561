//! Fingerprints, which identify a finding across runs by its rule, file and key, independent of its line and of the working folder.

use std::collections::HashMap;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::paths::slashed;
use crate::workspace::Home;

/// Sets the fingerprint of each diagnostic. Those with the same rule, file and key are numbered in their order, which is by absolute path and
/// place.
pub(super) fn add(diagnostics: &mut [Diagnostic], homes: &[Home]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for diagnostic in diagnostics {
        let finding = &diagnostic.finding;
        let first = hash(&[&diagnostic.rule.name, &path_of(diagnostic, homes), finding.key.as_ref().unwrap_or(&finding.message)]);
        let count = seen.entry(first.clone()).or_default();
        *count += 1;
        diagnostic.fingerprint = if *count > 1 { hash(&[&first, &count.to_string()]) } else { first };
    }
}

/// The path of a diagnostic's file relative to what anchors it, with `/`: the same from every working folder.
fn path_of(diagnostic: &Diagnostic, homes: &[Home]) -> String {
    let path = &diagnostic.path;
    let anchored = diagnostic.home().and_then(|home| path.strip_prefix(&homes[home.0].anchor).ok());
    let relative = anchored.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    slashed(relative)
}

/// A 64-bit FNV-1a hash of `parts` in hexadecimal: stable across releases and machines, unlike the standard library's hasher.
fn hash(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_stable_and_keep_parts_apart() {
        assert_eq!(hash(&["a", "bc"]), "401801fc84f3ca79");
        assert_ne!(hash(&["a", "bc"]), hash(&["ab", "c"]));
        assert_eq!(hash(&[]), "cbf29ce484222325");
    }
}
