//! What was found out about keys, so that it is found out once for all files.

use std::collections::HashMap;
use std::sync::RwLock;

/// For how many keys an answer is kept. A hostile file can have any number.
const MAX_KNOWN: usize = 5_000;

/// The answers to one question about keys.
#[derive(Debug)]
pub(in crate::server::mapper) struct Answers<T>(RwLock<HashMap<String, T>>);

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Clone> Answers<T> {
    /// The answer for `key`, from `find` if it is not known.
    pub(in crate::server::mapper) fn get_or(&self, key: &str, find: impl FnOnce() -> T) -> T {
        let known = self.0.read().ok().and_then(|known| known.get(key).cloned());
        known.unwrap_or_else(|| {
            let found = find();
            if let Some(mut known) = self.0.write().ok().filter(|known| known.len() < MAX_KNOWN) {
                known.insert(key.to_owned(), found.clone());
            }
            found
        })
    }
}
